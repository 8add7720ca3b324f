"""Chains that a shared photo is measured through: saved, resized by the site, saved by the site. Nothing but pixels arrives.

`degradation.sharing` imitates the same in training; here real files are written and read, and resizing is Pillow's.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.photo import Photo, read_photo, write_photo

_KERNELS = {
    "Lanczos": Image.Resampling.LANCZOS,
    "bicubic": Image.Resampling.BICUBIC,
    "box": Image.Resampling.BOX,
}


@dataclass(frozen=True)
class Chain:
    """JPEG of quality `saved`, both sides times `scale` by Pillow's `kernel`, JPEG of quality `posted`, all 4:2:0."""

    saved: int
    scale: float
    posted: int
    kernel: Literal["Lanczos", "bicubic", "box"] = "Lanczos"

    @property
    def name(self) -> str:
        """Such as `JPEG 90, x 0.75, JPEG 85`; a kernel other than Lanczos is named."""
        kernel = "" if self.kernel == "Lanczos" else f" {self.kernel}"
        size = "" if self.scale == 1 else f", x {self.scale:g}{kernel}"
        return f"JPEG {self.saved}{size}, JPEG {self.posted}"

    def arrived(self, pixels: NDArray[np.uint8], folder: Path) -> NDArray[np.uint8]:
        """What arrives of a photo (uint8, height x width x 3), read from the site's file in `folder`."""
        return _through_jpeg(self.reference(_through_jpeg(pixels, folder, self.saved)), folder, self.posted)

    def reference(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The photo at the size that arrives."""
        if self.scale == 1:
            return pixels
        height, width = (max(1, round(side * self.scale)) for side in pixels.shape[:2])
        return np.array(Image.fromarray(pixels).resize((width, height), _KERNELS[self.kernel]))


CHAINS = (Chain(90, 0.75, 85), Chain(90, 0.5, 75))
"""Those that every card has."""


def _through_jpeg(pixels: NDArray[np.uint8], folder: Path, quality: int) -> NDArray[np.uint8]:
    path = folder / "shared.jpg"
    write_photo(path, Photo(pixels), quality=quality, subsampling="4:2:0")
    return read_photo(path).pixels
