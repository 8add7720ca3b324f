"""PNG: every colour type and depth is read; 8-bit RGB or RGBA is written, exactly. Where its tag stands is R13 of
sdk/format/RULES.md.
"""

import re
from contextlib import nullcontext
from dataclasses import replace
from io import SEEK_CUR, SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zlib import crc32

from PIL import Image, PngImagePlugin

from unfilter.format.tag import PNG_KEYWORD, Tag
from unfilter.photo.exif import exif_of
from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import beside_xmp, packet_of, split, text_of, xmp_of
from unfilter.photo.photo import Photo
from unfilter.photo.photoshop import from_profile
from unfilter.photo.raw_profile import as_raw_profile, keyword, raw_profiles
from unfilter.photo.resolution import METRE, aspect_of, resolution_of
from unfilter.photo.source import Source

_COLOUR = {b"cHRM": 32, b"gAMA": 4, b"sRGB": 1, b"cICP": 4}
"""Chunks that say of the colour space, with their length (PNG specification, third edition, section 11.3.2)."""
_READ = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", *_COLOUR, b"iCCP", b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"pHYs"}
TOP_UP = b"unTP"
"""Chunk of a top-up: ancillary, private, and by its last letter not to be copied where pixels change (PNG specification,
section 5.4).
"""
_OF_THE_OLD_PIXELS = {b"sBIT", b"bKGD", b"hIST", b"sPLT", b"tIME", b"mDCV", b"cLLI"}
"""Left behind in silence: they tell how the pixels were stored, and when they last changed."""
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_LONGEST_KEYWORD = 79

_XMP_KEYWORD = "XML:com.adobe.xmp"
_COMPRESSED_FROM = 1_000  # characters: shorter text hardly gets smaller


def decode(source: Source) -> Photo:
    """Grey and palette become RGB; tRNS becomes alpha. gAMA, cHRM, sRGB and cICP are kept, and not applied."""
    chunks = _chunks(source.file)
    image = PngImagePlugin.PngImageFile(source.file)
    source.check_size(*image.size)
    source.check_single(getattr(image, "n_frames", 1))
    notes = source.check_depth(chunks.bits)
    if chunks.bits > 8 and chunks.keyed:
        raise source.refusal(
            f"has {chunks.bits} bits per channel and a transparent colour among them; save it as 8-bit RGBA first"
        )
    photo = photo_of(image, source, chunks.bits)
    return replace(photo, colour=chunks.colour, notes=(*notes, *photo.notes, *chunks.notes))


def photo_of(image: PngImagePlugin.PngImageFile, source: Source, bits: int = 8) -> Photo:
    """What Pillow tells of an opened PNG: all but the chunks of the colour space."""
    text = image.text  # those after the pixels too: reading them decodes to the end
    profiles = raw_profiles(text)
    elsewhere = {_XMP_KEYWORD, PNG_KEYWORD, *map(keyword, profiles)}
    if not image.info.get("icc_profile") and (profile := profiles.get("icc") or profiles.get("icm")):
        image.info["icc_profile"] = profile
    pixels, alpha, profile, notes = levels_of(image, source, bits)
    app1 = profiles.get("APP1")
    app1_xmp = None if app1 is None or app1.startswith(b"Exif") else app1.split(b"\0", 1)[-1]
    packet = xmp_of(image) or text.get(_XMP_KEYWORD) or text_of(profiles.get("xmp") or app1_xmp)
    xmp, tag, left = split(packet, Tag.from_json(text[PNG_KEYWORD]) if PNG_KEYWORD in text else None)
    return Photo(
        pixels,
        "png",
        profile,
        exif_of(image.info.get("exif") or profiles.get("exif") or (None if app1_xmp else app1)),
        xmp,
        tag,
        alpha,
        photoshop=from_profile(profiles.get("8bim") or profiles.get("iptc")),
        texts=tuple((key, value) for key, value in text.items() if key not in elsewhere),
        resolution=resolution_of(image.info),
        aspect=aspect_of(image.info),
        notes=(*notes, *left),
        top_up=next((content for name, content, *_ in image.private_chunks if name == TOP_UP), None),
    )


