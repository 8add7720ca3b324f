"""Segments of a JPEG file, and what stands behind its end (ITU-T T.81, annex B)."""

import re
from typing import Literal

_NEXT = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""A marker within coded pixels that is neither a stuffed byte nor a restart."""
_NO_PADDING = re.compile(rb"[^\x00\xff]")
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_BARE = {0x01, *range(0xD0, 0xD8)}
"""Markers without a segment."""

_HEADERS = {*range(0xE0, 0xF0), 0xFE}
"""Application segments and comments."""

Behind = Literal["a video", "other data"]
_VIDEO = re.compile(rb"....ftyp|MotionPhoto_Data", re.DOTALL)
"""How a video begins (ISO/IEC 14496-12, section 4.3), and what Samsung's trailer calls one."""


def end_of_jpeg(content: bytes | bytearray, start: int = 0) -> int | None:
    """Where the JPEG ends that begins at `start`, behind its last marker; None where it has no end."""
    if content[start : start + 2] != b"\xff\xd8":
        return None
    at = start + 2
    while at + 2 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == _END:
            return at + 2
        if marker == 0xFF:  # fill
            at += 1
            continue
        if marker in _BARE:
            at += 2
            continue
        if marker in (0, _START) or at + 4 > len(content):
            return None
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _SCAN:
            following = _NEXT.search(content, at)
            if following is None:
                return None
            at = following.start()
    return None


def behind_headers(content: bytes | bytearray) -> int:
    """Where the application segments and comments end that a JPEG begins with."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] in _HEADERS:
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return at


def behind_jpeg(content: bytes) -> Behind | None:
    """What follows a JPEG file that is neither a further JPEG (as in an MPO) nor padding; None where nothing does."""
    end = end_of_jpeg(content)
    while end is not None:
        begun = _NO_PADDING.search(content, end)
        if begun is None:
            return None
        place = begun.start() - 1
        following = end_of_jpeg(content, place) if place >= end else None
        if following is None:
            return "a video" if _VIDEO.search(content, end) else "other data"
        end = following
    return None
