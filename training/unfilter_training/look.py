"""How near a filtered photo comes to the operator's output as people see it: from afar, and in flat areas."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unfilter.proof.fidelity.metrics import SSIM_SIDE, psnr, ssim

WINDOW = 16
"""Side of the windows that a grid is looked for in, pixels."""

FLAT = 2.0
"""A window is flat where the operator's output strays from its mean by at most so many levels."""


class Look(NamedTuple):
    """PSNR in dB and SSIM at full, half and quarter resolution; `grid` is as of `grid`."""

    psnr: tuple[float, float, float]
    ssim: tuple[float, float, float]
    grid: float


def look(filtered: NDArray[np.uint8], target: NDArray[np.uint8]) -> Look:
    """Compare two photos (uint8, height x width x 3, sides of 4 pixels up). SSIM is nan where its window does not fit."""
    levels = [(_smaller(filtered, factor), _smaller(target, factor)) for factor in (1, 2, 4)]
    full, half, quarter = ((psnr(*pair), _ssim(*pair)) for pair in levels)
    return Look((full[0], half[0], quarter[0]), (full[1], half[1], quarter[1]), grid(filtered, target))


def _ssim(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    return ssim(a, b) if min(a.shape[:2]) >= SSIM_SIDE else math.nan


def grid(filtered: NDArray[np.uint8], target: NDArray[np.uint8]) -> float:
    """Amplitude in levels of a pattern that repeats every two pixels, where the operator's output is flat; else 0.

    In every flat window the errors of the four places of a 2 x 2 cell are averaged; their spread is what a grid adds. Noise
    of n levels comes to n / 8 at most, since each average is over 64 pixels.
    """
    height, width = (side - side % WINDOW for side in filtered.shape[:2])
    shape = (height // WINDOW, WINDOW // 2, 2, width // WINDOW, WINDOW // 2, 2, 3)
    flat = target[:height, :width].astype(np.float64).reshape(shape)
    quiet = np.sqrt(flat.var(axis=(1, 2, 4, 5)).mean(-1)) <= FLAT
    if not quiet.any():
        return 0.0
    error = (filtered[:height, :width].astype(np.float64) - target[:height, :width]).reshape(shape)
    places = error.mean(axis=(1, 4))  # window row, place row, window column, place column, colour
    spread = np.sqrt(places.var(axis=(1, 3)).mean(-1))
    return float(np.sqrt(np.square(spread[quiet]).mean()))


def _smaller(pixels: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Means of `factor` x `factor` pixels; what is left over at the ends is cut off."""
    height, width = (side // factor for side in pixels.shape[:2])
    cells = pixels[: height * factor, : width * factor].reshape(height, factor, width, factor, 3)
    return np.floor(cells.mean(axis=(1, 3)) + 0.5).astype(np.uint8)
