"""Numbers that compare two photos."""

import math

import numpy as np
from numpy.typing import NDArray

_SIGMA, _REACH = 1.5, 5
_WINDOW = np.exp(-0.5 * (np.arange(-_REACH, _REACH + 1) / _SIGMA) ** 2)
_WINDOW /= _WINDOW.sum()
SSIM_SIDE = len(_WINDOW)
"""Side of the window that SSIM looks through, pixels."""

_ROWS = 32
"""Rows of SSIM values computed at a time: so many stay in a processor's cache, which takes a third of the time."""


def psnr(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Peak signal-to-noise ratio in dB over all RGB values of two 8-bit photos (peak 255); infinite for equal ones.

    Raises:
        ValueError: the shapes differ.
    """
    if a.shape != b.shape:
        raise ValueError(f"psnr: shapes differ: {a.shape} and {b.shape}")
    return decibels(float(np.mean(np.square(a.astype(np.float64) - b.astype(np.float64)))))


def decibels(squared_error: float) -> float:
    """PSNR in dB of a mean squared error in levels (peak 255); infinite for none."""
    return math.inf if squared_error == 0 else 10 * math.log10(255.0**2 / squared_error)


def ssim(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Structural similarity of two 8-bit photos, height x width x 3: at most 1, which equal ones have.

    Mean over the channels and over every place where the whole window fits: 11 x 11 Gaussian, sigma 1.5 pixels, K1 = 0.01,
    K2 = 0.03, peak 255. The authors' own code, and scikit-image's `structural_similarity` with `gaussian_weights=True`,
    `sigma=1.5`, `use_sample_covariance=False`, `data_range=255`, compute the same for each channel. Source: Wang, Bovik,
    Sheikh, Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity", IEEE TIP 2004, section
    III.B.

    Raises:
        ValueError: the shapes differ, or a side is shorter than the window.
    """
    if a.shape != b.shape:
        raise ValueError(f"ssim: shapes differ: {a.shape} and {b.shape}")
    if a.ndim != 3 or min(a.shape[:2]) < SSIM_SIDE:
        raise ValueError(f"ssim: needs height x width x channels with sides of {SSIM_SIDE} pixels or more, got {a.shape}")
    planes = [np.ascontiguousarray(photo.transpose(2, 0, 1), dtype=np.float64) for photo in (a, b)]
    sums = [
        float(_similarity(*(plane[:, top : top + _ROWS + 2 * _REACH] for plane in planes)).sum())
        for top in range(0, a.shape[0] - 2 * _REACH, _ROWS)
    ]
    places: int = math.prod((a.shape[0] - 2 * _REACH, a.shape[1] - 2 * _REACH, a.shape[2]))
    return math.fsum(sums) / places


def _similarity(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_x, mean_y = _blurred(x), _blurred(y)
    product = mean_x * mean_y
    squares = mean_x * mean_x + mean_y * mean_y
    covariance = _blurred(x * y) - product
    variances = _blurred(x * x + y * y) - squares
    similarity: NDArray[np.float64] = (2 * product + c1) * (2 * covariance + c2) / ((squares + c1) * (variances + c2))
    return similarity


def _blurred(planes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted means over the window, along both axes, where it fits."""
    height, width = planes.shape[1] - 2 * _REACH, planes.shape[2] - 2 * _REACH
    rows = sum(weight * planes[:, at : at + height] for at, weight in enumerate(_WINDOW))
    assert isinstance(rows, np.ndarray)
    columns = sum(weight * rows[:, :, at : at + width] for at, weight in enumerate(_WINDOW))
    assert isinstance(columns, np.ndarray)
    return columns
