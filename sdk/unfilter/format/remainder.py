"""Lines that the alignment leaves over, such as the last column of a photo of odd width (R3 of sdk/format/RULES.md).

The network sees only whole squeeze cells. A line that is left over is moved by what its neighbour inside was moved by:

    after[line] = clip(before[line] + after[neighbour] - before[neighbour], 0, 255)

in whole levels, rows first, then columns. The same rule serves both directions, because it is its own inverse: restoring
loses in that line what it loses in the neighbour, and nothing of the photo is left out of the file.
"""

import numpy as np
from numpy.typing import NDArray

RULE = "after[line] = clip(before[line] + after[neighbour] - before[neighbour], 0, 255) in levels, rows, then columns"


def aligned_size(height: int, width: int, alignment: int) -> tuple[int, int]:
    """Size of the part that the network sees."""
    return height - height % alignment, width - width % alignment


def carry_remainder(before: NDArray[np.uint8], after: NDArray[np.uint8], alignment: int) -> None:
    """Fill the lines of `after` (height x width x 3) that lie beyond the aligned part, from `before` of the same shape.

    A photo with a side below one cell has no neighbour inside; it is carried as it is.
    """
    height, width = aligned_size(before.shape[0], before.shape[1], alignment)
    if not height or not width:
        after[:] = before
        return
    after[height:, :width] = _moved(before[height:, :width], before[height - 1, :width], after[height - 1, :width])
    after[:, width:] = _moved(before[:, width:], before[:, width - 1 : width], after[:, width - 1 : width])


def _moved(line: NDArray[np.uint8], before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.uint8]:
    moved = line.astype(np.int16) + after.astype(np.int16) - before.astype(np.int16)
    return np.clip(moved, 0, 255).astype(np.uint8)
