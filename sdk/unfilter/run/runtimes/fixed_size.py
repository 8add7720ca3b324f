"""Photos smaller than the only size a graph takes: they fill its upper left corner, and `valid` says how far (R5 of
sdk/format/RULES.md).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from unfilter.format.tiles import TilePlan
from unfilter.run.runtimes import BoundGraph


def filling(
    plan: TilePlan,
    full: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    masked: Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]],
) -> BoundGraph:
    """A graph for any aligned size up to the tile. `full` takes tile x tile x channels; `masked` that and `valid`, a float
    per squeeze cell (tile / alignment a side), 1 inside the photo and 0 outside.
    """
    side, cells = plan.tile, plan.tile // plan.alignment

    def run(image: NDArray[np.float32]) -> NDArray[np.float32]:
        height, width = image.shape[:2]
        if (height, width) == (side, side):
            return full(np.ascontiguousarray(image, dtype=np.float32))
        padded = np.zeros((side, side, image.shape[2]), np.float32)
        padded[:height, :width] = image
        valid = np.zeros((cells, cells), np.float32)
        valid[: height // plan.alignment, : width // plan.alignment] = 1
        return masked(padded, valid)[:height, :width]

    return run
