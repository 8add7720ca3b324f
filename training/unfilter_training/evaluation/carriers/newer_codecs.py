"""WebP and AVIF by Pillow: what a photo may be recoded to on its way, and what an original may be kept as beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.photo import Subsampling
from unfilter.photo.coded import avif, decoded
from unfilter_training.evaluation.carriers import Saved


@dataclass(frozen=True)
class WebP:
    """Lossy WebP of `quality` 0..100 (chroma is always 4:2:0); None is lossless."""

    quality: int | None

    @property
    def name(self) -> str:
        """Such as `WebP 80`, or `WebP lossless`."""
        return f"WebP {'lossless' if self.quality is None else self.quality}"

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """See `Carrier`."""
        settings = {"lossless": True} if self.quality is None else {"quality": self.quality}
        return _through(pixels, folder / "carrier.webp", **settings)


@dataclass(frozen=True)
class Avif:
    """AVIF of `quality` 0..100, eight bits, encoded at Pillow's default speed, 6."""

    quality: int
    subsampling: Subsampling = "4:2:0"

    @property
    def name(self) -> str:
        """Such as `AVIF 60 4:2:0`."""
        return f"AVIF {self.quality} {self.subsampling}"

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """See `Carrier`."""
        # One thread: with more, the file is cut into tiles and its size depends on the machine.
        return _through(
            pixels, folder / "carrier.avif", quality=self.quality, subsampling=self.subsampling, speed=6, max_threads=1
        )


@dataclass(frozen=True)
class AvifForPsnr:
    """AVIF of `quality` 0..100, 4:4:4, encoded for PSNR as payloads and top-ups are (`unfilter.photo.coded`)."""

    quality: int

    @property
    def name(self) -> str:
        """Such as `AVIF 60 4:4:4 for PSNR`."""
        return f"AVIF {self.quality} 4:4:4 for PSNR"

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """See `Carrier`."""
        content = avif(pixels, self.quality)
        found = decoded(content, "avif", *pixels.shape[:2])
        assert found is not None
        return Saved(found, len(content))


def _through(pixels: NDArray[np.uint8], path: Path, **settings: Any) -> Saved:
    Image.fromarray(pixels).save(path, **settings)
    with Image.open(path) as image:
        return Saved(np.array(image.convert("RGB")), path.stat().st_size)
