"""JPEG: grey, progressive, multi-picture (MPO) and CMYK files are read; 4:4:4 or 4:2:0 files are written."""

from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, JpegImagePlugin

from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import carried, exif_of, notes_of, split, xmp_of
from unfilter.photo.photo import Photo
from unfilter.photo.source import Source

Subsampling = Literal["4:4:4", "4:2:0"]
"""Chroma subsampling of a JPEG: as fine as luma, or half as fine along both axes."""


def decode(source: Source) -> Photo:
    """The first picture of the file, which in an MPO is the photo; others (gain map, depth, second eye) are left behind."""
    image = JpegImagePlugin.jpeg_factory(source.file)
    source.check_size(*image.size)
    pixels, alpha, profile, notes = levels_of(image, source)
    xmp, tag = split(packet := xmp_of(image))
    left = notes_of(packet)
    pictures = getattr(image, "n_frames", 1)
    if pictures > 1 and not left:
        left = (f"{pictures - 1} more of its {pictures} pictures (MPO) were left behind",)
    return Photo(pixels, "jpeg", profile, exif_of(image.info.get("exif")), xmp, tag, alpha, notes=(*notes, *left))


def encode(target: Path | BytesIO, photo: Photo, quality: int, subsampling: Subsampling) -> None:
    """Write a JPEG. Alpha is not written: `check_target` refuses one that says anything."""
    Image.fromarray(photo.pixels).save(target, format="JPEG", quality=quality, subsampling=subsampling, **carried(photo))
