"""Pillow images as photos, and back: pixels as they are; profile, EXIF and XMP from where Pillow keeps them (`info`)."""

from dataclasses import replace
from io import BytesIO

from PIL import Image, JpegImagePlugin

from unfilter.errors import PhotoError
from unfilter.format.tag import PNG_KEYWORD, Tag
from unfilter.photo.jpeg import coding_of, quality_of
from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import carried, exif_of, notes_of, split, xmp_of
from unfilter.photo.photo import Kind, Photo
from unfilter.photo.silence import WITHOUT_WARNINGS
from unfilter.photo.source import Source

_KINDS: dict[str | None, Kind] = {
    "PNG": "png",
    "JPEG": "jpeg",
    "MPO": "jpeg",
    "WEBP": "webp",
    "HEIF": "heic",
    "AVIF": "avif",
    "TIFF": "tiff",
}
"""By Pillow's name of the format of an image that was opened from a file."""


def photo_of(image: Image.Image) -> Photo:
    """A Pillow image as a photo, which shares no memory with it. The policy is that of files (docs/photos.md), as far as
    Pillow lets it be seen: it has turned a TIFF upright, cut a 16-bit RGB PNG to 8 bits, and dropped gAMA, cHRM and cICP.

    Raises:
        PhotoError: animated, damaged, or of a colour model that is not carried; one line that says which.
    """
    source = Source("image", BytesIO())
    kind = _KINDS.get(image.format)
    try:
        with WITHOUT_WARNINGS:
            if image.format != "MPO":  # of which the first picture is the photo
                source.check_single(getattr(image, "n_frames", 1))
            image.load()
            if image.mode == "YCbCr":
                raise source.refusal("has YCbCr colour; convert it to RGB first")
            source.check_alpha(image.mode in ("RGBa", "La"))
            source.check_depth(16 if image.mode.startswith("I;16") else 8)
            pixels, alpha, profile, notes = levels_of(image, source)
            exif = image.info.get("exif") or (found.tobytes() if (found := image.getexif()) else None)
    except PhotoError:
        raise
    except Exception as error:  # of decoders, which Pillow runs only now
        raise source.refusal(f"cannot be decoded ({' '.join(str(error).split())})") from None
    xmp, tag = split(packet := xmp_of(image))
    tag = Tag.from_json(str(image.info.get(PNG_KEYWORD, ""))) or tag
    photo = Photo(pixels, kind, profile, exif_of(exif), xmp, tag, alpha, notes=(*notes, *notes_of(packet)))
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        return replace(photo, quality=quality_of(image), coding=coding_of(image))
    return photo


def image_of(photo: Photo) -> Image.Image:
    """A photo as a Pillow image, RGB, or RGBA where it has alpha. Its `info` has `icc_profile`, `exif`, and `xmp` with the
    tag in it, each where there is one: the names that `Image.save` takes them by.
    """
    image = Image.fromarray(photo.picture)
    image.info.update(carried(photo))
    return image
