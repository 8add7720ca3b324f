"""Law: an old path gives the very module of the new one, with a warning."""

import importlib
import subprocess
import sys

import pytest

from unfilter import _moved
from unfilter.proof import bench, fidelity
from unfilter.proof.renamed import renamed_parameters


@pytest.mark.parametrize("old", _moved.MOVED)
def test_an_old_path_gives_the_module_of_the_new_one(old: str) -> None:
    sys.modules.pop(f"unfilter.{old}", None)
    with pytest.warns(DeprecationWarning, match=rf"unfilter\.{old} is unfilter\.{_moved.MOVED[old]} now"):
        module = importlib.import_module(f"unfilter.{old}")
    assert module is importlib.import_module(f"unfilter.{_moved.MOVED[old]}")
    assert module.__name__ == module.__spec__.name == f"unfilter.{_moved.MOVED[old]}"


def test_what_lies_below_an_old_path_exists_once() -> None:
    code = (
        "from unfilter import fidelity, runtimes\n"
        "import unfilter.runtimes.onnx, unfilter.run.runtimes.onnx\n"
        "from unfilter.photo.tag import Tag\n"
        "import unfilter.proof.fidelity as now\n"
        "assert fidelity is now\n"
        "from unfilter.bundle import DIRECTIONS, Bundle, Manifest\n"
        "from unfilter.tiling import run_tiles, spans\n"
        "from unfilter.filter import Filter, run_photo\n"
        "assert unfilter.runtimes.onnx is unfilter.run.runtimes.onnx\n"
        "assert Tag is unfilter.Tag\n"
    )
    subprocess.run([sys.executable, "-W", "ignore::DeprecationWarning", "-c", code], check=True)


def test_names_that_changed_keep_working_with_a_warning() -> None:
    from unfilter.proof import divergence

    with pytest.warns(DeprecationWarning, match="Departure is Divergence now") as warned:
        assert divergence.Departure is divergence.Divergence
    assert warned[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="locate is first_divergence now"):
        assert divergence.locate is divergence.first_divergence
    with pytest.warns(DeprecationWarning, match="locate_failures is first_divergences now"):
        assert divergence.locate_failures is divergence.first_divergences
    with pytest.warns(DeprecationWarning, match="Subject is BenchCase now"):
        assert bench.Subject is bench.BenchCase
    for module in (bench, divergence):
        with pytest.raises(AttributeError, match="no attribute 'unknown'"):
            _ = module.unknown


def test_parameters_that_changed_keep_working_with_a_warning() -> None:
    @renamed_parameters("verify", report="on_step")
    def verify(on_step: int = 2) -> int:
        return on_step

    with pytest.warns(DeprecationWarning, match=r"verify\(report=\) is verify\(on_step=\) now") as warned:
        assert verify(report=1) == 1  # type: ignore[call-arg]
    assert warned[0].filename == __file__
    assert verify() == 2
    assert verify(on_step=3) == 3
    for function in (bench.measure, fidelity.verify):
        assert function.__doc__ and function.__wrapped__  # type: ignore[attr-defined]


def test_no_module_of_ours_is_imported_by_an_old_path() -> None:
    code = (
        "import pkgutil, importlib, unfilter\n"
        "for found in pkgutil.walk_packages(unfilter.__path__, 'unfilter.'):\n"
        "    if not found.name.endswith('__main__'): importlib.import_module(found.name)\n"
    )
    subprocess.run([sys.executable, "-W", "error:unfilter:DeprecationWarning", "-c", code], check=True)


def test_what_never_moved_is_left_alone() -> None:
    assert _moved.new_path("unfilter.errors") is None
    assert _moved.new_path("unfilter") is None
    assert _moved.new_path("other.bundle") is None
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("unfilter.nowhere")
