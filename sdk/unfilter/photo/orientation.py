"""Undoing the turn that a decoder makes, so that pixels and EXIF are again as stored; EXIF of a picture that was turned.

The decoders of HEIC and TIFF turn a picture upright as its file says. A filter's output must lie in the file as the network
gave it, and EXIF travels untouched, so pixels are turned back by the orientation that EXIF names: they show as before.
"""

import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.photo.exif import MARKER

_ORIENTATION = 0x0112


def turned_back(upright: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The stored picture (height x width, or height x width x channels) from the upright one.

    Args:
        upright: as a viewer shows it.
        orientation: EXIF orientation, 1 to 8; others mean that nothing was turned.

    Source: EXIF 2.32, tag 0x0112. Law: a viewer that applies `orientation` to the result shows `upright`.
    """
    match orientation:
        case 2:
            stored = upright[:, ::-1]
        case 3:
            stored = upright[::-1, ::-1]
        case 4:
            stored = upright[::-1]
        case 5:
            stored = upright.swapaxes(0, 1)
        case 6:
            stored = np.rot90(upright)
        case 7:
            stored = upright[::-1, ::-1].swapaxes(0, 1)
        case 8:
            stored = np.rot90(upright, -1)
        case _:
            stored = upright
    return np.ascontiguousarray(stored)


def orientation_of(exif: bytes | None) -> int:
    """The orientation that EXIF (from `Exif\\0\\0` on) names; 1, as stored, where it names none or cannot be read."""
    if exif is None:
        return 1
    parsed = Image.Exif()
    try:
        parsed.load(exif)
    except (OSError, SyntaxError, ValueError, struct.error):
        return 1
    named = parsed.get(_ORIENTATION, 1)
    return named if isinstance(named, int) and 1 <= named <= 8 else 1


def shown(stored: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The picture as a viewer shows it. Law: `turned_back(shown(stored, orientation), orientation)` is `stored`."""
    return turned_back(stored, {6: 8, 8: 6}.get(orientation, orientation))


def alike_shown(orientation: int, turns: int, mirrored: bool) -> int:
    """The orientation by which a picture is shown as it was with `orientation` before it was set upright: it had been
    mirrored left and right, where `mirrored`, and then turned to the left by `turns` quarters.
    """
    upright = np.arange(6, dtype=np.uint8).reshape(2, 3)
    before = shown(np.rot90(upright[:, ::-1] if mirrored else upright, turns), orientation)
    return next(each for each in range(1, 9) if np.array_equal(shown(upright, each), before))


def with_orientation(exif: bytes | None, orientation: int) -> bytes | None:
    """EXIF (from `Exif\\0\\0` on) that names `orientation`. All other bytes stay where they are: a directory without such an
    entry is written again behind them. What cannot be read is replaced; none is made to say what holds without any.
    """
    if orientation_of(exif) == orientation:
        return exif
    tiff = bytearray((exif or b"").removeprefix(MARKER))
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(tiff[:4]))
    try:
        if order is None:
            raise struct.error
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        places = [first + 2 + 12 * index for index in range(count)]
        tags = [struct.unpack_from(f"{order}H", tiff, place)[0] for place in places]
        end = bytes(tiff[first + 2 + 12 * count :][:4]).ljust(4, b"\0")
    except struct.error:
        tiff, order, places, tags, end = bytearray(b"II*\0\x08\0\0\0"), "<", [], [], bytes(4)
    entry = struct.pack(f"{order}HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    if _ORIENTATION in tags:
        place = places[tags.index(_ORIENTATION)]
        tiff[place : place + 12] = entry
        return MARKER + bytes(tiff)
    entries = sorted([entry, *(bytes(tiff[place : place + 12]) for place in places)], key=lambda each: _tag(order, each))
    tiff += bytes(len(tiff) % 2)  # directories begin at even places
    struct.pack_into(f"{order}I", tiff, 4, len(tiff))
    return MARKER + bytes(tiff + struct.pack(f"{order}H", len(entries)) + b"".join(entries) + end)


def _tag(order: str, entry: bytes) -> int:
    tag: int = struct.unpack_from(f"{order}H", entry)[0]
    return tag
