"""A mark in the pixels that says which filter made them, and survives what sites do: a weak pattern in blue, all over
(R30 of sdk/format/RULES.md).

The pattern of a filter is 32 x 32 cells of 4 x 4 pixels, repeated over the photo from its upper left corner. A cell raises
or lowers blue by a few levels. The cells are the signs of the bits of a digest of the restoration id, smoothed once:

    signs[row, column] = +1 or -1, by the bits of SHA-256(id + " mark " + block), most significant first, row by row
    levels = sum of signs * (1 2 1)^T (1 2 1), around both ends, halved towards zero

Eyes see least of blue, and JPEG keeps what is as coarse as this. In an exact file the pattern is taken away again before the
photo is restored, level by level, so that nothing is lost but where blue is within the pattern's height of 0 or 255.

Source of the principle: Cox, Kilian, Leighton and Shamoon, "Secure spread spectrum watermarking for multimedia" (1997); of
repeating it, so that scale and place are found again: Kutter, "Watermarking resisting to translation, rotation, and scaling"
(1998).
"""

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

CELL, CELLS = 4, 32
"""Side of a cell in pixels, and of the pattern in cells."""

MARK = "mark"
"""What a tag requires of a file that has a mark: readers that do not know of it would restore the mark too."""

RULE = "blue +- a pattern of 32 x 32 cells of 4 x 4 pixels, by SHA-256 of the restoration id"


@lru_cache(maxsize=64)
def pattern(restoration: str) -> NDArray[np.int16]:
    """By how many levels each cell of a filter's pattern is raised, `CELLS` x `CELLS`, -8..8."""
    blocks = (hashlib.sha256(f"{restoration} mark {block}".encode()).digest() for block in range(CELLS * CELLS // 256))
    bits = np.unpackbits(np.frombuffer(b"".join(blocks), np.uint8)).reshape(CELLS, CELLS)
    signs = bits.astype(np.int16) * 2 - 1
    for axis in (0, 1):
        signs = np.roll(signs, 1, axis) + 2 * signs + np.roll(signs, -1, axis)
    levels: NDArray[np.int16] = np.trunc(signs / 2).astype(np.int16)
    levels.flags.writeable = False
    return levels


def marked(pixels: NDArray[np.uint8], restoration: str, corner: tuple[int, int] = (0, 0)) -> NDArray[np.uint8]:
    """`pixels` (uint8, height x width x 3) with the mark of a filter; `corner` is where in the photo they begin."""
    return _moved(pixels, pattern(restoration), corner)


def unmarked(pixels: NDArray[np.uint8], restoration: str, corner: tuple[int, int] = (0, 0)) -> NDArray[np.uint8]:
    """`pixels` without it.

    Law: `unmarked(marked(pixels, id), id)` is `pixels` wherever blue is 8..247.
    """
    return _moved(pixels, -pattern(restoration), corner)


def _moved(pixels: NDArray[np.uint8], levels: NDArray[np.int16], corner: tuple[int, int]) -> NDArray[np.uint8]:
    ends = zip(corner, pixels.shape[:2], strict=True)
    rows, columns = (np.arange(start, start + length) // CELL % CELLS for start, length in ends)
    moved = pixels.copy()
    blue = moved[..., 2].astype(np.int16) + levels[np.ix_(rows, columns)]
    moved[..., 2] = blue.clip(0, 255)
    return moved
