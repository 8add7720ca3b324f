"""Laws: what is documented is what is exported; runtimes are equal siblings; importing the SDK imports no framework."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest

import unfilter
from unfilter import errors
from unfilter.run import runtimes

PAGE = Path(__file__).parents[2] / "docs/python.md"


def documented() -> dict[str, list[str]]:
    """Public names by module, as the table of docs/python.md has them."""
    _, _, section = PAGE.read_text(encoding="utf-8").partition("\n## Public names\n")
    section, _, _ = section.partition("\n## ")
    rows = [re.findall(r"`([^`]+)`", line) for line in section.splitlines() if line.startswith("| `")]
    return {module: names for module, *names in rows}


HEAVY = {"torch", "onnxruntime", "coremltools", "tensorflow", "ai_edge_litert", "onnx", "pillow_heif", "cryptography"}


@pytest.mark.parametrize("name", documented())
def test_what_is_exported_is_what_the_page_documents(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__all__ == documented()[name]
    for public in module.__all__:
        assert getattr(module, public) is not None
    assert module.__doc__


def test_whatever_exports_names_is_on_the_page() -> None:
    exporting = set()
    for path in Path(unfilter.__file__).parent.rglob("__init__.py"):
        if "__all__" in path.read_text(encoding="utf-8"):
            exporting.add(".".join(("unfilter", *path.parent.relative_to(Path(unfilter.__file__).parent).parts)))
    assert exporting == set(documented())


def test_what_commands_do_is_named_by_functions_that_exist() -> None:
    _, _, section = PAGE.read_text(encoding="utf-8").partition("\n## What commands do, as functions\n")
    section, _, _ = section.partition("\n## ")
    named = re.findall(r"`((?:find|jobs|proof\.\w+)\.\w+|Filter\.\w+)", section)
    assert len(named) > 10
    for path in named:
        module, _, name = f"unfilter.{path}".rpartition(".")
        owner = unfilter.Filter if module == "unfilter.Filter" else importlib.import_module(module)
        assert callable(getattr(owner, name)), path


def test_the_snippet_of_the_docstring_names_what_exists() -> None:
    snippet = "\n".join(line[4:] for line in (unfilter.__doc__ or "").splitlines() if line.startswith("    "))
    used = {node.attr for node in ast.walk(ast.parse(snippet)) if isinstance(node, ast.Attribute)}
    assert used == {"open", "apply", "restore"}
    assert all(hasattr(unfilter.Filter, name) for name in used)


def test_errors_share_one_base_that_is_a_value_error() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type) and c.__module__ == errors.__name__]
    assert len(classes) == 4
    assert all(issubclass(c, errors.UnfilterError) and issubclass(c, ValueError) for c in classes)


def test_names_cover_all_runtimes() -> None:
    modules = {found.name for found in pkgutil.iter_modules(runtimes.__path__) if not found.name.startswith("_")}
    assert modules - {"fixed_size", "processors"} == set(runtimes.NAMES)
    assert all(f"| `{name}` |" in (runtimes.__doc__ or "") for name in runtimes.NAMES)


@pytest.mark.parametrize("name", runtimes.NAMES)
def test_every_runtime_offers_the_protocol(name: str) -> None:
    module = importlib.import_module(f"unfilter.run.runtimes.{name}")
    assert module.FORMAT in ("onnx", "tflite", "mlpackage", "pt2")
    assert module.EXTRA in metadata("unfilter").get_all("Provides-Extra", [])
    assert module.ON_VENDOR_RUNTIME is (name != "mil")
    assert module.unavailable() is None or isinstance(module.unavailable(), str)
    assert callable(module.open_graph)
    public = {
        n
        for n, value in vars(module).items()
        if not n.startswith("_") and getattr(value, "__module__", "") == module.__name__
    }
    own = {"session_options"} if name == "onnx" else set()  # what others that make sessions set too
    assert public == {"unavailable", "load", "delegate_unavailable", "open_graph"} | own


@pytest.mark.parametrize(
    "program",
    [
        "import unfilter",
        "import unfilter.cli; unfilter.cli.commands()",
        "from unfilter.run import runtimes; runtimes.installed()",
        "import unfilter.proof.fidelity, unfilter.find.search_path, unfilter.run.tiling",
        "import unfilter.proof.bench, unfilter.proof.divergence, unfilter.find.signing",
    ],
)
def test_no_framework_is_imported_before_it_is_needed(program: str) -> None:
    code = f"{program}; import sys; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(result.stdout.split()) == set()


def test_every_module_says_what_it_is_for() -> None:
    for path in Path(unfilter.__file__).parent.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path
