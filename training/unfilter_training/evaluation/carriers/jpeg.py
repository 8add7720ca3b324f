"""JPEG, once or twice, written and read by the SDK (Pillow's libjpeg-turbo)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.photo import Photo, Subsampling, read_photo, write_photo
from unfilter_training.evaluation.carriers import Saved


@dataclass(frozen=True)
class Jpeg:
    """A JPEG of `quality` (1..100) and `subsampling` of chroma."""

    quality: int
    subsampling: Subsampling = "4:2:0"

    @property
    def name(self) -> str:
        """Such as `JPEG 80 4:2:0`."""
        return f"JPEG {self.quality} {self.subsampling}"

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """See `Carrier`."""
        path = folder / "carrier.jpg"
        write_photo(path, Photo(pixels), quality=self.quality, subsampling=self.subsampling)
        return Saved(read_photo(path).pixels, path.stat().st_size)


@dataclass(frozen=True)
class JpegTwice:
    """A JPEG that was decoded and saved as a JPEG again, as messengers do; the bytes are the second file's."""

    first: Jpeg
    second: Jpeg

    @property
    def name(self) -> str:
        """Such as `JPEG 90 4:2:0, then JPEG 80 4:2:0`."""
        return f"{self.first.name}, then {self.second.name}"

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """See `Carrier`."""
        return self.second.through(self.first.through(pixels, folder).pixels, folder)
