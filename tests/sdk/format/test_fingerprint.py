"""Laws: the pixels that were saved are 0 from their fingerprint; any change of an exact file, and of a JPEG that the same
decoder reads, is certain; another decoder's pixels of a JPEG are taken for the same, altered ones are not.
"""

from base64 import b64encode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from pydantic import ValidationError

from unfilter.format.fingerprint import Fingerprint, of_exact, of_jpeg
from unfilter.photo import Photo, Subsampling, read_photo, write_photo
from unfilter.photo.jpeg import coded, decoder, fingerprint_of

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def coffee(golden_photos: Path) -> Pixels:
    return read_photo(golden_photos / "coffee.webp").pixels


def saved(pixels: Pixels, quality: int, subsampling: Subsampling) -> Pixels:
    Image.fromarray(pixels).save(file := BytesIO(), "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file))


def decoded_elsewhere(file: bytes, folder: Path, version: str, **choices: object) -> Pixels:
    """The pixels that a release of the IJG's libjpeg gives."""
    jpeglib = pytest.importorskip("jpeglib", reason="jpeglib, the IJG's decoders, is not installed")
    (folder / "file.jpg").write_bytes(file)
    with jpeglib.version(version):
        return np.array(jpeglib.read_spatial(str(folder / "file.jpg"), **choices).spatial)


def test_an_exact_file_is_known_by_every_level(coffee: Pixels) -> None:
    fingerprint = of_exact(coffee)
    assert fingerprint.deviation(coffee.copy(), None) == 0
    changed = coffee.copy()
    changed[17, 23, 1] ^= 1
    for other in (changed, coffee[:, 1:], coffee[::-1], np.rot90(coffee)):
        assert fingerprint.deviation(other, None) == np.inf


@pytest.mark.parametrize("version", ["6b", "9e"])
@pytest.mark.parametrize("choices", [{}, {"flags": ["-DO_FANCY_UPSAMPLING"]}], ids=["as it comes", "chroma repeated"])
@pytest.mark.parametrize("quality", [60, 95])
def test_a_jpeg_is_known_through_other_decoders(
    quality: int, choices: dict[str, object], version: str, coffee: Pixels, tmp_path: Path
) -> None:
    for subsampling in ("4:4:4", "4:2:0"):
        Image.fromarray(coffee).save(file := BytesIO(), "JPEG", quality=quality, subsampling=subsampling)
        pixels = np.asarray(Image.open(file))
        other = decoded_elsewhere(file.getvalue(), tmp_path, version, **choices)
        assert of_jpeg(pixels, "one", None).deviation(other, "another") < 1


def test_any_change_of_a_jpeg_is_known_where_the_decoder_is_the_same(coffee: Pixels) -> None:
    pixels = saved(coffee, 95, "4:2:0")
    fingerprint = of_jpeg(pixels, "one", None)
    assert fingerprint.deviation(pixels, "one") == fingerprint.deviation(pixels, None) == 0
    changed = pixels.copy()
    changed[17, 23, 1] ^= 1
    assert fingerprint.deviation(changed, "one") == np.inf
    changed[:40, :40] = np.maximum(changed[:40, :40], 2) - 2
    assert 1 < fingerprint.deviation(changed, None) < np.inf


@pytest.mark.parametrize(
    "alter",
    [
        lambda pixels: np.roll(pixels, 1, 1),
        lambda pixels: np.clip(pixels.astype(int) + 2, 0, 255).astype(np.uint8),
        lambda pixels: (pixels * 0.97).astype(np.uint8),
        lambda pixels: np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(0.5))),
        lambda pixels: pixels[:, ::-1],
        lambda pixels: saved(pixels, 40, "4:4:4"),
    ],
    ids=["shifted", "two levels", "darker", "blurred", "mirrored", "JPEG 40"],
)
def test_an_altered_jpeg_is_known_through_another_decoder(alter, coffee: Pixels) -> None:  # type: ignore[no-untyped-def]
    pixels = saved(coffee, 90, "4:2:0")
    altered = saved(np.ascontiguousarray(alter(pixels)), 90, "4:2:0")
    assert 1 < of_jpeg(pixels, "one", None).deviation(altered, "another") < np.inf


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (31, 64), (33, 40)])
def test_photos_of_any_size_have_one(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    fingerprint = of_jpeg(pixels, "one", None)
    assert Fingerprint.model_validate_json(fingerprint.model_dump_json()) == fingerprint
    assert fingerprint.deviation(pixels, None) == 0
    assert 0 < fingerprint.deviation(pixels ^ 1, None) < np.inf


def test_the_fingerprint_of_a_jpeg_that_will_be_written_is_that_of_the_file(coffee: Pixels, tmp_path: Path) -> None:
    for subsampling in ("4:4:4", "4:2:0"):
        photo = Photo(coffee, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
        write_photo(tmp_path / "f.jpg", photo, quality=83, subsampling=subsampling)
        found = read_photo(tmp_path / "f.jpg")
        assert found.coding is not None
        assert fingerprint_of(coded(coffee, 83, subsampling)) == of_jpeg(found.pixels, decoder(), found.coding)


def test_the_coding_tells_quality_and_sampling_and_survives_what_is_lossless(coffee: Pixels, tmp_path: Path) -> None:
    codings = set()
    for quality, subsampling in ((80, "4:4:4"), (80, "4:2:0"), (81, "4:4:4")):
        write_photo(tmp_path / "f.jpg", Photo(coffee), quality=quality, subsampling=subsampling)  # type: ignore[arg-type]
        codings.add(read_photo(tmp_path / "f.jpg").coding)
    assert len(codings) == 3
    Image.fromarray(coffee).save(tmp_path / "p.jpg", quality=81, subsampling="4:4:4", progressive=True, optimize=True)
    assert read_photo(tmp_path / "p.jpg").coding in codings
    assert read_photo(tmp_path / "p.jpg").pixels.tobytes() == read_photo(tmp_path / "f.jpg").pixels.tobytes()


@pytest.mark.parametrize(
    "fields",
    [
        {"version": 2},
        {"width": 0},
        {"sha256": "0" * 31},
        {"sha256": None},
        {"cells": "no base64!"},
        {"cells": b64encode(bytes(7)).decode()},
        {"cells": "A" * 10_000},
        {"coding": "x"},
    ],
)
def test_what_is_no_fingerprint_of_this_version_is_refused(fields: dict[str, object], coffee: Pixels) -> None:
    with pytest.raises(ValidationError):
        Fingerprint.model_validate(of_jpeg(coffee, "one", None).model_dump() | fields)
