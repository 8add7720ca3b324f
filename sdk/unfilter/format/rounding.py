"""The one rule that turns a graph's unclipped floats into the bytes of a file, the same in every language (R2 of
sdk/format/RULES.md).

`floor(clip(x, 0, 1) * 255 + 0.5)` in float32. Not numpy's or torch's `round`, which send halves to the even neighbour.
"""

import numpy as np
from numpy.typing import NDArray

RULE = "floor(clip(x, 0, 1) * 255 + 0.5) in float32"


def to_bytes(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """8-bit levels of `values` (any shape; 0..1 is black to white, the rest is clipped, not-a-number becomes black)."""
    scaled = np.nan_to_num(values.astype(np.float32, copy=False), nan=0.0)
    scaled = np.clip(scaled, np.float32(0), np.float32(1)) * np.float32(255) + np.float32(0.5)
    return np.floor(scaled).astype(np.uint8)


def to_floats(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """8-bit levels as float32 in 0..1. Law: `to_bytes(to_floats(levels)) == levels`."""
    return levels.astype(np.float32) / np.float32(255)
