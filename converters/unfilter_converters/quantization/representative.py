"""The representative photos that ranges of activations are measured on: the golden ones, at three values of every
hyper-parameter.

Four photos are few, so ranges are doubled: of 16 bits that costs one, where a photo outside its range would be torn.
"""

import numpy as np
from numpy.typing import NDArray

from unfilter.photo import read_photo
from unfilter.proof.goldens import golden_look
from unfilter_converters.goldens import LICENCES, PHOTOS, mosaic

MARGIN = 2.0
NORMALISED = (0.0, 0.5, 1.0)
"""What each hyper-parameter is set to, 0..1 in its range."""


def batch(side: int) -> NDArray[np.float32]:
    """One picture of the photos side by side, 1 x `side` x `side` x 3, sRGB 0..1."""
    return _levels(side)[None].astype(np.float32) / np.float32(255)


def output(side: int) -> NDArray[np.float32]:
    """What a guided filter gets beside `batch`, of the same shape."""
    return golden_look(_levels(side))[None].astype(np.float32) / np.float32(255)


def _levels(side: int) -> NDArray[np.uint8]:
    return mosaic([read_photo(PHOTOS / f"{name}.webp").pixels for name in LICENCES], side)
