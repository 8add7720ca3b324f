"""EXIF without pictures of its own: its thumbnail and a camera's previews show the photo as it was, not as it is now (R24 of
sdk/format/RULES.md).

Every other byte stays where it is, since makers' notes hold offsets that nobody else knows.
Source: Exif 3.0, section 4.5 (thumbnails stand in the second directory); TIFF 6.0, section 2.
"""

import contextlib
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image

from unfilter.photo.resolution import CENTIMETRE, Resolution
from unfilter.photo.segments import end_of_jpeg

MARKER = b"Exif\0\0"
"""What JPEG puts before EXIF."""

_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)
"""Bytes of a value, by its type."""
_POINTERS = {0x8769, 0x8825, 0xA005}
"""Exif, GPS and interoperability directories."""
_PLACES, _LENGTHS = {0x0111, 0x0201}, {0x0117, 0x0202}
"""Where a thumbnail begins, and how long it is: in strips, or as a JPEG."""
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
_JPEG = re.compile(rb"\xff\xd8\xff[\xc0-\xfe]")
_MOST_ENTRIES = 1024
"""Of all directories; a camera's have a few hundred. Hostile ones may point in circles."""

Span = tuple[int, int]


class _Entry(NamedTuple):
    tag: int
    values: tuple[int, ...]
    span: Span
    """Where the value stands, if outside the entry; empty otherwise."""


def exif_of(found: bytes | None) -> bytes | None:
    """EXIF with the marker that JPEG puts before it, whether a decoder gives it with or without, and without pictures; None
    for none. Law: `exif_of(exif_of(exif)) == exif_of(exif)`.
    """
    if not found:
        return found
    tiff = found.removeprefix(MARKER)
    return MARKER + _without_previews(_without_thumbnail(tiff))


def _without_thumbnail(tiff: bytes) -> bytes:
    """`tiff` without its second directory and what that points to. What is no EXIF stays as it is."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    try:
        if order is None:
            return tiff
        first = struct.unpack_from(f"{order}I", tiff, 4)[0]
        pointer = first + 2 + 12 * struct.unpack_from(f"{order}H", tiff, first)[0]
        second = struct.unpack_from(f"{order}I", tiff, pointer)[0]
        if not second:
            return tiff
        kept = [(0, 8), (pointer, pointer + 4), *_spans(tiff, order, first, set())]
        blank = _spans_of_thumbnail(tiff, order, second)
    except struct.error:
        return tiff
    bare = bytearray(tiff)
    struct.pack_into(f"{order}I", bare, pointer, 0)
    end = len(tiff)
    for start, stop in sorted(blank, reverse=True):
        stop = min(stop, len(tiff))
        if start >= stop or any(start < until and since < stop for since, until in kept):
            continue
        bare[start:stop] = bytes(stop - start)
        if stop >= end - 1:  # values stand at even places
            end = min(end, start)
    return bytes(bare[: max(end, max(stop for _, stop in kept))])


def _spans_of_thumbnail(tiff: bytes, order: str, second: int) -> list[Span]:
    """Where the second directory stands, its values, and its picture."""
    entries = list(_entries(tiff, order, second))
    spans = [(second, second + 2 + 12 * len(entries) + 4), *(entry.span for entry in entries)]
    places = [value for entry in entries if entry.tag in _PLACES for value in entry.values]
    lengths = [value for entry in entries if entry.tag in _LENGTHS for value in entry.values]
    return spans + [(place, place + length) for place, length in zip(places, lengths, strict=False)]


def _spans(tiff: bytes, order: str, place: int, seen: set[int]) -> list[Span]:
    """Where the directory at `place` and those that it points to stand, with their values."""
    if place in seen or len(seen) > 8:
        return []
    seen.add(place)
    entries = list(_entries(tiff, order, place))
    spans = [(place, place + 2 + 12 * len(entries)), *(entry.span for entry in entries)]
    for entry in entries:
        if entry.tag in _POINTERS and entry.values:
            spans += _spans(tiff, order, entry.values[0], seen)
    return [span for span in spans if span[0] < span[1] <= len(tiff)]


def _entries(tiff: bytes, order: str, place: int) -> Iterator[_Entry]:
    if place + 2 > len(tiff):
        return
    count = struct.unpack_from(f"{order}H", tiff, place)[0]
    for index in range(min(count, _MOST_ENTRIES)):
        at = place + 2 + 12 * index
        if at + 12 > len(tiff):
            return
        tag, kind, number = struct.unpack_from(f"{order}HHI", tiff, at)
        size = number * (_SIZES[kind] if kind < len(_SIZES) else 0)
        start = at + 8 if size <= 4 else struct.unpack_from(f"{order}I", tiff, at + 8)[0]
        letter = {3: "H", 4: "I", 13: "I"}.get(kind)
        values: tuple[int, ...] = ()
        if letter and start + size <= len(tiff) and number <= _MOST_ENTRIES:
            values = struct.unpack_from(f"{order}{number}{letter}", tiff, start)
        yield _Entry(tag, values, (start, start + size) if size > 4 else (0, 0))


def _without_previews(tiff: bytes) -> bytes:
    """`tiff` with zeros where JPEG files stood, as they do in makers' notes."""
    bare, place = bytearray(tiff), 0
    while begun := _JPEG.search(bare, place):
        end = end_of_jpeg(bare, begun.start())
        if end is None:
            place = begun.start() + 2
        else:
            bare[begun.start() : end] = bytes(end - begun.start())
            place = end
    return bytes(bare)


def resolution_in(exif: bytes | None) -> Resolution | None:
    """Pixels per inch that EXIF says; None where it says none."""
    if exif is None:
        return None
    loaded = _load(exif)
    try:
        across, down = (float(loaded[tag]) for tag in (_X_RESOLUTION, _Y_RESOLUTION))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    scale = CENTIMETRE if loaded.get(_RESOLUTION_UNIT) == 3 else 1.0
    return across * scale, down * scale


def _load(exif: bytes) -> Image.Exif:
    loaded = Image.Exif()
    with contextlib.suppress(Exception):  # what no reader understands says nothing
        loaded.load(exif)
    return loaded
