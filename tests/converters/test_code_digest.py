"""Law: an artifact depends on the modules that make it, on what they import and the data that they name, and on no more."""

import importlib
import sys
from pathlib import Path

import pytest

from unfilter.proof.fidelity import verify
from unfilter.run import runtimes
from unfilter_converters import coreml, goldens, litert, onnx, reference
from unfilter_converters.code_digest import code_digest, imported

NAME = "package_under_test"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A maker that imports one module inside a function and names one file; and what it does not use."""
    folder = tmp_path / NAME
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("from package_under_test import other\n")
    (folder / "inner" / "__init__.py").write_text("")
    (folder / "maker.py").write_text(
        "import json\n\nTABLE = 'table.toml'\n\n\ndef make():\n    from package_under_test.inner.used import a\n"
    )
    (folder / "inner" / "used.py").write_text("a = 1\n")
    (folder / "table.toml").write_text("a = 1\n")
    (folder / "page.css").write_text("a {}\n")
    (folder / "other.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == NAME]:
        monkeypatch.delitem(sys.modules, name)  # of an earlier test, in another folder
    importlib.invalidate_caches()
    return folder


def of(module: str) -> str:
    return code_digest(importlib.import_module(f"{NAME}.{module}"), project=(NAME,))


@pytest.mark.parametrize("used", ["maker.py", "inner/used.py", "table.toml"])
def test_it_changes_with_what_is_used(package: Path, used: str) -> None:
    before = of("maker")
    (package / used).write_text((package / used).read_text() + "# edited\n")
    assert of("maker") != before


@pytest.mark.parametrize("unused", ["other.py", "page.css", "__init__.py", "inner/new.py"])
def test_it_stays_with_what_is_not(package: Path, unused: str) -> None:
    before = of("maker")
    (package / unused).write_text("# edited\n")
    assert of("maker") == before


def test_a_module_and_a_function_of_it_are_the_same(package: Path) -> None:
    maker = importlib.import_module(f"{NAME}.maker")
    assert code_digest(maker.make, project=(NAME,)) == of("maker")


@pytest.mark.parametrize("maker", [reference, onnx, litert, coreml, goldens], ids=lambda module: module.__name__)
def test_neither_graphs_nor_goldens_depend_on_commands_reports_or_other_converters(maker: object) -> None:
    found = imported(maker)  # type: ignore[arg-type]
    assert "unfilter_training.network" in found
    formats = {f"unfilter_converters.{name}" for name in ("reference", "onnx", "litert", "coreml")}
    assert len(formats & found) == (maker is not goldens)
    assert not [name for name in found if ".commands" in name or ".fidelity" in name or name == "unfilter.cli"]


def test_a_verdict_depends_on_every_runtime_and_on_no_page() -> None:
    found = imported(verify, *(runtimes.sibling(name).open_graph for name in runtimes.NAMES))
    assert {f"unfilter.run.runtimes.{name}" for name in runtimes.NAMES} <= found
    assert not [name for name in found if ".reports" in name or ".commands" in name]
