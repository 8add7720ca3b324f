"""Photoshop's image resources, which carry IPTC captions, keywords and rights: APP13 in a JPEG, tag 34377 in a TIFF.

Source: Adobe Photoshop file formats specification, section "Image resources".
"""

from collections.abc import Iterable, Iterator

HEADER = b"Photoshop 3.0\0"
"""What APP13 segments begin with."""
IPTC = 0x0404
_SIGNATURE = b"8BIM"
_RESOLUTION, _IPTC_DIGEST = 0x03ED, 0x0425
_ELSEWHERE = {0x0409, 0x040C, 0x040F, 0x0422, 0x0423, 0x0424}
"""Thumbnails, which would show the unfiltered photo; profile, EXIF and XMP, which have places of their own."""
_SEGMENT = 65_533
"""Bytes of a JPEG segment behind its length."""


def kept(resources: bytes) -> bytes | None:
    """What is carried of `resources`; None where nothing is left.

    Law: what was kept is kept again.
    """
    return b"".join(block for number, _, block in _blocks(resources) if number not in _ELSEWHERE) or None


def from_segments(segments: Iterable[bytes]) -> bytes | None:
    """The resources of a JPEG's APP13 segments, each without marker and length; long ones go on in the next."""
    return kept(b"".join(each.removeprefix(HEADER) for each in segments if each.startswith(HEADER)))


def from_profile(content: bytes | None) -> bytes | None:
    """Resources from a profile that has them, with Photoshop's header or without, or bare IPTC."""
    if not content:
        return None
    content = content.removeprefix(HEADER)
    return kept(content) if content.startswith(_SIGNATURE) else from_iptc(content)


def from_iptc(records: bytes | None) -> bytes | None:
    """Resources that hold IPTC records (IIM 4.2) and nothing else; None where there are none."""
    if not records or not records.startswith(b"\x1c"):
        return None
    records = records.rstrip(b"\0")  # a TIFF fills them up
    padding = b"\0" * (len(records) % 2)
    return _SIGNATURE + IPTC.to_bytes(2, "big") + b"\0\0" + len(records).to_bytes(4, "big") + records + padding


def segments(resources: bytes) -> bytes:
    """APP13 segments, with markers, that hold `resources`."""
    room = _SEGMENT - len(HEADER)
    parts = (resources[place : place + room] for place in range(0, len(resources), room))
    return b"".join(b"\xff\xed" + (2 + len(HEADER) + len(part)).to_bytes(2, "big") + HEADER + part for part in parts)


def iptc_of(resources: bytes | None) -> bytes | None:
    """The IPTC records among `resources`; None where there are none."""
    found = (content for number, content, _ in _blocks(resources or b"") if number == IPTC)
    return next(found, None) or None


def beside_iptc(resources: bytes | None) -> list[int]:
    """Numbers of the other resources, but for those that say what stands elsewhere too."""
    known = (IPTC, _RESOLUTION, _IPTC_DIGEST)
    return [number for number, _, _ in _blocks(resources or b"") if number not in known]


def _blocks(resources: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, content and whole block of each resource, up to the first that is damaged."""
    at = 0
    while resources[at : at + 4] == _SIGNATURE and at + 7 <= len(resources):
        number = int.from_bytes(resources[at + 4 : at + 6], "big")
        name = 1 + resources[at + 6]
        size_at = at + 6 + name + name % 2
        start = size_at + 4
        stop = start + int.from_bytes(resources[size_at:start], "big")
        if start > len(resources) or stop > len(resources):
            return
        end = stop + (stop - start) % 2
        block = resources[at:end]
        yield number, resources[start:stop], block + b"\0" * (end - at - len(block))
        at = end
