"""A photo that was made smaller on its way and brought back to its size."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter_training.evaluation.carriers import Saved
from unfilter_training.evaluation.carriers.png import Png


@dataclass(frozen=True)
class Resized:
    """A PNG at `percent` of both sides, and back, by Pillow's Lanczos filter; the bytes are the small file's."""

    percent: int = 75

    @property
    def name(self) -> str:
        """Such as `PNG at 75 % and back`."""
        return f"PNG at {self.percent} % and back"

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """See `Carrier`."""
        height, width = pixels.shape[:2]
        small = Png().through(_resized(pixels, height * self.percent // 100, width * self.percent // 100), folder)
        return Saved(_resized(small.pixels, height, width), small.bytes)


def _resized(pixels: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    size = (max(width, 1), max(height, 1))
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
