"""AVIF: read only. It is no exact carrier here, since Pillow's encoder passes colours through YCbCr."""

from PIL import AvifImagePlugin, features

from unfilter.photo.boxes import notes_of_boxes
from unfilter.photo.exif import exif_of
from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import colour_of, split, xmp_of
from unfilter.photo.photo import Photo
from unfilter.photo.source import Source
from unfilter.photo.xmp import once

_HEADER = 1 << 20  # bytes: the boxes before the coded pictures are far shorter


def unavailable() -> str | None:
    """Why AVIF cannot be read here; None where it can."""
    return None if features.check("avif") else "this Pillow was built without AVIF; install one from PyPI"


def decode(source: Source) -> Photo:
    """The picture as coded: Pillow does not turn it, and gives the turn that the file asks for as EXIF orientation."""
    header = source.file.read(_HEADER)
    bits = _bits(header)
    boxes = notes_of_boxes(source.file)
    image = AvifImagePlugin.AvifImageFile(source.file)
    source.check_size(*image.size)
    source.check_single(getattr(image, "n_frames", 1))
    notes = (*source.check_depth(bits), *boxes)
    pixels, alpha, profile, more = levels_of(image, source)
    xmp, tag, left = split(xmp_of(image))
    exif = exif_of(image.info.get("exif"))
    colour = () if profile else _colour(header)
    notes = once((*notes, *more, *left))
    return Photo(pixels, "avif", profile, exif, xmp, tag, alpha, colour, notes=notes)


def _colour(header: bytes) -> tuple[tuple[str, bytes], ...]:
    """The colour space of the `colr` box (ISO/IEC 14496-12, section 12.1.5), which Pillow does not tell."""
    place = header.find(b"colrnclx")
    numbers = header[place + 8 : place + 12]
    if place < 0 or len(numbers) < 4:
        return ()
    return colour_of(int.from_bytes(numbers[:2], "big"), int.from_bytes(numbers[2:], "big"))


def _bits(header: bytes) -> int:
    """Bits per channel, the most of all pictures in the file: Pillow gives 8 whatever they are.

    Source: AV1 Codec ISO Media File Format Binding, section 2.3.3 (`av1C`: marker and version 0x81, profile and level,
    then tier, high_bitdepth, twelve_bit ...).
    """
    bits, place = 8, header.find(b"av1C\x81")
    while place >= 0:
        flags = header[place + 6] if place + 6 < len(header) else 0
        bits = max(bits, (12 if flags & 0x20 else 10) if flags & 0x40 else 8)
        place = header.find(b"av1C\x81", place + 1)
    return bits
