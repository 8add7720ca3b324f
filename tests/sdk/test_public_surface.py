"""Laws: what is documented is what is exported; runtimes are equal siblings; importing the SDK imports no framework."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path
from types import ModuleType

import pytest

import unfilter
import unfilter.photo
import unfilter.proof.bench
import unfilter.proof.fidelity
import unfilter.proof.locate
from unfilter import errors
from unfilter.run import runtimes

DOCUMENTED = {
    unfilter: [
        "Bundle",
        "BundleError",
        "Filter",
        "HyperParameter",
        "Manifest",
        "Photo",
        "PhotoError",
        "RuntimeUnavailable",
        "Tag",
        "UnfilterError",
        "read_photo",
        "write_photo",
    ],
    unfilter.photo: [
        "PIXEL_LIMIT",
        "Codec",
        "Kind",
        "Photo",
        "Subsampling",
        "Tag",
        "check_target",
        "codec_of",
        "read_photo",
        "suffix_of",
        "write_photo",
    ],
    unfilter.proof.bench: ["BenchReport", "Row", "Subject", "measure", "render"],
    unfilter.proof.locate: ["Departure", "locate", "locate_failures"],
    unfilter.proof.fidelity: [
        "TOLERANCES",
        "FidelityReport",
        "Regression",
        "Tolerance",
        "Verdict",
        "judge",
        "psnr",
        "read_report",
        "read_tolerances",
        "regressions",
        "render",
        "ssim",
        "verify",
    ],
}
HEAVY = {"torch", "onnxruntime", "coremltools", "tensorflow", "ai_edge_litert", "onnx", "pillow_heif", "cryptography"}


@pytest.mark.parametrize("module", DOCUMENTED, ids=lambda module: module.__name__)
def test_what_is_exported_is_what_is_documented(module: ModuleType) -> None:
    assert module.__all__ == DOCUMENTED[module]
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert module.__doc__


def test_the_snippet_of_the_docstring_names_what_exists() -> None:
    snippet = "\n".join(line[4:] for line in (unfilter.__doc__ or "").splitlines() if line.startswith("    "))
    used = {node.attr for node in ast.walk(ast.parse(snippet)) if isinstance(node, ast.Attribute)}
    assert used == {"open", "apply", "restore"}
    assert all(hasattr(unfilter.Filter, name) for name in used)


def test_errors_share_one_base_that_is_a_value_error() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type)]
    assert len(classes) == 4
    assert all(issubclass(c, errors.UnfilterError) and issubclass(c, ValueError) for c in classes)


def test_names_cover_all_runtimes() -> None:
    modules = {found.name for found in pkgutil.iter_modules(runtimes.__path__) if not found.name.startswith("_")}
    assert modules - {"fixed_size"} == set(runtimes.NAMES)
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
    assert public == {"unavailable", "delegate_unavailable", "open_graph"}


@pytest.mark.parametrize(
    "program",
    [
        "import unfilter",
        "import unfilter.cli; unfilter.cli.commands()",
        "from unfilter.run import runtimes; runtimes.installed()",
        "import unfilter.proof.fidelity, unfilter.find.search_path, unfilter.run.tiling",
        "import unfilter.proof.bench, unfilter.proof.locate, unfilter.find.signing",
    ],
)
def test_no_framework_is_imported_before_it_is_needed(program: str) -> None:
    code = f"{program}; import sys; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(result.stdout.split()) == set()


def test_every_module_says_what_it_is_for() -> None:
    for path in Path(unfilter.__file__).parent.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path
