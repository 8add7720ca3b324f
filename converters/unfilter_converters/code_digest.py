"""What code an artifact depends on: the modules that make it and all that they import of this project, and nothing else."""

import ast
import hashlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

PROJECT = ("unfilter", "unfilter_converters", "unfilter_training")


def code_digest(*makers: ModuleType | Callable[..., Any], project: tuple[str, ...] = PROJECT) -> str:
    """sha256 over the source of `makers`, modules or functions of them, and of every module of the packages `project` that
    they import, directly or not, also inside functions; with the files beside each that its source names.

    What is imported by a name that is put together while running is not seen: name such modules among the makers.
    """
    hasher = hashlib.sha256()
    for name in sorted(imported(*makers, project=project)):
        hasher.update(f"{name} {_content(_source(name))}\n".encode())
    return hasher.hexdigest()


def imported(*makers: ModuleType | Callable[..., Any], project: tuple[str, ...] = PROJECT) -> set[str]:
    """Names of the modules that `code_digest` covers."""
    waiting = {maker.__name__ if isinstance(maker, ModuleType) else maker.__module__ for maker in makers}
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= _imports(name, project) - seen
    return seen


def _source(module: str) -> Path:
    spec = find_spec(module)
    assert spec is not None and spec.origin is not None, module
    return Path(spec.origin)


def _imports(module: str, project: tuple[str, ...]) -> set[str]:
    """Modules of `project` that `module` imports. A package above one of them counts where something is imported of it."""
    found = set()
    for node in ast.walk(_parsed(_source(module))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in inside if name.split(".")[0] in project and _is_module(name)}
            found |= modules if modules == inside else modules | {node.module}
    return {name for name in found if name.split(".")[0] in project}


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # of a class, say
        return False


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _content(path: Path) -> str:
    """Digest of a module and of the data beside it that it names: a file, or all files of a folder that is no package."""
    hasher = hashlib.sha256(path.read_bytes())
    words = {
        node.value for node in ast.walk(_parsed(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for beside in sorted(path.parent.iterdir()):
        if beside.name in words and beside.suffix != ".py" and not (beside / "__init__.py").exists():
            for file in _files(beside):
                hasher.update(file.relative_to(path.parent).as_posix().encode() + file.read_bytes())
    return hasher.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    yield from [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
