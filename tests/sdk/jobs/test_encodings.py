"""Law: the pixels of a result are encoded once, whatever way a photo goes, though the tag in it tells of them."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unfilter import Filter
from unfilter.cli import main
from unfilter.jobs.detection.comparison import compare
from unfilter.photo import Photo, read_photo, write_photo

FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
"""Pillow's names by codec."""


@pytest.fixture
def photo(tmp_path: Path, chelsea: NDArray[np.uint8]) -> Path:
    write_photo(tmp_path / "in.jpg", Photo(chelsea[:64, :80], xmp="<x><rdf:RDF></rdf:RDF></x>"))
    return tmp_path / "in.jpg"


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, int]]]:
    """Format and size of every picture that Pillow encodes from now on."""
    seen: list[tuple[str, tuple[int, int]]] = []

    def counting(name: str, save: Callable[..., object]) -> Callable[..., object]:
        def counted(image: Image.Image, *arguments: object) -> object:
            seen.append((name, image.size))
            return save(image, *arguments)

        return counted

    Image.init()
    for name in FORMATS.values():
        monkeypatch.setitem(Image.SAVE, name, counting(name, Image.SAVE[name]))
    return seen


@pytest.mark.parametrize("codec", FORMATS)
def test_a_file_is_encoded_once(
    codec: str, photo: Path, tmp_path: Path, small_bundle: Path, encoded: list[tuple[str, tuple[int, int]]]
) -> None:
    target = tmp_path / f"filtered.{codec}"
    Filter.open(small_bundle).apply_file(photo, target)
    assert encoded.count((FORMATS[codec], (80, 64))) == 1
    compared = compare(read_photo(target))
    assert compared is not None
    assert compared.made


def test_so_is_each_of_a_batch_of_a_command_and_of_bytes(
    photo: Path,
    tmp_path: Path,
    small_bundle: Path,
    encoded: list[tuple[str, tuple[int, int]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = Filter.open(small_bundle)
    (outcome,) = opened.apply_many([photo], tmp_path / "out", codec="jpeg")
    assert outcome.result
    assert encoded.count(("JPEG", (80, 64))) == 1
    assert main(["apply", "--filter", str(small_bundle), str(photo), str(tmp_path / "command.jpg")]) == 0
    assert encoded.count(("JPEG", (80, 64))) == 2
    assert (tmp_path / "command.jpg").read_bytes() == outcome.result.target.read_bytes()
    encoded.clear()
    content = opened.apply(photo.read_bytes())
    assert encoded.count(("PNG", (80, 64))) == 1
    assert read_photo(BytesIO(content)).tag
