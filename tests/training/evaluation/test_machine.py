"""What measured is told apart by its code and its tools."""

import ast
from importlib.util import find_spec
from pathlib import Path

import torch

import unfilter_training.evaluation.measurements as measurements
from unfilter_training.evaluation.machine import CODE, TOOLS, code_digest, machine, tool_versions


def test_the_machine_is_named_with_its_threads() -> None:
    threads = torch.get_num_threads()
    assert f", {threads} thread{'s' if threads > 1 else ''}, torch {torch.__version__}" in machine()


def test_the_digest_is_one_for_one_installation() -> None:
    assert code_digest() == code_digest()
    assert len(code_digest()) == 64
    assert set(tool_versions()) == set(TOOLS)


def test_all_that_the_measurements_import_of_ours_is_in_the_digest() -> None:
    known = {"unfilter.files", "unfilter_training.checkpoint", "unfilter_training.evaluation.pictures"}
    known |= {"unfilter_training.evaluation.subjects", "unfilter_training.evaluation.machine"}
    # what finds weights and photos, but changes no number of theirs
    folder = Path(measurements.__file__).parent
    spec = find_spec("unfilter_training.evaluation.bench")
    assert spec is not None and spec.origin is not None
    for path in [*folder.rglob("*.py"), Path(spec.origin)]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("unfilter"):
                modules = [f"unfilter_training.{alias.name}" for alias in node.names]
                for module in modules if node.module == "unfilter_training" else [node.module]:
                    covered = any(module == name or module.startswith(f"{name}.") for name in CODE)
                    assert covered or module in known, f"{path}: {module}"
