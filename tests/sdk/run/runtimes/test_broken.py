"""Laws: a library that is installed and broken is named in a line, never in a traceback; the next that works is taken;
nothing else of the command suffers.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from unfilter.photo import read_photo

pytestmark = pytest.mark.usefixtures("elsewhere")

VARIABLE = Path(__file__).parents[3] / "fixtures/bundle-variable"
BREAKS = {
    "another numpy": "import sys; sys.stderr.write('A module that was compiled using NumPy 1.x\\n' * 9)\n"
    "raise AttributeError('_ARRAY_API not found')",
    "a library of another system": "import os; os.write(2, b'chatter of a loader' * 9)\n"
    "raise ImportError('libxyz.so.1: cannot open shared object file\\nmore')",
    "half removed": "from . import absent",
    "too old": "pass",
}
LIBRARIES = {"onnx": "onnxruntime", "litert": "ai_edge_litert", "torch": "torch", "mil": "coremltools"}


def run(break_: str, libraries: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a process of the command gives where those libraries are broken."""
    for library in libraries:
        folder = Path("broken", library)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text(BREAKS[break_])
    environment = os.environ | {"PYTHONPATH": str(Path("broken").resolve())}
    command = [sys.executable, "-m", "unfilter", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize("break_", [each for each in BREAKS if each != "too old"])  # an empty onnxruntime is imported
def test_the_next_runtime_that_works_is_taken_and_the_broken_one_named(
    break_: str, shipped_bundle: Path, golden_photos: Path
) -> None:
    result = run(
        break_, ["onnxruntime"], "apply", "--filter", str(shipped_bundle), str(golden_photos / "chelsea.webp"), "f.png"
    )
    assert (result.returncode, result.stdout) == (0, "f.png: l0 applied with litert fp32\n")
    assert not any(noise in result.stderr for noise in ("Traceback", "chatter", "NumPy 1.x"))
    # LiteRT itself may say which delegate it made.
    (line,) = [each for each in result.stderr.splitlines() if each.startswith("unfilter:")]
    assert line.startswith("unfilter: runtime onnx: is installed and broken")
    assert "pip install --upgrade --force-reinstall 'unfilter[onnx]'" in line
    assert line.endswith("; litert is taken")
    assert read_photo(Path("f.png")).tag is not None


@pytest.mark.parametrize("name", LIBRARIES)
def test_one_that_was_asked_for_by_name_is_refused(name: str, shipped_bundle: Path, golden_photos: Path) -> None:
    break_ = "too old" if name in ("torch", "mil", "litert") else "half removed"
    photo = str(golden_photos / "chelsea.webp")
    result = run(break_, [LIBRARIES[name]], "apply", "--filter", str(shipped_bundle), "--runtime", name, photo, "f.png")
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"unfilter: runtime {name}: is installed and broken")


def test_where_none_works_all_are_named(small_bundle: Path, golden_photos: Path) -> None:
    photo = str(golden_photos / "chelsea.webp")
    result = run("half removed", ["onnxruntime"], "apply", "--filter", str(small_bundle), photo, "f.png")
    assert result.returncode == 2
    assert "runtime onnx: is installed and broken" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_broken_runtime_is_no_reason_to_end_verify() -> None:
    result = run("half removed", ["torch", "ai_edge_litert", "coremltools"], "verify", str(VARIABLE))
    assert "Traceback" not in result.stderr
    assert "is installed and broken" in result.stdout


def test_a_broken_codec_is_not_a_damaged_photo(golden_photos: Path) -> None:
    (Path("photo.heic")).write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40))
    result = run("a library of another system", ["pillow_heif"], "inspect", "photo.heic")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "is installed and broken (libxyz.so.1" in result.stderr
    assert "damaged" not in result.stderr


def test_a_command_whose_package_is_broken_says_so() -> None:
    result = run("a library of another system", ["torch"], "score", "l0", "photos")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "`unfilter score` needs a package that is installed and broken (libxyz.so.1" in result.stderr
