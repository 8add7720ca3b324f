"""Law: EXIF is kept byte by byte, but for its thumbnail and a maker's previews, which would show the photo as it was."""

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from unfilter.errors import PhotoError
from unfilter.photo import Photo, check_target, read_photo, write_photo
from unfilter.photo.exif import MARKER, exif_of
from unfilter.photo.forms import changed
from unfilter.photo.pillow import photo_of

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)


def preview() -> bytes:
    Image.fromarray(PIXELS[:8, :8]).save(file := BytesIO(), "JPEG")
    return file.getvalue()


def with_thumbnail(order: str, picture: bytes, *, jpeg: bool = True, before: bool = False) -> bytes:
    """EXIF with a maker's name and a thumbnail, which stands behind or before the name."""
    name = b"camera maker\0\0"
    first, second = 8, 8 + 2 + 12 + 4
    directory = 2 + 2 * 12 + 4
    values = second + directory
    name_at, picture_at = (values + len(picture), values) if before else (values, values + len(name))
    place, length = (0x0201, 0x0202) if jpeg else (0x0111, 0x0117)
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", first)
    ifd0 = struct.pack(f"{order}HHHIII", 1, 0x010F, 2, len(name) - 1, name_at, second)
    ifd1 = struct.pack(f"{order}HHHIIHHIII", 2, place, 4, 1, picture_at, length, 4, 1, len(picture), 0)
    return MARKER + head + ifd0 + ifd1 + (picture + name if before else name + picture)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("jpeg", [True, False])
@pytest.mark.parametrize("before", [True, False])
def test_a_thumbnail_is_gone_and_the_rest_stays_in_place(order: str, jpeg: bool, before: bool) -> None:
    picture = preview() if jpeg else bytes(range(1, 193))
    exif = with_thumbnail(order, picture, jpeg=jpeg, before=before)
    bare = exif_of(exif)
    assert bare is not None
    assert picture[:40] not in bare
    assert bare.index(b"camera maker") == exif.index(b"camera maker")
    loaded = Image.Exif()
    loaded.load(bare)
    assert dict(loaded) == {0x010F: "camera maker"}
    assert loaded.get_ifd(1) == {}
    assert before or len(bare) == len(exif) - len(picture)
    assert exif_of(bare) == bare


def test_a_preview_in_a_makers_notes_is_blanked_and_nothing_moves() -> None:
    exif = Image.Exif()
    exif[0x010F] = "camera maker"
    exif[0x927C] = b"notes" + preview() + b"more notes"
    given_exif = exif.tobytes()
    bare = exif_of(given_exif)
    assert bare is not None
    assert len(bare) == len(given_exif)
    assert b"\xff\xd8\xff" not in bare
    assert b"more notes" in bare


def test_exif_without_pictures_keeps_every_byte() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "camera maker", 6
    assert exif_of(exif.tobytes()) == exif.tobytes()
    assert exif_of(exif.tobytes().removeprefix(MARKER)) == exif.tobytes()
    assert exif_of(None) is None


@pytest.mark.parametrize("name", ["p.jpg", "p.png", "p.webp", "p.heic"])
def test_no_file_shows_the_unfiltered_photo(name: str, tmp_path: Path) -> None:
    if name == "p.heic":
        pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    exif = with_thumbnail("<", preview())
    Image.fromarray(PIXELS).save(tmp_path / "camera.jpg", exif=exif)
    for photo in (
        read_photo(tmp_path / "camera.jpg"),
        photo_of(Image.open(tmp_path / "camera.jpg")),
        Photo(PIXELS, exif=exif),
    ):
        write_photo(tmp_path / name, photo)
        assert preview()[:60] not in (tmp_path / name).read_bytes()[100:] or name == "p.jpg"
        back = read_photo(tmp_path / name)
        assert back.exif == exif_of(exif)
        assert preview()[:40] not in (back.exif or b"")


@given(st.binary(max_size=120), st.sampled_from([b"II*\0", b"MM\0*"]))
def test_hostile_exif_is_read_in_no_time_and_stays_settled(content: bytes, order: bytes) -> None:
    bare = exif_of(order + content)
    assert bare is not None
    assert exif_of(bare) == bare


LONG = {
    "EXIF": (Photo(PIXELS, exif=MARKER + b"II*\0" + bytes(70_000)), r"EXIF takes .* a jpeg holds 65,533; use \.png"),
    "XMP": (Photo(PIXELS, xmp="<x>" + "y" * 64_000 + "</x>"), r"XMP with the tag takes .* holds 65,504; use \.png"),
    "comment": (Photo(PIXELS, texts=(("Comment", "c" * 70_000),)), "comment takes 70,000 bytes, .*-Comment="),
}


@pytest.mark.parametrize("what", LONG)
def test_what_is_too_large_for_a_jpeg_is_known_before_the_work(what: str, tmp_path: Path) -> None:
    photo, message = LONG[what]
    with pytest.raises(PhotoError, match=message):
        check_target(tmp_path / "p.jpg", photo)
    assert check_target(tmp_path / "p.webp", photo) == () or what == "comment"
    check_target(tmp_path / "p.png", photo)


def test_a_profile_that_no_png_gives_back_is_known_before_the_work(tmp_path: Path) -> None:
    profile = Image.new("RGB", (1, 1)).tobytes() * 400_000
    photo = Photo(PIXELS, icc_profile=profile)
    with pytest.raises(PhotoError, match=r"its colour profile takes 1,200,000 bytes, and a png holds 1,048,576; use \.webp"):
        check_target(tmp_path / "p.png", photo)

    def work(*_: Any) -> Photo:
        raise AssertionError("the work was begun")

    Image.fromarray(PIXELS).save(file := BytesIO(), "JPEG", icc_profile=_large_profile())
    with pytest.raises(PhotoError, match="its colour profile takes"):
        changed(file.getvalue(), work)


def _large_profile() -> bytes:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile + bytes((1 << 20) + 4)
