"""Laws: a message says what is the matter and not something else, and what to do in the words of whoever reads it."""

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unfilter.errors import BundleError, PhotoError, UnfilterError
from unfilter.format.bundle import Bundle
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo

pytestmark = pytest.mark.usefixtures("elsewhere")


def refused_for(error: OSError, path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    def open_(self: Path, *arguments: object, **options: object) -> object:
        raise error

    monkeypatch.setattr(Path, "open", open_)
    with pytest.raises(PhotoError) as caught:
        read_photo(path)
    return str(caught.value)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EIO, errno.ELOOP, errno.ENAMETOOLONG, errno.ESTALE])
def test_what_the_system_refuses_is_not_called_damaged(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused_for(OSError(number, os.strerror(number)), Path("a.png"), monkeypatch)
    assert said.startswith(f"a.png: cannot be read ({os.strerror(number)})")
    assert "damaged" not in said


def test_a_damaged_file_is_called_that(golden_photos: Path) -> None:
    Path("a.png").write_bytes((golden_photos / "chelsea.webp").read_bytes()[:2000])
    with pytest.raises(PhotoError, match="damaged or incomplete"):
        read_photo(Path("a.png"))


def test_a_photo_and_a_bundle_of_somebody_else(small_bundle: Path, bound_by_permissions: list[str]) -> None:
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save("a.png")
    Path("l0").mkdir()
    Path("l0/manifest.json").write_bytes((small_bundle / "manifest.json").read_bytes())
    for path, named in (("a.png", "a.png"), ("l0/manifest.json", "l0")):
        Path(path).chmod(0)
        command = [*bound_by_permissions, sys.executable, "-m", "unfilter", "inspect", named]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (result.returncode, result.stdout) == (2, "")
        assert "Permission denied" in result.stderr
        assert "let yourself read" in result.stderr


def test_a_bundle_that_may_not_be_read_is_not_to_be_converted_again(
    small_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_bytes(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with pytest.raises(BundleError, match=r"cannot be read \(Permission denied\); let yourself read"):
        Bundle(small_bundle)


@pytest.fixture
def l0(small_bundle: Path) -> Filter:
    return Filter.open(small_bundle, runtime="onnx")


@pytest.mark.parametrize("method", ["apply", "restore"])
def test_a_text_mode_file_is_told_how_to_be_opened(method: str, l0: Filter, golden_photos: Path) -> None:
    path = golden_photos / "chelsea.webp"
    with path.open(encoding="utf-8") as file, pytest.raises(PhotoError, match=rf"{path}: gives str, .*open\(\.\.\., 'rb'\)"):
        getattr(l0, method)(file)
    with pytest.raises(PhotoError, match=r"open\(\.\.\., 'rb'\)"):
        getattr(l0, method)(StringIO("text"))


@pytest.mark.parametrize("method", ["apply", "restore"])
def test_a_path_without_target_is_told_both_ways_out(method: str, l0: Filter) -> None:
    with pytest.raises(TypeError, match=re.escape(f"{method}('a.png', 'result.png')")) as caught:
        getattr(l0, method)("a.png")
    assert f"{method}(Path('a.png').read_bytes())" in str(caught.value)


def test_advice_is_in_the_words_of_both_its_readers(l0: Filter, refused: Callable[..., str], small_bundle: Path) -> None:
    """`--reduce` helps nobody who calls Python, nor `reduce=True` anybody who types."""
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).convert("CMYK").save("cmyk.jpg")
    Image.fromarray(np.zeros((20, 30), np.uint16)).save("deep.png")
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save("plain.png")
    l0.apply_file("plain.png", "f.png")
    cases: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("cmyk.jpg", "--convert, in Python convert=True", {"convert": True}),
        ("deep.png", "--reduce, in Python reduce=True", {"reduce": True}),
    )
    for source, advice, remedy in cases:
        with pytest.raises(UnfilterError, match=re.escape(advice)):
            l0.apply_file(source, "out.png")
        assert advice in refused("apply", "--filter", small_bundle, source, "out.png")
        l0.apply_file(source, "out.png", **remedy, overwrite=True)  # type: ignore[arg-type]
    with pytest.raises(UnfilterError, match=re.escape("--limit, in Python limit=")):
        l0.apply_file("plain.png", "out.png", limit=10)


def test_no_advice_of_the_library_names_the_command_line_alone() -> None:
    """Of the modules that a Python caller's errors come from."""
    import unfilter

    root = Path(unfilter.__file__).parent
    lonely = []
    for folder in ("photo", "jobs", "find", "format", "run"):
        for path in (root / folder).rglob("*.py"):
            for option in re.finditer(r"(?<![\w-])--(force|convert|reduce|limit|filter|out)\b(?!-)", path.read_text()):
                nearby = path.read_text()[option.start() : option.end() + 40]
                if "in Python" not in nearby:
                    lonely.append(f"{path.relative_to(root)}: {nearby.splitlines()[0]}")
    assert lonely == []
