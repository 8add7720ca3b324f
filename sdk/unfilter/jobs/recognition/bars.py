"""White or black bars around a picture, as letterboxes and screenshots have them (R33 of sdk/format/RULES.md)."""

import numpy as np
from numpy.typing import NDArray

_LEVELS = 12
"""Most that a level of a bar is away from black or white: compression moves some."""

_LEAST = 4
"""Thinnest bar, pixels: thinner ones are a photo's own."""

_BLURRED = 3
"""Lines next to a bar that compression blurred, which are cut too."""

_LEFT = 64
"""Least side of what a picture without its bars has, pixels."""


def inside(pixels: NDArray[np.uint8]) -> tuple[slice, slice] | None:
    """Rows and columns of what lies within bars (uint8, height x width x 3); None where there are no bars.

    A line is of a bar where 99 of 100 of its pixels are nearly black, or nearly white, in every channel. The lines next to
    the picture that compression blurred are cut too.
    """
    rows = _within(pixels)
    columns = _within(pixels[rows].swapaxes(0, 1))
    height, width = pixels.shape[:2]
    if (rows, columns) == (slice(0, height), slice(0, width)):
        return None
    if min(rows.stop - rows.start, columns.stop - columns.start) < _LEFT:
        return None
    return rows, columns


def _within(lines: NDArray[np.uint8]) -> slice:
    """Which of the first axis are no bar."""
    black = np.mean(lines.max(axis=2) <= _LEVELS, axis=1) >= 0.99
    white = np.mean(lines.min(axis=2) >= 255 - _LEVELS, axis=1) >= 0.99
    count = len(lines)
    first = max(_length(black), _length(white))
    last = max(_length(black[::-1]), _length(white[::-1]))
    if first + last >= count:
        return slice(0, count)
    return slice(first and min(first + _BLURRED, count), count - (last and last + _BLURRED))


def _length(flags: NDArray[np.bool_]) -> int:
    """How many at the beginning are set; 0 where too few are."""
    length = len(flags) if flags.all() else int(np.argmin(flags))
    return length if length >= _LEAST else 0
