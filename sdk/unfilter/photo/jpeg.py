"""JPEG: grey, progressive, multi-picture (MPO) and CMYK files are read; 4:4:4 or 4:2:0 files are written."""

import hashlib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin, features

from unfilter.format.fingerprint import Fingerprint, of_jpeg
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
    exif = exif_of(image.info.get("exif"))
    quality, coding = quality_of(image), coding_of(image)
    return Photo(pixels, "jpeg", profile, exif, xmp, tag, alpha, notes=(*notes, *left), quality=quality, coding=coding)


def quality_of(image: JpegImagePlugin.JpegImageFile) -> int | None:
    """The quality 1..100 at which libjpeg's luma table is nearest to the file's; None where it has no table."""
    if not image.quantization:
        return None
    steps = np.sort(image.quantization[min(image.quantization)])
    return 1 + int(np.argmin(np.abs(_luma_tables() - steps).sum(axis=1)))


def coding_of(image: JpegImagePlugin.JpegImageFile) -> str | None:
    """A digest, 16 hexadecimal digits, of what a lossless edit of the file leaves alone: of each component the sampling
    factors and the steps of its quantiser, sorted, as uint16, little endian; None where a table lacks.
    """
    digest = hashlib.sha256()
    for _, across, down, table in image.layer:
        if table not in image.quantization:
            return None
        digest.update(np.array([across, down, *sorted(image.quantization[table])], "<u2").tobytes())
    return digest.hexdigest()[:16]


@cache
def decoder() -> str:
    """What decodes here. libjpeg-turbo gives the same levels in every version, as libjpeg 6b does."""
    if features.check_feature("libjpeg_turbo"):
        return "libjpeg-turbo"
    return f"libjpeg {features.version_codec('jpg')}"


@cache
def _luma_tables() -> NDArray[np.int64]:
    """Steps of the luma quantiser at qualities 1 to 100, sorted, a row each: what Pillow's libjpeg writes."""
    tables = []
    for quality in range(1, 101):
        Image.new("L", (8, 8)).save(file := BytesIO(), "JPEG", quality=quality)
        file.seek(0)
        tables.append(np.sort(JpegImagePlugin.JpegImageFile(file).quantization[0]))
    return np.array(tables)


def fingerprint_of(photo: Photo, quality: int, subsampling: Subsampling) -> Fingerprint:
    """The fingerprint of the file that `encode` writes with these, whatever else is in it."""
    encode(file := BytesIO(), Photo(photo.pixels), quality, subsampling)
    file.seek(0)
    saved = decode(Source("photo", file, limit=photo.pixels.size))
    return of_jpeg(saved.pixels, decoder(), saved.coding)


def encode(target: Path | BytesIO, photo: Photo, quality: int, subsampling: Subsampling) -> None:
    """Write a JPEG. Alpha is not written: `check_target` refuses one that says anything."""
    Image.fromarray(photo.pixels).save(target, format="JPEG", quality=quality, subsampling=subsampling, **carried(photo))
