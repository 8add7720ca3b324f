"""EXIF and XMP as decoders give them, in the one form that `Photo` holds."""

from typing import Any

import numpy as np
from PIL import Image

from unfilter.format.tag import Tag, without_tag
from unfilter.photo.photo import Photo

_EXIF = b"Exif\0\0"


def exif_of(found: bytes | None) -> bytes | None:
    """EXIF with the marker that JPEG puts before it, whether a decoder gives it with or without; None for none."""
    return found if not found or found.startswith(_EXIF) else _EXIF + found


def xmp_of(image: Image.Image) -> str | None:
    """The XMP packet of an opened picture."""
    return text_of(image.info.get("xmp") or image.info.get("XML:com.adobe.xmp"))


def text_of(packet: bytes | str | None) -> str | None:
    """A packet as text. HEIC ends some with a NUL."""
    if isinstance(packet, bytes):
        packet = packet.decode("utf-8", errors="replace")
    return packet.rstrip("\0") if packet else None


def split(packet: str | None) -> tuple[str | None, Tag | None]:
    """A packet without our tag, and the tag."""
    return without_tag(packet), Tag.from_xmp(packet) if packet else None


def colour_of(primaries: int, transfer: int) -> tuple[tuple[str, bytes], ...]:
    """A colour space given by numbers (ITU-T H.273) as a PNG's cICP chunk; nothing where it is sRGB, or unspecified (2)."""
    # Primaries of BT.709, and the curves that viewers show as sRGB.
    known = primaries in (1, 2) and transfer in (1, 2, 6, 13)
    return () if known else (("cICP", bytes([primaries & 0xFF, transfer & 0xFF, 0, 1])),)


def notes_of(packet: str | None) -> tuple[str, ...]:
    """What the packet points to and no reader here follows."""
    notes = []
    if packet and "hdrgm:Version" in packet:
        notes.append("its gain map (HDR) was left behind: the filtered photo is the SDR picture")
    if packet and "HasExtendedXMP" in packet:
        notes.append("its extended XMP was left behind")
    return tuple(notes)


def carried(photo: Photo) -> dict[str, Any]:
    """What encoders are given beside the pixels: profile, EXIF, and XMP with the tag in it."""
    packet = photo.tag.to_xmp(photo.xmp) if photo.tag else photo.xmp
    given = {"icc_profile": photo.icc_profile, "exif": photo.exif, "xmp": packet.encode() if packet else None}
    return {name: content for name, content in given.items() if content}


def carry_alike(one: Photo, other: Photo) -> bool:
    """Whether two photos have the same alpha, tag, profile and EXIF. Alpha that is opaque everywhere is as good as none."""
    if one.alpha is None or other.alpha is None:
        same_alpha = not (one.transparent or other.transparent)
    else:
        same_alpha = np.array_equal(one.alpha, other.alpha)
    first, second = ((photo.tag, photo.icc_profile, exif_of(photo.exif)) for photo in (one, other))
    return same_alpha and first == second
