"""Every carrier gives back what its file holds, of the kind that its name says."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import get_sampling

from unfilter.photo import read_photo
from unfilter.proof.fidelity import psnr
from unfilter_training.evaluation.carriers import Carrier
from unfilter_training.evaluation.carriers.jpeg import Jpeg, JpegTwice
from unfilter_training.evaluation.carriers.newer_codecs import Avif, WebP
from unfilter_training.evaluation.carriers.other_jpeg import MozJpeg, ReadByLibjpeg9
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.carriers.resized import Resized
from unfilter_training.evaluation.curves.file_sizes import SERIES
from unfilter_training.evaluation.curves.robustness import carriers

GOLDEN = Path(__file__).parents[4] / "converters/unfilter_converters/golden_photos/chelsea.webp"
SAMPLING = {"4:4:4": 0, "4:2:0": 2}
"""Pillow's numbers."""


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A crop with odd sides."""
    return np.ascontiguousarray(read_photo(GOLDEN).pixels[60:145, 80:179])


def by_pillow(pixels: np.ndarray, **settings: object) -> tuple[np.ndarray, int]:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, **settings)
    return np.asarray(Image.open(file).convert("RGB")), file.tell()


@pytest.mark.parametrize("carrier", [Png(), WebP(None)], ids=lambda carrier: carrier.name)
def test_lossless_carriers_give_back_every_byte(carrier: Carrier, photo: np.ndarray, tmp_path: Path) -> None:
    saved = carrier.through(photo, tmp_path)
    np.testing.assert_array_equal(saved.pixels, photo)
    (file,) = tmp_path.iterdir()
    assert saved.bytes == file.stat().st_size


@pytest.mark.parametrize(
    ("carrier", "settings"),
    [
        (Jpeg(80), {"format": "JPEG", "quality": 80, "subsampling": "4:2:0"}),
        (Jpeg(95, "4:4:4"), {"format": "JPEG", "quality": 95, "subsampling": "4:4:4"}),
        (WebP(80), {"format": "WEBP", "quality": 80}),
        (Avif(60), {"format": "AVIF", "quality": 60, "subsampling": "4:2:0", "max_threads": 1}),
        (Avif(90, "4:4:4"), {"format": "AVIF", "quality": 90, "subsampling": "4:4:4", "max_threads": 1}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_lossy_carriers_are_the_files_that_pillow_writes(
    carrier: Carrier, settings: dict[str, object], photo: np.ndarray, tmp_path: Path
) -> None:
    saved = carrier.through(photo, tmp_path)
    pixels, size = by_pillow(photo, **settings)
    np.testing.assert_array_equal(saved.pixels, pixels)
    assert saved.bytes == size


def test_two_jpegs_are_one_after_the_other(photo: np.ndarray, tmp_path: Path) -> None:
    saved = JpegTwice(Jpeg(90, "4:4:4"), Jpeg(70, "4:2:0")).through(photo, tmp_path)
    first, _ = by_pillow(photo, format="JPEG", quality=90, subsampling="4:4:4")
    second, size = by_pillow(first, format="JPEG", quality=70, subsampling="4:2:0")
    np.testing.assert_array_equal(saved.pixels, second)
    assert saved.bytes == size


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
def test_mozjpeg_is_another_encoder(subsampling: str, photo: np.ndarray, tmp_path: Path) -> None:
    saved = MozJpeg(80, subsampling).through(photo, tmp_path)
    (file,) = tmp_path.iterdir()
    with Image.open(file) as image:
        assert get_sampling(image) == SAMPLING[subsampling]
        assert image.info.get("progressive")
        tables = image.quantization
        assert tables != Image.open(io.BytesIO(jpeg_bytes(photo, 80))).quantization
    np.testing.assert_array_equal(saved.pixels, read_photo(file).pixels)
    assert saved.bytes == file.stat().st_size
    assert 25 < psnr(saved.pixels, photo) < 45


def jpeg_bytes(pixels: np.ndarray, quality: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return file.getvalue()


def test_libjpeg_9_is_another_decoder_where_chroma_is_coarser(photo: np.ndarray, tmp_path: Path) -> None:
    ours, theirs = (carrier(80, "4:2:0").through(photo, tmp_path) for carrier in (Jpeg, ReadByLibjpeg9))
    assert ours.bytes == theirs.bytes  # the same file
    assert np.mean(ours.pixels != theirs.pixels) > 0.05
    assert psnr(ours.pixels, theirs.pixels) > 35
    ours, theirs = (carrier(80, "4:4:4").through(photo, tmp_path) for carrier in (Jpeg, ReadByLibjpeg9))
    np.testing.assert_array_equal(ours.pixels, theirs.pixels)


def test_resizing_loses_detail_and_keeps_the_size_and_smooth_colour(photo: np.ndarray, tmp_path: Path) -> None:
    saved = Resized(75).through(photo, tmp_path)
    (file,) = tmp_path.iterdir()
    assert read_photo(file).pixels.shape == (85 * 75 // 100, 99 * 75 // 100, 3)
    assert saved.pixels.shape == photo.shape
    assert saved.bytes == file.stat().st_size
    assert (saved.pixels != photo).any()
    plain = np.full_like(photo, 77)
    np.testing.assert_array_equal(Resized(75).through(plain, tmp_path).pixels, plain)


def test_names_tell_all_carriers_of_the_curves_apart() -> None:
    every = {carrier for _, _, carrier in carriers()} | {carrier for series in SERIES.values() for carrier in series}
    assert len({carrier.name for carrier in every}) == len(every)


@pytest.mark.parametrize("carrier", [carrier for _, _, carrier in carriers()], ids=lambda carrier: carrier.name)
def test_every_carrier_takes_the_smallest_photos(carrier: Carrier, tmp_path: Path) -> None:
    assert carrier.through(np.zeros((1, 2, 3), np.uint8), tmp_path).pixels.shape == (1, 2, 3)
