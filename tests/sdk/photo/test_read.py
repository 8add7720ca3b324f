"""Law: reading gives the stored pixels, or one line that names the file and says what it is; nothing else escapes."""

import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from unfilter.errors import PhotoError
from unfilter.photo import Photo, Tag, read_photo
from unfilter.photo.tag import PNG_KEYWORD

RGB = np.random.default_rng(0).integers(0, 256, (9, 14, 3), dtype=np.uint8)


@contextmanager
def no_warnings() -> Iterator[None]:
    """Users run with Python's default filters: whatever would be printed there fails here."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    assert [str(warning.message) for warning in caught] == []


def refusal(path: Path) -> str:
    with pytest.raises(PhotoError) as caught, no_warnings():
        read_photo(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def png(path: Path, depth: int, color: int, row: bytes, *chunks: tuple[bytes, bytes], width: int = 2) -> None:
    """A PNG of two equal rows, of kinds that Pillow does not write."""
    header = (b"IHDR", struct.pack(">IIBBBBB", width, 2, depth, color, 0, 0, 0))
    parts = [header, *chunks, (b"IDAT", zlib.compress((b"\0" + row) * 2)), (b"IEND", b"")]
    content = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(content))


@pytest.mark.parametrize(
    ("mode", "name", "save"),
    [
        ("RGB", "p.png", {}),
        ("L", "p.png", {}),
        ("1", "p.png", {}),
        ("P", "p.png", {}),
        ("RGB", "p.png", {"bits": 8, "optimize": True}),
        ("RGB", "p.jpg", {}),
        ("RGB", "p.jpg", {"progressive": True}),
        ("RGB", "p.jpg", {"subsampling": 2}),
        ("L", "p.jpg", {}),
    ],
)
def test_stored_pixels_become_rgb_of_equal_meaning(tmp_path: Path, mode: str, name: str, save: dict[str, Any]) -> None:
    path = tmp_path / name
    Image.fromarray(RGB).convert(mode).save(path, **save)
    photo = read_photo(path)
    assert photo.codec == ("png" if name == "p.png" else "jpeg")
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.flags.writeable
    with Image.open(path) as image:
        np.testing.assert_array_equal(photo.pixels, np.asarray(image.convert("RGB")))
    if (mode, name) == ("RGB", "p.png"):
        np.testing.assert_array_equal(photo.pixels, RGB)


def test_the_suffix_does_not_matter(tmp_path: Path) -> None:
    Image.fromarray(RGB).save(tmp_path / "p.jpg", format="PNG")
    assert read_photo(tmp_path / "p.jpg").codec == "png"


def test_the_first_picture_of_a_multi_picture_jpeg_is_read(tmp_path: Path) -> None:
    second = Image.fromarray(RGB[:4, :4])
    Image.fromarray(RGB).save(tmp_path / "p.mpo", format="MPO", save_all=True, append_images=[second])
    photo = read_photo(tmp_path / "p.mpo")
    assert (photo.codec, photo.pixels.shape) == ("jpeg", RGB.shape)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_carried_not_applied(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    for name in ("p.png", "p.jpg"):
        Image.fromarray(RGB).save(tmp_path / name, exif=exif)
        photo = read_photo(tmp_path / name)
        assert photo.pixels.shape == RGB.shape
        assert photo.exif == exif.tobytes()


def test_a_photo_without_metadata_has_none(tmp_path: Path) -> None:
    Image.fromarray(RGB).save(tmp_path / "p.png")
    photo = read_photo(tmp_path / "p.png")
    assert (photo.icc_profile, photo.exif, photo.xmp, photo.tag) == (None, None, None, None)


@pytest.mark.parametrize("text", ["", "{}", "[" * 5000, "\ufffd"])
def test_a_text_under_our_keyword_that_is_no_tag_is_none(tmp_path: Path, text: str) -> None:
    png(tmp_path / "p.png", 8, 2, bytes(6), (b"iTXt", PNG_KEYWORD.encode() + bytes(5) + text.encode()))
    assert read_photo(tmp_path / "p.png").tag is None


def test_a_tag_is_read_from_the_text_of_a_png(tmp_path: Path) -> None:
    tag = Tag(filter="l0", restoration="a" * 64, codec="png")
    png(tmp_path / "p.png", 8, 2, bytes(6), (b"iTXt", PNG_KEYWORD.encode() + bytes(5) + tag.to_json().encode()))
    assert read_photo(tmp_path / "p.png").tag == tag


def _palette_with_transparency(path: Path) -> None:
    Image.fromarray(RGB).convert("P").save(path, transparency=3)


def _animation(path: Path) -> None:
    Image.fromarray(RGB).save(path, save_all=True, append_images=[Image.fromarray(RGB[::-1])])


@pytest.mark.parametrize(
    ("name", "write", "reason"),
    [
        ("rgba.png", lambda p: Image.fromarray(RGB).convert("RGBA").save(p), "transparency"),
        ("la.png", lambda p: Image.fromarray(RGB).convert("LA").save(p), "transparency"),
        ("palette.png", _palette_with_transparency, "transparency"),
        ("rgb_key.png", lambda p: png(p, 8, 2, bytes(6), (b"tRNS", bytes(6))), "transparency"),
        ("grey_key.png", lambda p: png(p, 8, 0, bytes(2), (b"tRNS", bytes(2))), "transparency"),
        ("grey16.png", lambda p: png(p, 16, 0, bytes(4)), "16 bits"),
        ("rgb16.png", lambda p: png(p, 16, 2, bytes(12)), "16 bits"),
        ("cmyk.jpg", lambda p: Image.fromarray(RGB).convert("CMYK").save(p), "CMYK"),
        ("animation.png", _animation, "animated"),
        ("empty.png", lambda p: p.write_bytes(b""), "an empty file"),
        ("empty.jpg", lambda p: p.write_bytes(b""), "an empty file"),
        ("text.jpg", lambda p: p.write_text("not a photo\n"), "not a PNG or JPEG photo"),
        ("photo.webp", lambda p: Image.fromarray(RGB).save(p), "not a PNG or JPEG photo"),
        ("photo.gif", lambda p: Image.fromarray(RGB).save(p), "not a PNG or JPEG photo"),
        ("folder.png", lambda p: p.mkdir(), "is a folder"),
        ("missing.png", lambda p: None, "no such file"),
    ],
)
def test_what_would_not_survive_is_refused_with_the_reason(
    tmp_path: Path, name: str, write: Callable[[Path], object], reason: str
) -> None:
    write(tmp_path / name)
    assert reason in refusal(tmp_path / name)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", ["p.png", "p.jpg"])
def test_a_truncated_file_is_refused(tmp_path: Path, name: str, share: float) -> None:
    path = tmp_path / name
    Image.fromarray(np.tile(RGB, (9, 9, 1))).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert "damaged or incomplete" in refusal(path)


@pytest.mark.parametrize("times", [1.5, 3])  # Pillow warns above its limit, and raises above twice the limit
def test_a_decompression_bomb_is_refused_whatever_the_warning_filters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: float
) -> None:
    Image.fromarray(RGB).save(tmp_path / "p.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", int(RGB.shape[0] * RGB.shape[1] / times))
    assert "decompression bomb" in refusal(tmp_path / "p.png")


def test_odd_metadata_is_neither_an_error_nor_a_warning(tmp_path: Path) -> None:
    """Pillow warns of a broken multi-picture index when it opens a file."""
    path = tmp_path / "p.jpg"
    Image.fromarray(RGB).save(path)
    content = path.read_bytes()
    path.write_bytes(content[:2] + b"\xff\xe2\x00\x0cMPF\x00broken" + content[2:])
    with no_warnings():
        assert read_photo(path).pixels.shape == RGB.shape


@pytest.mark.parametrize("name", ["p.png", "p.jpg"])
def test_a_grey_profile_is_refused_because_rgb_pixels_cannot_carry_it(tmp_path: Path, name: str) -> None:
    """Bytes 16 to 20 of a profile name its colour space (ICC.1:2022, section 7.2)."""
    grey = bytearray(132)
    grey[0:4], grey[12:24], grey[36:40] = struct.pack(">I", 132), b"mntrGRAYXYZ ", b"acsp"
    Image.fromarray(RGB).convert("L").save(tmp_path / name, icc_profile=bytes(grey))
    with pytest.raises(PhotoError, match="grey colour profile"):
        read_photo(tmp_path / name)


def test_every_hostile_file_is_a_photo_or_one_line(data: Path) -> None:
    files = [path for path in sorted((data / "hostile").rglob("*")) if path.is_file() and path.stat().st_size < 30_000_000]
    assert files
    wrong = []
    for path in files:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                right = isinstance(read_photo(path), Photo)
            except PhotoError as error:
                right = str(error).startswith(f"{path}: ") and "\n" not in str(error)
            except Exception:
                right = False
        if caught or not right:
            wrong.append(path.relative_to(data).as_posix())
    assert wrong == []
