"""TIFF: all that is promised is read to the last bit; the rest is refused in one line, before it costs anything."""

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from unfilter.errors import UnfilterError
from unfilter.photo import PIXEL_LIMIT
from unfilter_training.photo_sets.stored import read_stored
from unfilter_training.photo_sets.tiff import read_tiff


def samples(dtype: type = np.uint16, channels: int = 3) -> np.ndarray:
    top = np.iinfo(dtype).max
    return np.random.default_rng(0).integers(0, top + 1, (37, 51, channels)).astype(dtype)


def refusal(path: Path) -> str:
    with pytest.raises(UnfilterError) as error:
        read_stored(path)
    message = str(error.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("compression", [None, "lzw", "adobe_deflate", "deflate"])
@pytest.mark.parametrize(
    "written",
    [
        {"byteorder": ">"},
        {"predictor": True},  # as photo programs write LZW and Deflate
        {"rowsperstrip": 5},  # strips that do not divide the height
        {"tile": (16, 32)},  # tiles that reach over the border
        {"planarconfig": "separate"},  # channel after channel
        {"bigtiff": True},
    ],
    ids=lambda written: next(iter(written)),
)
def test_samples_are_read_to_the_last_bit(
    dtype: type, compression: str | None, written: dict[str, Any], tmp_path: Path
) -> None:
    if "predictor" in written and compression is None:
        pytest.skip("no predictor without compression")
    expected = samples(dtype)
    given = np.moveaxis(expected, -1, 0) if "planarconfig" in written else expected
    tifffile.imwrite(tmp_path / "a.tif", given, photometric="rgb", compression=compression, **written)
    stored = read_stored(tmp_path / "a.tif")
    assert stored.samples.dtype == dtype
    assert np.array_equal(stored.samples, expected)
    assert stored.profile is None


def test_the_first_picture_counts_and_its_profile_comes_along(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for index in range(2):
            file.write(samples() + np.uint16(index), photometric="rgb", iccprofile=b"profile %d" % index, metadata=None)
    stored, profile = read_tiff(tmp_path / "a.tif")
    assert np.array_equal(stored, samples())
    assert profile == b"profile 0"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_an_opaque_alpha_is_dropped_and_a_transparent_one_refused(dtype: type, tmp_path: Path) -> None:
    picture = samples(dtype, channels=4)
    picture[..., 3] = np.iinfo(dtype).max
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, picture, photometric="rgb", extrasamples=["unassalpha"])
    assert np.array_equal(read_stored(path).samples, picture[..., :3])
    picture[3, 4, 3] -= 1
    tifffile.imwrite(path, picture, photometric="rgb", extrasamples=["unassalpha"])
    assert "has transparency" in refusal(path)


@pytest.mark.parametrize(
    ("picture", "written", "said"),
    [
        (samples(channels=1)[..., 0], {"photometric": "minisblack"}, "is MINISBLACK (samples per pixel: 1)"),
        (samples(channels=4), {"photometric": "separated"}, "is SEPARATED (samples per pixel: 4)"),
        (samples(channels=1)[..., 0], {"photometric": "cfa"}, "is a camera raw file"),
        (samples().astype(np.float32), {"photometric": "rgb"}, "has 32 bits per channel (float32)"),
        (samples(np.uint8), {"photometric": "rgb", "compression": "packbits"}, "is compressed by PACKBITS"),
        (samples(), {"photometric": "rgb", "subfiletype": 1}, "is a camera raw file"),
    ],
    ids=["grey", "cmyk", "cfa", "float", "packbits", "preview"],
)
def test_other_kinds_are_refused_by_name(picture: np.ndarray, written: dict[str, Any], said: str, tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", picture, **written)
    assert said in refusal(tmp_path / "a.tif")


@pytest.mark.parametrize("compression", [None, "lzw", "adobe_deflate"])
def test_a_file_that_is_cut_off_anywhere_is_refused(
    compression: str | None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, samples(), photometric="rgb", compression=compression, rowsperstrip=8)
    whole = path.read_bytes()
    for length in [0, 1, 4, 8, 9, 100, len(whole) // 2, len(whole) - 1]:
        path.write_bytes(whole[:length])
        refusal(path)
    assert capfd.readouterr() == ("", "")  # the error is all that is said


def test_damage_gives_pixels_or_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, samples(), photometric="rgb", compression="lzw", predictor=True, rowsperstrip=8)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    random = np.random.default_rng(0)
    for _ in range(300):
        damaged = whole.copy()
        damaged[random.integers(0, 400, 3)] = random.integers(0, 256, 3)  # most of the 400 are header and directory
        path.write_bytes(damaged.tobytes())
        try:
            assert read_stored(path).samples.shape[2] == 3
        except UnfilterError:
            refusal(path)


@pytest.mark.parametrize("written", [{}, {"tile": (16, 16)}])
def test_a_declared_size_above_the_limit_costs_nothing(written: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, samples(), photometric="rgb", **written)
    with tifffile.TiffFile(path, mode="r+") as file:
        for tag in ["TileWidth", "TileLength"] if written else ["ImageWidth", "ImageLength"]:
            file.pages.first.tags[tag].overwrite(60000)
    tracemalloc.start()
    message = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert f"above the limit of {PIXEL_LIMIT}" in message
    assert peak < 50e6


def test_a_profile_of_another_type_is_refused(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", samples(), photometric="rgb", extratags=[(34675, "s", 8, "profile", True)])
    assert "its colour profile is damaged" in refusal(tmp_path / "a.tif")


def test_what_is_no_tiff_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_text("no photo")
    assert "not a TIFF file" in refusal(tmp_path / "a.tif")
    assert "no such file" in refusal(tmp_path / "b.tif")
    (tmp_path / "c.tif").mkdir()
    assert "is a folder" in refusal(tmp_path / "c.tif")


def test_hostile_files_are_refused_in_one_line(data: Path) -> None:
    for path in sorted((data / "hostile" / "corrupt").glob("*.tif")):
        refusal(path)
