"""Law: what is given comes back changed, of its kind: a file of an exact format in that format, others as PNG."""

import io
import tempfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin, features

from unfilter.errors import PhotoError
from unfilter.format.tag import ExactCodec
from unfilter.photo import Photo, Tag, check_target, forms, read_photo
from unfilter.photo.forms import exact_codec

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 31, 3), dtype=np.uint8)
TAG = Tag(filter="l0", restoration="a" * 64, codec="png")


def negative(photo: Photo, codec: ExactCodec) -> Photo:
    """A change that is easily seen, and its own inverse but for the tag, which says what it was told."""
    tag = None if photo.tag else TAG.model_copy(update={"codec": codec})
    return replace(photo, pixels=255 - photo.pixels, tag=tag)


def changed(given: Any, change: forms.Change) -> Any:
    """The result without its notes."""
    return forms.changed(given, change).result


def file_of(format: str, **options: Any) -> bytes:
    if format == "HEIF":
        pytest.importorskip("pillow_heif", reason="pillow-heif is not installed").register_heif_opener()
    if format == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, format=format, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("format", "kind"),
    [("PNG", "png"), ("WEBP", "webp"), ("HEIF", "heic"), ("JPEG", "png"), ("TIFF", "png"), ("AVIF", "png")],
)
def test_bytes_give_bytes_of_the_same_format_where_it_is_exact_else_png(format: str, kind: str) -> None:
    content = file_of(format)
    filtered = changed(content, negative)
    assert type(filtered) is bytes
    before, after = read_photo(io.BytesIO(content)), read_photo(io.BytesIO(filtered))
    assert (after.codec, after.tag and after.tag.codec) == (kind, kind)
    np.testing.assert_array_equal(after.pixels, 255 - before.pixels)
    back = changed(filtered, negative)
    assert type(back) is bytes
    assert read_photo(io.BytesIO(back)).tag is None
    np.testing.assert_array_equal(read_photo(io.BytesIO(back)).pixels, before.pixels)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_other_kinds_of_bytes_give_bytes(kind: Any) -> None:
    content = file_of("PNG")
    assert changed(kind(content), negative) == changed(content, negative)


@pytest.mark.parametrize("make", [io.BytesIO, lambda c: io.BufferedReader(io.BytesIO(c))])
def test_a_file_gives_a_file_at_its_start(make: Any) -> None:
    content = file_of("PNG")
    result = changed(make(content), negative)
    assert isinstance(result, io.BytesIO)
    assert result.read() == changed(content, negative)


def test_a_file_on_disk_is_called_by_its_name_and_only_read(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"text")
    with (tmp_path / "bad.png").open("rb") as file, pytest.raises(PhotoError, match=r"bad\.png: is not a photo"):
        changed(file, negative)
    assert (tmp_path / "bad.png").read_bytes() == b"text"


def test_a_spooled_file_is_a_file() -> None:
    with tempfile.SpooledTemporaryFile() as file:
        file.write(file_of("PNG"))
        file.seek(0)
        assert isinstance(changed(file, negative), io.BytesIO)


def test_a_file_in_text_mode_is_told_what_is_wrong() -> None:
    with pytest.raises(PhotoError, match="open it in binary mode"):
        changed(io.StringIO("text"), negative)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [None, 7, ["photo.png"], object()])
def test_what_is_no_photo_is_told_what_would_be(given: Any) -> None:
    with pytest.raises(TypeError, match="a photo is an array, bytes, a file, a Pillow image or a path; got"):
        changed(given, negative)


@pytest.mark.parametrize("given", [b"", b"text", file_of("PNG")[:300]], ids=["empty", "text", "cut"])
def test_bytes_that_cannot_be_read_are_one_line(given: bytes) -> None:
    with pytest.raises(PhotoError, match=r"^bytes: ") as caught:
        changed(given, negative)
    assert "\n" not in str(caught.value)


