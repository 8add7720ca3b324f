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
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from unfilter.errors import PhotoError
from unfilter.format.tag import PNG_KEYWORD
from unfilter.photo import Tag, codec_of, read_photo

RGB = np.random.default_rng(0).integers(0, 256, (9, 14, 3), dtype=np.uint8)


@contextmanager
def no_warnings() -> Iterator[None]:
    """Users run with Python's default filters: whatever would be printed there fails here."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    assert [str(warning.message) for warning in caught] == []


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
@pytest.mark.parametrize("quality", [1, 37, 50, 60, 75, 90, 95, 98, 100])
def test_a_jpeg_tells_its_quality(quality: int, subsampling: str, tmp_path: Path) -> None:
    Image.fromarray(RGB).save(path := tmp_path / "p.jpg", quality=quality, subsampling=subsampling)
    assert read_photo(path).quality == quality


def test_other_formats_have_no_quality(tmp_path: Path) -> None:
    Image.fromarray(RGB).save(path := tmp_path / "p.png")
    assert read_photo(path).quality is None


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


def _animation(path: Path) -> None:
    Image.fromarray(RGB).save(path, save_all=True, append_images=[Image.fromarray(RGB[::-1])])


@pytest.mark.parametrize(
    ("name", "write", "reason"),
    [
        ("grey16.png", lambda p: png(p, 16, 0, bytes(4)), "16 bits"),
        ("rgb16.png", lambda p: png(p, 16, 2, bytes(12)), "16 bits"),
        ("cmyk.jpg", lambda p: Image.fromarray(RGB).convert("CMYK").save(p), "CMYK"),
        ("animation.png", _animation, "animated"),
        ("empty.png", lambda p: p.write_bytes(b""), "an empty file"),
        ("empty.jpg", lambda p: p.write_bytes(b""), "an empty file"),
        ("text.jpg", lambda p: p.write_text("not a photo\n"), "is not a photo; give a JPEG, PNG, HEIC"),
        ("photo.gif", lambda p: Image.fromarray(RGB).save(p), "is a GIF picture"),
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


@pytest.mark.parametrize("name", ["p.png", "p.jpg", "p.webp"])
def test_the_limit_is_the_callers_and_not_pillows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    Image.fromarray(RGB).save(tmp_path / name)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1)
    if name == "p.webp":
        assert "larger than Pillow decodes" in refusal(tmp_path / name)
    else:
        with no_warnings():
            assert read_photo(tmp_path / name).pixels.shape == RGB.shape
    with pytest.raises(PhotoError, match="declares 14 x 9 pixels"):
        read_photo(tmp_path / name, limit=9 * 14 - 1)


def test_the_size_is_compared_before_anything_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(*_: object) -> None:
        pytest.fail("decoded")

    for suffix in ("png", "jpg", "webp", "tiff"):
        Image.fromarray(RGB).save(path := tmp_path / f"p.{suffix}")
        with monkeypatch.context() as patch:
            patch.setattr(ImageFile.ImageFile, "load", decoded)
            with pytest.raises(PhotoError, match="declares"):
                read_photo(path, limit=1)


def test_a_missing_codec_is_told_with_what_adds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(20))
    monkeypatch.setattr("unfilter.photo.heic.find_spec", lambda name: None)
    assert "pip install 'unfilter[heif]'" in refusal(tmp_path / "p.heic")
    with pytest.raises(PhotoError, match=r"unfilter\[heif\]"):
        codec_of(tmp_path / "p.heic")


def test_odd_metadata_is_neither_an_error_nor_a_warning(tmp_path: Path) -> None:
    """Pillow warns of a broken multi-picture index when it opens a file."""
    path = tmp_path / "p.jpg"
    Image.fromarray(RGB).save(path)
    content = path.read_bytes()
    path.write_bytes(content[:2] + b"\xff\xe2\x00\x0cMPF\x00broken" + content[2:])
    with no_warnings():
        assert read_photo(path).pixels.shape == RGB.shape


MUTABLE = ("png", "jpg", "webp", "tiff", "gif")


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small file of each kind that every Pillow writes."""
    folder = tmp_path_factory.mktemp("mutable")
    made = {}
    for suffix in MUTABLE:
        Image.fromarray(RGB).save(path := folder / f"p.{suffix}")
        made[suffix] = path.read_bytes()
    return made


@given(
    suffix=st.sampled_from(MUTABLE),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), min_size=1, max_size=6),
    end=st.floats(0, 1),
)
def test_no_bytes_make_the_reader_raise_anything_else(
    contents: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    changes: list[tuple[float, bytes]],
    end: float,
) -> None:
    content = bytearray(contents[suffix])
    for place, new in changes:
        at = int(place * len(content))
        content[at : at + len(new)] = new
    path = tmp_path_factory.getbasetemp() / f"fuzzed.{suffix}"
    path.write_bytes(content[: int(len(content) * (0.2 + end))])
    message = f"{path}: "
    try:
        with no_warnings():
            read_photo(path, convert=True, reduce=True, limit=1_000_000)
    except PhotoError as error:
        message = str(error)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
