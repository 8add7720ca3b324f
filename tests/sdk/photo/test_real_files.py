"""Law: what phones and cameras write is read as the policy says. These files are not part of the project."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from unfilter.photo import Photo, read_photo, write_photo


@pytest.fixture
def real(data: Path) -> Path:
    if not (data / "hostile").is_dir():
        pytest.skip(f"no such files in {data}")
    return data


@pytest.mark.parametrize("name", ["dev/heic/IMG_1034.heic", "hostile/heic/IMG_2927.HEIC"])
def test_an_iphones_photo_keeps_profile_exif_and_its_turn(name: str, real: Path, tmp_path: Path) -> None:
    pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    photo = read_photo(real / name)
    write_photo(tmp_path / "p.png", photo)
    again = read_photo(tmp_path / "p.png")
    assert photo.icc_profile is not None
    assert b"Display P3" in photo.icc_profile or b"D\0i\0s\0p\0l\0a\0y\0 \0P\0003" in photo.icc_profile
    exif = Image.Exif()
    exif.load(photo.exif or b"")
    assert exif[0x010F] == "Apple"
    assert (again.icc_profile, again.exif) == (photo.icc_profile, photo.exif)
    np.testing.assert_array_equal(again.pixels, photo.pixels)


@pytest.mark.parametrize("orientation", range(9))
def test_photos_of_every_orientation_show_as_before(orientation: int, real: Path, tmp_path: Path) -> None:
    photo = read_photo(real / f"hostile/orientation/Landscape_{orientation}.jpg")
    small = Photo(photo.pixels[:96, :160], exif=photo.exif)  # the whole photo takes a HEIC encoder long
    targets = ["p.png", "p.webp"]
    if find_spec("pillow_heif"):
        targets.append("p.heic")
    for name in targets:
        write_photo(tmp_path / name, small)
        back = read_photo(tmp_path / name)
        np.testing.assert_array_equal(back.pixels, small.pixels)
        assert back.exif == small.exif
    if find_spec("pillow_heif"):
        import pillow_heif

        image = Image.fromarray(small.pixels)
        image.getexif().load(small.exif or b"")
        heif = np.asarray(pillow_heif.open_heif(tmp_path / "p.heic"))
        np.testing.assert_array_equal(heif, np.asarray(ImageOps.exif_transpose(image)))


def test_an_ultra_hdr_photo_says_that_its_gain_map_is_left_behind(real: Path) -> None:
    photo = read_photo(real / "hostile/icc_gray_alpha/gain-map.jpg")
    assert photo.pixels.shape == (2160, 3840, 3)
    assert photo.notes == ("its gain map (HDR) was left behind: the filtered photo is the SDR picture",)


@pytest.mark.parametrize("name", ["sugarshack.mpo", "frozenpond.mpo"])
def test_a_stereo_cameras_photo_is_its_first_picture(name: str, real: Path) -> None:
    photo = read_photo(real / "hostile/animated" / name)
    assert photo.pixels.shape == (480, 640, 3)
    assert photo.notes == ("1 more of its 2 pictures (MPO) were left behind",)


def test_a_print_shops_cmyk_is_converted_by_its_profile(real: Path) -> None:
    with_profile, without = (
        read_photo(real / f"hostile/cmyk/Channel_digital_image_CMYK_color{part}.jpg", convert=True)
        for part in ("", "_no_profile")
    )
    assert with_profile.notes == ("CMYK was converted to sRGB by its profile",)
    assert without.notes == ("CMYK was converted to sRGB without a profile",)
    assert with_profile.icc_profile is None
    assert np.abs(with_profile.pixels.astype(int) - without.pixels).mean() > 5  # it makes a difference


@pytest.mark.parametrize(("name", "transparent"), [("C006", True), ("C005", False), ("C042", False)])
def test_conformance_files_of_heif_are_read(name: str, transparent: bool, real: Path) -> None:
    pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    photo = read_photo(real / f"hostile/heic/{name}.heic")
    assert photo.pixels.shape == (720, 1280, 3)
    assert photo.transparent == transparent
