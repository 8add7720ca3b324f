"""PNG: exact. Written and read by the SDK."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training.evaluation.carriers import Saved


@dataclass(frozen=True)
class Png:
    """Eight bits per channel, compressed as Pillow does by default."""

    @property
    def name(self) -> str:
        """`PNG`."""
        return "PNG"

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """See `Carrier`."""
        path = folder / "carrier.png"
        write_photo(path, Photo(pixels))
        return Saved(read_photo(path).pixels, path.stat().st_size)
