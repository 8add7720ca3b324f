"""Law: `image_of(photo_of(image))` shows the same picture and carries what docs/photos.md says; the image is not changed."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from unfilter.errors import PhotoError
from unfilter.photo import Photo, Tag, write_photo
from unfilter.photo.pillow import image_of, photo_of

RANDOM = np.random.default_rng(0)
PICTURE = Image.fromarray(RANDOM.integers(0, 256, (20, 30, 4), dtype=np.uint8))
TAG = Tag(filter="l0", restoration="a" * 64, codec="png")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA"])
def test_every_mode_that_pillow_shows_as_rgb_keeps_its_picture(mode: str) -> None:
    image = PICTURE.convert("RGB").convert(mode) if mode in ("P", "1") else PICTURE.convert(mode)
    before = image.tobytes()
    back = image_of(photo_of(image))
    assert back.mode == ("RGBA" if mode in ("LA", "PA", "RGBA") else "RGB")
    np.testing.assert_array_equal(np.asarray(back), np.asarray(image.convert(back.mode)))
    assert image.tobytes() == before


def test_a_transparent_colour_becomes_alpha() -> None:
    image = PICTURE.convert("P")
    image.info["transparency"] = 0
    assert photo_of(image).transparent


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (PICTURE.convert("RGBa"), "multiplied with their alpha"),
        (PICTURE.convert("RGB").convert("YCbCr"), "YCbCr"),
        (PICTURE.convert("CMYK"), "CMYK"),
        (PICTURE.convert("L").convert("F"), "floating-point"),
        (PICTURE.convert("L").convert("I"), "32 bits"),
        (Image.new("I;16", (4, 4)), "16 bits"),
        (Image.new("LAB", (4, 4)), "CIELAB"),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else "",
)
def test_what_is_not_carried_is_refused_in_one_line(image: Image.Image, reason: str) -> None:
    with pytest.raises(PhotoError, match=reason) as caught:
        photo_of(image)
    assert str(caught.value).startswith("image: ")
    assert "\n" not in str(caught.value)


def test_an_animation_is_refused() -> None:
    file = io.BytesIO()
    frames = [PICTURE.convert("RGB"), PICTURE.convert("RGB").transpose(Image.Transpose.ROTATE_180)]
    frames[0].save(file, format="PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(PhotoError, match="animated"):
        photo_of(Image.open(file))


def test_a_file_cut_short_is_refused_where_pillow_decodes_it() -> None:
    file = io.BytesIO()
    PICTURE.convert("RGB").save(file, format="PNG")
    with pytest.raises(PhotoError, match="cannot be decoded"):
        photo_of(Image.open(io.BytesIO(file.getvalue()[:400])))


def _saved_by_us(path: Path, image: Image.Image) -> Image.Image:
    return Image.open(path)


def _saved_by_pillow_as_png(path: Path, image: Image.Image) -> Image.Image:
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", image.info["xmp"].decode())
    image.save(path.with_name("p.png"), pnginfo=text, exif=image.info["exif"])
    return Image.open(path.with_name("p.png"))


def _saved_by_pillow_as_webp(path: Path, image: Image.Image) -> Image.Image:
    kept = {name: image.info[name] for name in ("xmp", "exif", "icc_profile")}
    image.save(path.with_name("p.webp"), lossless=True, exact=True, **kept)
    return Image.open(path.with_name("p.webp"))


@pytest.mark.parametrize("again", [_saved_by_us, _saved_by_pillow_as_png, _saved_by_pillow_as_webp])
def test_profile_exif_xmp_and_tag_travel_in_info_and_through_pillows_files(
    tmp_path: Path, again: Callable[[Path, Image.Image], Image.Image]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = np.asarray(PICTURE)
    photo = Photo(picture[..., :3], icc_profile=PROFILE, exif=exif.tobytes(), tag=TAG, alpha=picture[..., 3])
    write_photo(path := tmp_path / "f.png", photo)
    with again(path, image_of(photo)) as image:
        found = photo_of(image)
    assert (found.tag, found.icc_profile, found.exif) == (TAG, PROFILE, exif.tobytes())
    np.testing.assert_array_equal(found.picture, picture)


def test_exif_that_was_set_by_hand_travels() -> None:
    image = PICTURE.convert("RGB")
    image.getexif()[0x010F] = "maker"
    back = image_of(photo_of(image))
    assert back.getexif()[0x010F] == "maker"


def test_a_restored_image_carries_no_tag() -> None:
    assert "xmp" not in image_of(Photo(np.asarray(PICTURE)[..., :3])).info
