"""WebP: lossy and lossless files are read; lossless ones are written, exactly. Needs a Pillow with WebP."""

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image, WebPImagePlugin, features

from unfilter.photo.exif import exif_of
from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import carried, split, text_of, xmp_of
from unfilter.photo.photo import Photo
from unfilter.photo.source import Source

LONGEST = 16_383
"""Longest side, pixels (RFC 9649, section 3.4)."""


TOP_UP = b"unTP"
"""Chunk of a top-up: one that the format does not know, behind all that it does (RFC 9649, section 2.7.1.6)."""
_READ = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"EXIF", b"ANIM", b"ANMF"}
_XMP = {b"XMP ", b"XMP\0"}
"""The latter is what ImageMagick 6 writes, without announcing it in the header."""


def unavailable() -> str | None:
    """Why WebP cannot be read or written here; None where it can."""
    return None if features.check("webp") else "this Pillow was built without WebP; install one from PyPI"


def decode(source: Source) -> Photo:
    """8-bit RGB with or without alpha; an animation is refused."""
    source.check_size(*_declared_size(source.file))  # Pillow allocates the canvas when it opens the file
    unflagged, top_up, rest = _chunks(source.file)
    image = WebPImagePlugin.WebPImageFile(source.file)
    source.check_size(*image.size)
    source.check_single(getattr(image, "n_frames", 1))
    pixels, alpha, profile, notes = levels_of(image, source)
    xmp, tag, left = split(xmp_of(image) or text_of(unflagged))
    exif = exif_of(image.info.get("exif"))
    return Photo(pixels, "webp", profile, exif, xmp, tag, alpha, notes=(*notes, *left, *rest), top_up=top_up)


def encode(target: Path | BytesIO, photo: Photo) -> None:
    """Write every pixel, alpha beside it, and the tag in XMP."""
    # exact: colours under full transparency are kept too. Method 4 of 6 is as small as PNG's best, and quicker.
    Image.fromarray(photo.picture).save(
        file := BytesIO(), format="WEBP", lossless=True, exact=True, method=4, **carried(photo, "webp")
    )
    content = bytearray(file.getvalue())
    if photo.top_up is not None:
        size = len(photo.top_up)
        content += TOP_UP + size.to_bytes(4, "little") + photo.top_up + bytes(size % 2)
        content[4:8] = (len(content) - 8).to_bytes(4, "little")
    target.write_bytes(content) if isinstance(target, Path) else target.write(content)


def _declared_size(file: BinaryIO) -> tuple[int, int]:
    """Width and height of the first chunk, 0 x 0 where it is none (RFC 9649, sections 2.7.1, 3.4; RFC 6386, section 9.1)."""
    start = file.read(30)
    file.seek(0)
    match start[12:16]:
        case b"VP8X":
            return int.from_bytes(start[24:27], "little") + 1, int.from_bytes(start[27:30], "little") + 1
        case b"VP8L":
            packed = int.from_bytes(start[21:25], "little")
            return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return int.from_bytes(start[26:28], "little") & 0x3FFF, int.from_bytes(start[28:30], "little") & 0x3FFF
        case _:
            return 0, 0


def _chunks(file: BinaryIO) -> tuple[bytes | None, bytes | None, tuple[str, ...]]:
    """XMP, also where the header does not announce it; the top-up; and what is said of chunks that are not carried, and of
    what stands behind the file's end (RFC 9649, section 2.7.1.6).
    """
    xmp = top_up = None
    others: dict[str, None] = {}
    file.seek(0)
    header = file.read(12)
    end = 8 + int.from_bytes(header[4:8], "little")
    place = 12
    while place + 8 <= end and len(header := file.read(8)) == 8:
        name, size = header[:4], int.from_bytes(header[4:], "little")
        place += 8 + size + size % 2
        if name in _XMP and place <= end:
            xmp = file.read(size)
        elif name == TOP_UP and place <= end:
            top_up = file.read(size)
        elif name not in _READ:
            others[name.decode("latin-1").strip() if name.isalnum() else "unnamed"] = None
        file.seek(place)
    behind = file.seek(0, 2) > end + end % 2
    file.seek(0)
    notes = (f"chunks of its maker were left behind: {', '.join(others)}",) if others else ()
    if behind:
        notes = (*notes, "what stands behind its end was left behind")
    return xmp, top_up, notes
