"""JPEG: grey, progressive, multi-picture (MPO) and CMYK files are read; 4:4:4 or 4:2:0 files are written (R18 of
sdk/format/RULES.md).
"""

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin, features

from unfilter.format.fingerprint import Fingerprint, of_jpeg
from unfilter.format.quantisation import QuantiserTables, Subsampling
from unfilter.photo import jumbf
from unfilter.photo.coded import media_type
from unfilter.photo.exif import exif_of
from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import COMMENT, carried, comment_of, split, xmp_of
from unfilter.photo.photo import Photo
from unfilter.photo.photoshop import HEADER, from_segments, segments
from unfilter.photo.resolution import aspect_of, jfif_aspect, jfif_density, resolution_of
from unfilter.photo.segments import behind_headers, behind_jpeg
from unfilter.photo.silence import WITHOUT_STANDARD_ERROR
from unfilter.photo.source import Source
from unfilter.photo.xmp import VIDEO, once

_KNOWN: dict[str, tuple[bytes, ...]] = {
    "APP0": (b"JFIF", b"JFXX"),
    "APP1": (b"Exif\0", b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"),
    "APP2": (b"ICC_PROFILE\0", b"MPF\0"),
    "APP12": (b"Ducky",),
    "APP13": (HEADER,),
    "APP14": (b"Adobe",),
}
"""How segments begin that are carried, or that say no more than how the JPEG was made."""
_DENSITY = 13
"""Where the density stands in what libjpeg writes: behind the marker, length, name and version of JFIF's header."""


def decode(source: Source) -> Photo:
    """The first picture of the file, which in an MPO is the photo; others (gain map, depth, second eye) are left behind."""
    image = JpegImagePlugin.jpeg_factory(source.file)
    source.check_size(*image.size)
    photo = photo_of(image, source)
    source.file.seek(0)
    return replace(photo, notes=once((*photo.notes, *_notes_of_the_rest(source.file.read()))))


def photo_of(image: JpegImagePlugin.JpegImageFile, source: Source) -> Photo:
    """What Pillow tells of an opened JPEG: all but what stands behind it."""
    pixels, alpha, profile, notes = levels_of(image, source)
    xmp, tag, left = split(xmp_of(image))
    pictures = getattr(image, "n_frames", 1)
    if pictures > 1 and not left:
        left = (f"{pictures - 1} more of its {pictures} pictures (MPO) were left behind",)
    return Photo(
        pixels,
        "jpeg",
        profile,
        exif_of(image.info.get("exif")),
        xmp,
        tag,
        alpha,
        photoshop=from_segments(content for name, content in image.applist if name == "APP13"),
        texts=_comments(image),
        resolution=resolution_of(image.info, jpeg=True),
        aspect=aspect_of(image.info),
        notes=(*notes, *left, *_notes_of_segments(image)),
        quality=quality_of(image),
        coding=coding_of(image),
        top_up=jumbf.content_of(content for name, content in image.applist if name == "APP11"),
    )


def _comments(image: JpegImagePlugin.JpegImageFile) -> tuple[tuple[str, str], ...]:
    """All comments as one text, a paragraph each."""
    found = [content.rstrip(b"\0") for name, content in image.applist if name == "COM"]
    text = "\n".join(_decoded(content) for content in found if content)
    return ((COMMENT, text),) if text else ()


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _notes_of_segments(image: JpegImagePlugin.JpegImageFile) -> tuple[str, ...]:
    """What stands in application segments that are not carried."""
    others: dict[str, None] = {}
    for name, content in image.applist:
        if name == "COM" or content.startswith(_KNOWN.get(name, (b"\0none",))) or not content.strip(b"\0"):
            continue
        if name == "APP11" and jumbf.is_ours(content):
            continue
        credentials = name == "APP11" and b"c2pa" in content[:200]
        others["content credentials (C2PA)" if credentials else name] = None
    return (f"segments of its maker were left behind: {', '.join(others)}",) if others else ()


def _notes_of_the_rest(content: bytes) -> tuple[str, ...]:
    """What stands behind the pictures."""
    match behind_jpeg(content):
        case "a video":
            return (VIDEO,)
        case "other data":
            return ("what stands behind its end was left behind",)
        case _:
            return ()


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
    if any(table not in image.quantization for *_, table in image.layer):
        return None
    return _coding([(across, down, image.quantization[table]) for _, across, down, table in image.layer])


def quality_by(quantisation: Mapping[Subsampling, QuantiserTables], coding: str | None) -> int | None:
    """The quality at which these tables give a file of that `coding`, the lowest of several; None where none does.

    `quality_of` takes annex K for granted, and is some qualities off where a filter has tables of its own.
    """
    for subsampling, tables in quantisation.items():
        factor = 2 if subsampling == "4:2:0" else 1
        for quality in range(1, 101):
            luma, chroma = tables.at(quality)
            if coding == _coding([(factor, factor, luma), (1, 1, chroma), (1, 1, chroma)]):
                return quality
    return None


def _coding(components: Iterable[tuple[int, int, Sequence[int]]]) -> str:
    """Of each component the sampling factors, and the steps in any order."""
    digest = hashlib.sha256()
    for across, down, steps in components:
        digest.update(np.array([across, down, *sorted(steps)], "<u2").tobytes())
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


def coded(pixels: NDArray[np.uint8], quality: int, subsampling: Subsampling, tables: QuantiserTables | None = None) -> bytes:
    """A JPEG of the pixels and nothing else, to be given to `fingerprint_of` and `with_metadata`; quantised by `tables` at
    that quality, or by annex K's.

    Progressive, which takes fewer bytes for the same pixels. What takes more than Pillow's buffer then, which is noise at a
    high quality, is baseline.
    """
    steps = {"qtables": list(tables.at(quality))} if tables else {"quality": quality}
    for progressive in (True, False):
        try:
            with WITHOUT_STANDARD_ERROR:
                Image.fromarray(pixels).save(
                    file := BytesIO(), format="JPEG", subsampling=subsampling, progressive=progressive, **steps
                )
            return file.getvalue()
        except OSError:
            if not progressive:
                raise
    raise AssertionError("unreachable")


def encoded(photo: Photo, quality: int, subsampling: Subsampling) -> bytes:
    """A JPEG file of `photo`. Alpha is not written: `check_target` refuses one that says anything."""
    return with_metadata(coded(photo.pixels, quality, subsampling, photo.quantisation.get(subsampling)), photo)


def fingerprint_of(picture: bytes) -> Fingerprint:
    """The fingerprint of a JPEG, whatever is said beside its pixels."""
    saved = as_read(picture)
    return of_jpeg(saved.pixels, decoder(), saved.coding)


def as_read(picture: bytes) -> Photo:
    """What a JPEG of any size is read as."""
    return decode(Source("photo", BytesIO(picture), limit=sys.maxsize))


def with_metadata(picture: bytes, photo: Photo) -> bytes:
    """What `coded` gave, with profile, EXIF, XMP and all else that travels along with `photo`."""
    given = carried(photo, "jpeg")
    if comment := comment_of(photo):
        given["comment"] = comment
    if photo.photoshop:
        given["extra"] = segments(photo.photoshop)
    # Pillow writes metadata with pixels only. Those of the photo are coded already, so it gets others.
    Image.new("RGB", (8, 8)).save(file := BytesIO(), format="JPEG", **given)
    head = bytearray(file.getvalue())
    density = jfif_density(photo.resolution) if photo.resolution else jfif_aspect(photo.aspect) if photo.aspect else None
    if density:
        head[_DENSITY : _DENSITY + len(density)] = density
    head = head[: behind_headers(head)]
    if photo.top_up is not None:  # behind what programs look for at the start
        assert photo.tag is not None and photo.tag.top_up is not None
        head += jumbf.segments(photo.top_up, media_type(photo.tag.top_up.coding))
    return bytes(head) + picture[behind_headers(picture) :]
