"""What travels along with pixels, in the one form that `Photo` holds, and as encoders take it (R19 of
sdk/format/RULES.md).
"""

from typing import Any

import numpy as np
from PIL import Image

from unfilter.format.tag import Codec, Tag, without_tag
from unfilter.photo import iptc, photoshop
from unfilter.photo.exif import exif_of
from unfilter.photo.photo import Photo
from unfilter.photo.xmp import with_properties, without_claims

COMMENT = "Comment"
"""Keyword of a PNG's text that a JPEG has a comment for (PNG specification, third edition, section 11.3.3.1)."""


def xmp_of(image: Image.Image) -> str | None:
    """The XMP packet of an opened picture."""
    return text_of(image.info.get("xmp") or image.info.get("XML:com.adobe.xmp"))


def text_of(packet: bytes | str | None) -> str | None:
    """A packet as text. HEIC ends some with a NUL."""
    if isinstance(packet, bytes):
        packet = packet.decode("utf-8", errors="replace")
    return packet.rstrip("\0") if packet else None


def split(packet: str | None, tag: Tag | None = None) -> tuple[str | None, Tag | None, tuple[str, ...]]:
    """A packet without our tag and without claims of what is left behind, the tag, and what was left behind. A `tag` that
    stands elsewhere in the file counts more than the packet's.
    """
    rest, notes = without_claims(without_tag(packet))
    return rest, tag or (Tag.from_xmp(packet) if packet else None), notes


def colour_of(primaries: int, transfer: int) -> tuple[tuple[str, bytes], ...]:
    """A colour space given by numbers (ITU-T H.273) as a PNG's cICP chunk; nothing where it is sRGB, or unspecified (2)."""
    # Primaries of BT.709, and the curves that viewers show as sRGB.
    known = primaries in (1, 2) and transfer in (1, 2, 6, 13)
    return () if known else (("cICP", bytes([primaries & 0xFF, transfer & 0xFF, 0, 1])),)


def carried(photo: Photo, codec: Codec | None) -> dict[str, Any]:
    """What encoders of `codec` are given beside the pixels: profile, EXIF, and XMP with the tag in it, which also says
    what the format has no other place for. None is a picture in memory, whose IPTC has no place either.
    """
    packet = packet_of(photo, codec)
    return {**beside_xmp(photo), **({"xmp": packet.encode()} if packet else {})}


def beside_xmp(photo: Photo) -> dict[str, Any]:
    """Profile and EXIF, as every encoder takes them."""
    given = {"icc_profile": photo.icc_profile, "exif": exif_of(photo.exif)}
    return {name: content for name, content in given.items() if content}


def packet_of(photo: Photo, codec: Codec | None) -> str | None:
    """The XMP packet of a file of `codec`; None where it has none."""
    packet = with_properties(photo.xmp, told_by_xmp(photo, codec))
    return photo.tag.to_xmp(packet) if photo.tag else packet


def told_by_xmp(photo: Photo, codec: Codec | None) -> iptc.Values:
    """What only XMP can say in a file of `codec`, beside what it says already: IPTC, and a PNG's text."""
    records = photoshop.iptc_of(photo.photoshop)
    values = iptc.properties(records)[0] if records and codec not in ("jpeg", "png") else {}
    texts = {iptc.OF_TEXT[key]: [text] for key, text in photo.texts if key in iptc.OF_TEXT and codec != "png"}
    return {**texts, **values}


def comment_of(photo: Photo) -> str | None:
    """What a JPEG's comment says, or a PNG's text of that name."""
    return next((text for key, text in photo.texts if key == COMMENT), None)


def carry_alike(one: Photo, other: Photo) -> bool:
    """Whether two photos have the same alpha, tag, top-up, profile and EXIF. Alpha that is opaque everywhere is as good as
    none.
    """
    if one.alpha is None or other.alpha is None:
        same_alpha = not (one.transparent or other.transparent)
    else:
        same_alpha = np.array_equal(one.alpha, other.alpha)
    first, second = ((photo.tag, photo.top_up, photo.icc_profile, exif_of(photo.exif)) for photo in (one, other))
    return same_alpha and first == second
