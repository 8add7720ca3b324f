"""PNG and JPEG files of a collection: as the SDK reads them, and RGBA where nothing shows through."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from unfilter.errors import UnfilterError
from unfilter_training.photo_sets.stored import read_stored


def rgba(alpha: int = 255) -> np.ndarray:
    picture = np.random.default_rng(0).integers(0, 256, (9, 7, 4), dtype=np.uint8)
    picture[..., 3] = 255
    picture[2, 3, 3] = alpha
    return picture


def test_an_opaque_alpha_is_dropped_and_the_profile_kept(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(rgba()).save(tmp_path / "a.png", icc_profile=profile)
    stored = read_stored(tmp_path / "a.png")
    assert np.array_equal(stored.samples, rgba()[..., :3])
    assert stored.profile == profile


def test_a_single_transparent_pixel_is_refused(tmp_path: Path) -> None:
    Image.fromarray(rgba(alpha=254)).save(tmp_path / "a.png")
    with pytest.raises(UnfilterError, match=r"a\.png: has transparency; flatten it onto a background first"):
        read_stored(tmp_path / "a.png")


def test_orientation_is_not_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(rgba()[..., :3]).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(read_stored(tmp_path / "a.png").samples, rgba()[..., :3])


def test_a_damaged_rgba_file_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(rgba()).save(path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnfilterError, match=r"cannot be decoded .* damaged or incomplete"):
        read_stored(path)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_what_the_sdk_does_not_read_is_refused_in_its_words(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("no photo")
    with pytest.raises(UnfilterError, match="is not a photo; give a JPEG"):
        read_stored(tmp_path / name)


def test_a_declared_size_above_the_limit_is_refused(tmp_path: Path) -> None:
    Image.fromarray(rgba()).save(tmp_path / "a.png")
    content = bytearray((tmp_path / "a.png").read_bytes())
    content[16:24] = struct.pack(">II", 20_000, 20_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(UnfilterError, match="declares 20000 x 20000"):
        read_stored(tmp_path / "a.png")