def encode(target: Path | BytesIO, photo: Photo) -> None:
    """Write every pixel, alpha beside it, and the tag three times: as iTXt of its own; in XMP, which libwebp, libvips and
    exiftool carry; and in XMP the way that ImageMagick and GraphicsMagick carry it (R22).
    """
    given = beside_xmp(photo)
    if photo.resolution:
        given["dpi"] = photo.resolution
    elif photo.aspect:
        given["dpi"] = tuple(each * METRE for each in photo.aspect)  # pixels per metre, until the unit is taken out
    chunks = PngImagePlugin.PngInfo()
    for name, content in photo.colour:
        chunks.add(name.encode(), content)
    if packet := packet_of(photo, "png"):
        chunks.add_itxt(_XMP_KEYWORD, packet)
    if photo.tag:
        chunks.add_itxt(PNG_KEYWORD, photo.tag.to_json())
        # Behind XMP proper, which is the one that others take then.
        _add(chunks, keyword("xmp"), as_raw_profile("xmp", photo.tag.to_xmp(None).encode()))
    if photo.photoshop:
        _add(chunks, keyword("iptc"), as_raw_profile("iptc", photo.photoshop))
    for key, text in photo.texts:
        _add(chunks, key, text)
    if photo.top_up is not None:
        chunks.add(TOP_UP, photo.top_up, after_idat=True)
    Image.fromarray(photo.picture).save(target, format="PNG", pnginfo=chunks, **given)
    if photo.aspect and not photo.resolution:
        with target.open("r+b") if isinstance(target, Path) else nullcontext(target) as file:
            _without_unit(file)


def _without_unit(file: BinaryIO) -> None:
    """Make the resolution of a PNG that Pillow wrote one without unit, which Pillow cannot write."""
    file.seek(8)
    while len(header := file.read(8)) == 8:
        length, name = int.from_bytes(header[:4], "big"), header[4:]
        if name == b"pHYs":
            densities = file.read(8)
            file.seek(-8, SEEK_CUR)
            file.write(content := densities + b"\0")
            file.write(crc32(name + content).to_bytes(4, "big"))
            break
        file.seek(length + 4, SEEK_CUR)
    file.seek(0, SEEK_END)


def _add(chunks: PngImagePlugin.PngInfo, key: str, text: str) -> None:
    chunks.add_text(key, text, zip=_COMPRESSED_FROM < len(text) <= PngImagePlugin.MAX_TEXT_CHUNK)


class _Chunks(NamedTuple):
    """What Pillow does not tell exactly: bits per channel, whether there is a tRNS chunk, the colour chunks, and what was
    left behind.
    """

    bits: int
    keyed: bool
    colour: tuple[tuple[str, bytes], ...]
    notes: tuple[str, ...]


def _chunks(file: BinaryIO) -> _Chunks:
    bits, keyed, pixels = 8, False, False
    colour: dict[str, bytes] = {}
    keys: list[bytes] = []
    others: dict[str, None] = {}
    file.seek(8)
    while len(header := file.read(8)) == 8:
        length, name = int.from_bytes(header[:4], "big"), header[4:]
        start = file.read(min(length, _LONGEST_KEYWORD + 1))
        file.seek(length - len(start) + 4, 1)
        if name == b"IHDR" and length == 13:
            bits = start[8]
        keyed |= name == b"tRNS"
        pixels |= name == b"IDAT"
        if _COLOUR.get(name) == length == len(start) and not pixels:
            colour.setdefault(name.decode(), start)
        if name in _TEXTS:
            keys.append(start.split(b"\0", 1)[0])
        elif name not in _READ | _OF_THE_OLD_PIXELS | {TOP_UP} and re.fullmatch(rb"[A-Za-z]{4}", name):
            others["content credentials (caBX)" if name == b"caBX" else name.decode()] = None
        if name == b"IEND":
            break
    notes = [f"chunks that only its old pixels have a use for were left behind: {', '.join(others)}"] if others else []
    if repeated := sorted({key.decode("latin-1") for key in keys if keys.count(key) > 1}):
        notes.append(f"of several texts of one name the last was taken: {', '.join(repeated)}")
    if file.read(1):
        notes.append("what stands behind its end was left behind")
    file.seek(0)
    return _Chunks(bits, keyed, tuple(colour.items()), tuple(notes))