def test_an_image_gives_an_image_with_the_tag_in_its_xmp() -> None:
    result = changed(Image.open(io.BytesIO(file_of("JPEG", quality=90))), negative)
    assert isinstance(result, Image.Image)
    assert Tag.from_xmp(result.info["xmp"].decode()) == TAG
    back = changed(result, negative)
    assert isinstance(back, Image.Image)
    assert "xmp" not in back.info


def test_the_codec_of_an_image_from_a_file_is_that_of_the_file_where_it_is_exact() -> None:
    assert exact_codec(Photo(PIXELS)) == "png"
    codecs = {kind: exact_codec(Photo(PIXELS, kind)) for kind in ("png", "webp", "heic", "jpeg", "avif", "tiff")}
    assert codecs == {"png": "png", "webp": "webp", "heic": "heic", "jpeg": "png", "avif": "png", "tiff": "png"}


def test_what_is_left_behind_is_said_of_bytes_files_and_images_as_of_files_by_path(tmp_path: Path) -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Software", "an editor")
    Image.fromarray(PIXELS).save(file := io.BytesIO(), "PNG", pnginfo=chunks)
    image = forms.changed(Image.open(file), negative)
    assert image.notes == ("its text was left behind: Software: a Pillow image has no place for it",)
    content = file.getvalue() + b"more"
    (tmp_path / "p.png").write_bytes(content)
    by_path = read_photo(tmp_path / "p.png").notes
    assert by_path == ("what stands behind its end was left behind",)
    for given in (content, io.BytesIO(content)):
        assert forms.changed(given, negative).notes == by_path  # type: ignore[arg-type]
    webp = file_of("WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    assert forms.changed(webp, negative).notes == ()
    photo = replace(read_photo(io.BytesIO(webp)), texts=(("Software", "an editor"),))
    assert check_target(tmp_path / "p.webp", photo)


@pytest.mark.parametrize("given", ["bytes", "image"])
def test_what_is_converted_or_reduced_when_asked_for_is_said(given: str) -> None:
    deep, cmyk = io.BytesIO(), io.BytesIO()
    Image.fromarray(PIXELS[..., 0].astype(np.uint16) * 257).save(deep, "PNG")
    Image.fromarray(PIXELS).convert("CMYK").save(cmyk, "JPEG")
    for file, options, said in (
        (deep, {"reduce": True}, "16 bits per channel were reduced to 8"),
        (cmyk, {"convert": True}, "CMYK was converted to sRGB without a profile"),
    ):
        photo: Any = Image.open(file) if given == "image" else file.getvalue()
        with pytest.raises(PhotoError):
            forms.changed(photo, negative)
        noted = forms.changed(photo, negative, **options)
        assert noted.notes == (said,)
        if file is deep:
            result: Any = noted.result
            pixels = np.asarray(result) if given == "image" else read_photo(io.BytesIO(result)).pixels
            np.testing.assert_array_equal(pixels, np.dstack([255 - PIXELS[..., 0]] * 3))


def test_the_limit_is_of_files() -> None:
    with pytest.raises(PhotoError, match="declares 31 x 20 pixels"):
        forms.changed(file_of("PNG"), negative, limit=100)
    assert forms.changed(Image.fromarray(PIXELS), negative, limit=100).notes == ()


def test_a_photo_that_its_own_format_cannot_hold_is_refused_in_one_line() -> None:
    def widen(photo: Photo, codec: ExactCodec) -> Photo:
        return replace(photo, pixels=np.zeros((1, 16_384, 3), np.uint8))

    with pytest.raises(PhotoError, match="webp holds sides of at most 16383"):
        changed(file_of("WEBP"), widen)


@pytest.mark.skipif(bool(find_spec("pillow_heif")), reason="pillow-heif is installed")
def test_heic_without_the_extra_is_told() -> None:
    with pytest.raises(PhotoError, match="heif"):
        changed(b"\0\0\0\x18ftypheic" + bytes(20), negative)
