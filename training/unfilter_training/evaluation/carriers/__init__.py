"""Files that a photo may travel in: equal siblings, each saves a photo, reads it back, and says how many bytes it took.

    saved = Jpeg(80, "4:2:0").through(pixels, folder)

`pixels` are uint8 RGB, height x width x 3, and so is `saved.pixels`, of the same size. The name of a carrier says all that
matters of it, and stands in tables and in the keys of what was measured.
"""

from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Carrier", "Saved"]


class Saved(NamedTuple):
    """A photo as read back from its file (uint8, height x width x 3), and the file's size."""

    pixels: NDArray[np.uint8]
    bytes: int


@runtime_checkable
class Carrier(Protocol):
    """One way to save a photo. Frozen, and equal to another of the same settings."""

    @property
    def name(self) -> str:
        """What it is, in words, such as `JPEG 80 4:2:0`."""
        ...

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """Save `pixels` to a file in `folder` and read it back; files of the same carrier are overwritten."""
        ...
