"""Undoing the turn that a decoder makes, so that pixels and EXIF are again as stored.

The decoders of HEIC and TIFF turn a picture upright as its file says. A filter's output must lie in the file as the network
gave it, and EXIF travels untouched, so pixels are turned back by the orientation that EXIF names: they show as before.
"""

import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image


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
    named = parsed.get(0x0112, 1)
    return named if isinstance(named, int) and 1 <= named <= 8 else 1
