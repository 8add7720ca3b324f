"""Pillow images as photos, and back: pixels as they are; profile, EXIF and XMP from where Pillow keeps them (`info`)."""

from dataclasses import replace
from io import BytesIO

from PIL import Image, JpegImagePlugin, PngImagePlugin

from unfilter.errors import PhotoError
from unfilter.format.tag import PNG_KEYWORD, Tag
from unfilter.photo import jpeg, png
from unfilter.photo.exif import exif_of
from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import COMMENT, carried, comment_of, split, xmp_of
from unfilter.photo.photo import Kind, Photo
from unfilter.photo.resolution import aspect_of, resolution_of
from unfilter.photo.silence import WITHOUT_WARNINGS
from unfilter.photo.source import Source

_KINDS: dict[str | None, Kind] = {
    "WEBP": "webp",
    "HEIF": "heic",
    "AVIF": "avif",
    "TIFF": "tiff",
}
"""By Pillow's name of the format of an image that was opened from a file; PNG and JPEG are known by their class."""


def photo_of(image: Image.Image, *, convert: bool = False, reduce: bool = False) -> Photo:
    """A Pillow image as a photo, which shares no memory with it. The policy is that of files (docs/photos.md), as far as
    Pillow lets it be seen: it has turned a TIFF upright, cut a 16-bit RGB PNG to 8 bits, and dropped gAMA, cHRM and cICP.
    `convert` and `reduce` are as for `read_photo`.

    Raises:
        PhotoError: animated, damaged, or of a colour model that is not carried; one line that says which.
    """
    source = Source("image", BytesIO(), convert, reduce)
    try:
        with WITHOUT_WARNINGS:
            if image.format != "MPO":  # of which the first picture is the photo
                source.check_single(getattr(image, "n_frames", 1))
            image.load()
            if image.mode == "YCbCr":
                raise source.refusal("has YCbCr colour; convert it to RGB first")
            source.check_alpha(image.mode in ("RGBa", "La"))
            bits = 16 if image.mode.startswith("I;16") else 8
            notes = source.check_depth(bits)
            photo = _photo_of(image, source, bits)
            return replace(photo, notes=(*notes, *photo.notes))
    except PhotoError:
        raise
    except Exception as error:  # of decoders, which Pillow runs only now
        raise source.refusal(f"cannot be decoded ({' '.join(str(error).split())})") from None


def _photo_of(image: Image.Image, source: Source, bits: int) -> Photo:
    if isinstance(image, PngImagePlugin.PngImageFile):
        photo = png.photo_of(image, source, bits)
    elif isinstance(image, JpegImagePlugin.JpegImageFile):
        photo = jpeg.photo_of(image, source)
    else:
        pixels, alpha, profile, notes = levels_of(image, source, bits)
        xmp, tag, left = split(xmp_of(image))
        tag = Tag.from_json(str(image.info.get(PNG_KEYWORD, ""))) or tag
        comment = image.info.get("comment")
        texts = ((COMMENT, comment if isinstance(comment, str) else bytes(comment).decode("latin-1")),) if comment else ()
        photo = Photo(
            pixels,
            _KINDS.get(image.format),
            profile,
            xmp=xmp,
            tag=tag,
            alpha=alpha,
            texts=texts,
            resolution=resolution_of(image.info),
            aspect=aspect_of(image.info),
            notes=(*notes, *left),
        )
    if photo.exif is None:
        exif = image.info.get("exif") or (found.tobytes() if (found := image.getexif()) else None)
        photo = replace(photo, exif=exif_of(exif))
    return photo


def image_of(photo: Photo) -> Image.Image:
    """A photo as a Pillow image, RGB, or RGBA where it has alpha. Its `info` has `icc_profile`, `exif`, `dpi`, `aspect`,
    `comment`, and `xmp` with the tag and IPTC in it, each where there is one: the names that Pillow has for them.
    """
    image = Image.fromarray(photo.picture)
    image.info.update(carried(photo, None))
    if comment := comment_of(photo):
        image.info["comment"] = comment
    if photo.resolution:
        image.info["dpi"] = photo.resolution
    if photo.aspect:
        image.info["aspect"] = photo.aspect
    return image
