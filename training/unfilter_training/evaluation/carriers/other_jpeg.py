"""JPEG by other programs than ours: another encoder (mozjpeg), and another decoder (the IJG's libjpeg 9).

libjpeg-turbo, which Pillow, browsers and Android use, mozjpeg and libjpeg 6b decode a file to the same bytes. libjpeg 7 and
later bring chroma of 4:2:0 back to full size with a scaled DCT where the others interpolate ("fancy upsampling"), which
changes a fifth of the values. mozjpeg writes other quantisation tables, and chooses coefficients by their cost in bits
(trellis quantisation). Both come with the package `jpeglib`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.photo import Photo, Subsampling, read_photo, write_photo
from unfilter_training.evaluation.carriers import Saved

ENCODER, DECODER = "mozjpeg403", "9e"
"""Versions as `jpeglib` calls them: mozjpeg 4.0.3 and the IJG's libjpeg 9e."""

_FACTORS = {"4:2:0": ((2, 2), (1, 1), (1, 1)), "4:4:4": ((1, 1), (1, 1), (1, 1))}


@dataclass(frozen=True)
class MozJpeg:
    """Written by mozjpeg with its defaults (progressive, trellis), read by the SDK."""

    quality: int
    subsampling: Subsampling = "4:2:0"

    @property
    def name(self) -> str:
        """Such as `mozjpeg 80 4:2:0`."""
        return f"mozjpeg {self.quality} {self.subsampling}"

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """See `Carrier`."""
        import jpeglib

        path = folder / "carrier.mozjpeg.jpg"
        with jpeglib.version(ENCODER):
            image = jpeglib.from_spatial(np.ascontiguousarray(pixels))
            image.samp_factor = _FACTORS[self.subsampling]
            image.write_spatial(str(path), qt=self.quality)
        return Saved(read_photo(path).pixels, path.stat().st_size)


@dataclass(frozen=True)
class ReadByLibjpeg9:
    """Written by the SDK, read by the IJG's libjpeg 9."""

    quality: int
    subsampling: Subsampling = "4:2:0"

    @property
    def name(self) -> str:
        """Such as `JPEG 80 4:2:0 read by libjpeg 9`."""
        return f"JPEG {self.quality} {self.subsampling} read by libjpeg 9"

    def through(self, pixels: NDArray[np.uint8], folder: Path) -> Saved:
        """See `Carrier`."""
        import jpeglib

        path = folder / "carrier.jpg"
        write_photo(path, Photo(pixels), quality=self.quality, subsampling=self.subsampling)
        with jpeglib.version(DECODER):
            decoded = np.array(jpeglib.read_spatial(str(path)).spatial)
        return Saved(decoded, path.stat().st_size)
