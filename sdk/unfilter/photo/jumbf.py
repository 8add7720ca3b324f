"""A file within a JPEG: a JUMBF box of type *embedded file* in APP11 segments (R27 of sdk/format/RULES.md).

Source: ISO/IEC 19566-5 (JUMBF): superbox, description box, embedded file, and how boxes stand in APP11 segments of a JPEG.
"""

from collections.abc import Iterable, Iterator

LABEL = "unfilter.top_up"
_MARKER, _COMMON = b"\xff\xeb", b"JP"
_INSTANCE = 0x7566
"""Number of the box among those of its type in one file: `uf`, so that it is nobody else's."""
_EMBEDDED_FILE = bytes.fromhex("40CB0C32BB8A489DA70B2AD6F47F4369")
_REQUESTABLE_WITH_LABEL = b"\x03"
_HEAD = 8
"""Bytes of a box's length and type, which every segment repeats."""
_ROOM = 65_533 - len(_COMMON) - 2 - 4 - _HEAD
"""Bytes of a box's content in a segment."""


def segments(content: bytes, media_type: str) -> bytes:
    """APP11 segments, with markers, that hold `content` as an embedded file.

    Law: `content_of` of them is `content`.
    """
    description = _box(b"jumd", _EMBEDDED_FILE + _REQUESTABLE_WITH_LABEL + LABEL.encode() + b"\0")
    kind = _box(b"bfdb", b"\0" + media_type.encode() + b"\0")
    box = _box(b"jumb", description + kind + _box(b"bidb", content))
    head, inside = box[:_HEAD], box[_HEAD:]
    made = []
    for number, place in enumerate(range(0, len(inside), _ROOM), 1):
        part = inside[place : place + _ROOM]
        body = _COMMON + _INSTANCE.to_bytes(2, "big") + number.to_bytes(4, "big") + head + part
        made.append(_MARKER + (2 + len(body)).to_bytes(2, "big") + body)
    return b"".join(made)


def is_ours(segment: bytes) -> bool:
    """Whether an APP11 segment, without marker and length, is of such a box."""
    return segment.startswith(_COMMON + _INSTANCE.to_bytes(2, "big")) and segment[12:16] == b"jumb"


def content_of(app11: Iterable[bytes]) -> bytes | None:
    """The embedded file in the APP11 segments of a JPEG, each without marker and length; None where there is none whole."""
    parts = sorted((int.from_bytes(each[4:8], "big"), each[16:]) for each in app11 if is_ours(each))
    if not parts or [number for number, _ in parts] != list(range(1, len(parts) + 1)):
        return None
    boxes = list(_boxes(b"".join(part for _, part in parts)))
    if not boxes or boxes[0] != (b"jumd", _EMBEDDED_FILE + _REQUESTABLE_WITH_LABEL + LABEL.encode() + b"\0"):
        return None
    return next((content for name, content in boxes if name == b"bidb"), None)


def _box(name: bytes, content: bytes) -> bytes:
    return (_HEAD + len(content)).to_bytes(4, "big") + name + content


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place + _HEAD <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        if size < _HEAD or place + size > len(content):
            return
        yield content[place + 4 : place + 8], content[place + _HEAD : place + size]
        place += size
