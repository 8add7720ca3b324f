"""PNG: every colour type and depth is read; 8-bit RGB or RGBA is written, exactly."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image, PngImagePlugin

from unfilter.format.tag import PNG_KEYWORD, Tag
from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import carried, exif_of, notes_of, split, xmp_of
from unfilter.photo.photo import Photo
from unfilter.photo.source import Source

_COLOUR = {b"cHRM": 32, b"gAMA": 4, b"sRGB": 1, b"cICP": 4}
"""Chunks that say of the colour space, with their length (PNG specification, third edition, section 11.3.2)."""

_XMP_KEYWORD = "XML:com.adobe.xmp"


def decode(source: Source) -> Photo:
    """Grey and palette become RGB; tRNS becomes alpha. gAMA, cHRM, sRGB and cICP are kept, and not applied."""
    bits, keyed, colour = _chunks(source.file)
    image = PngImagePlugin.PngImageFile(source.file)
    source.check_size(*image.size)
    source.check_single(getattr(image, "n_frames", 1))
    notes = source.check_depth(bits)
    if bits > 8 and keyed:
        raise source.refusal(f"has {bits} bits per channel and a transparent colour among them; save it as 8-bit RGBA first")
    pixels, alpha, profile, more = levels_of(image, source, bits)
    text = image.text  # those after the pixels too: reading them decodes to the end
    packet = xmp_of(image) or text.get(_XMP_KEYWORD)
    xmp, tag = split(packet)
    tag = Tag.from_json(text.get(PNG_KEYWORD, "")) or tag
    exif = exif_of(image.info.get("exif"))
    return Photo(pixels, "png", profile, exif, xmp, tag, alpha, colour, (*notes, *more, *notes_of(packet)))


def encode(target: Path | BytesIO, photo: Photo) -> None:
    """Write every pixel, alpha beside it, and the tag as iTXt."""
    given = carried(replace(photo, xmp=None, tag=None))
    chunks = PngImagePlugin.PngInfo()
    for name, content in photo.colour:
        chunks.add(name.encode(), content)
    if photo.xmp:
        chunks.add_itxt(_XMP_KEYWORD, photo.xmp)
    if photo.tag:
        chunks.add_itxt(PNG_KEYWORD, photo.tag.to_json())
    Image.fromarray(photo.picture).save(target, format="PNG", pnginfo=chunks, **given)


def _chunks(file: BinaryIO) -> tuple[int, bool, tuple[tuple[str, bytes], ...]]:
    """Bits per channel, whether there is a tRNS chunk, and the colour chunks; Pillow tells none of them exactly."""
    bits, keyed = 8, False
    colour: dict[str, bytes] = {}
    file.seek(8)
    while len(header := file.read(8)) == 8:
        length, name = int.from_bytes(header[:4], "big"), header[4:]
        if name in (b"IDAT", b"IEND"):
            break
        content = file.read(length) if length <= 64 else b""
        file.seek(4 + (0 if length <= 64 else length), 1)
        if name == b"IHDR" and length == 13:
            bits = content[8]
        keyed |= name == b"tRNS"
        if _COLOUR.get(name) == length == len(content):
            colour.setdefault(name.decode(), content)
    file.seek(0)
    return bits, keyed, tuple(colour.items())
