"""What is measured of a picture to recognise which filter made it, whatever a site did to it since.

A filter leaves its look, and what it hides: details of the photo, too weak to be seen, where the filter's output has none.
Resizing and compression weaken both, and destroy neither. So a picture is looked at in three sizes, and in Y, Cb and Cr: how
strong steps are and how unevenly they are spread, how steps of one colour follow those of another, how light and how
colourful it is. No graph is run, and nothing depends on a grid.

Sources: wavelet statistics as in Farid and Lyu, "Higher-order wavelet statistics and their application to digital forensics"
(2003); neighbouring residuals as in Fridrich and Kodovsky, "Rich models for steganalysis of digital images" (2012).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

VERSION = 1
"""Of the measures: a recogniser that was calibrated on others is not asked."""

SIDE = 256
"""Most pixels that a side of a square has that is looked at."""

LEAST = 64
"""Least side of a picture that is looked at, pixels."""

_SIZES = 3
_BLOCK = 4
_FLOOR = 1e-3
_QUANTILES = ((0.05, 0.2, 0.4, 0.6, 0.8, 0.95), (0.2, 0.5, 0.8), (0.2, 0.5, 0.8))
"""Of the power of fine detail over blocks, by plane."""

_LEVELS, _COLOURFULNESS, _EMPTY = 16, 12, 0.003
"""Bins of luma and of the difference of the largest and the least channel, and what an empty one counts as."""

Floats = NDArray[np.float32]


def traces(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The measures of each square of a picture (uint8, height x width x 3), a row of `COUNT` each.

    One square in the middle, or four in the middle of each quarter where the picture has room for them; no row where the
    picture is smaller than `LEAST`. Equal pictures have equal measures, and the cost has a bound.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST:
        return np.empty((0, COUNT))
    squares = [pixels[top:bottom, left:right] for top, bottom in _spans(height) for left, right in _spans(width)]
    return np.array([_measured(square) for square in squares])


def _spans(length: int) -> list[tuple[int, int]]:
    if length < 2 * SIDE:
        side = min(length, SIDE)
        return [((length - side) // 2, (length - side) // 2 + side)]
    return [(length * place // 4 - SIDE // 2, length * place // 4 + SIDE // 2) for place in (1, 3)]


def _measured(square: NDArray[np.uint8]) -> NDArray[np.float64]:
    red, green, blue = (square[..., channel].astype(np.float32) for channel in range(3))
    luma = np.float32(0.299) * red + np.float32(0.587) * green + np.float32(0.114) * blue
    planes = [luma, (blue - luma) * np.float32(0.564), (red - luma) * np.float32(0.713)]
    measures = [*_detail(planes), *_tones(square, planes)]
    return np.array(measures, np.float64)


def _detail(planes: list[Floats]) -> Iterator[float]:
    finer: Floats | None = None
    for _ in range(_SIZES):
        steps = [(plane[:-1, 1:] - plane[:-1, :-1], plane[1:, :-1] - plane[:-1, :-1], _diagonal(plane)) for plane in planes]
        local = [_block_means(np.square(diagonal)) for _, _, diagonal in steps]
        for (across, down, diagonal), power, quantiles in zip(steps, local, _QUANTILES, strict=True):
            for bands in ((across, down), (diagonal,)):
                yield _log(sum(float(np.square(band).mean()) for band in bands))
                yield _log(sum(float(np.abs(band).mean()) for band in bands) ** 2)
            for lag in (1, 2):
                yield _correlation(diagonal[:, lag:], diagonal[:, :-lag])
                yield _correlation(diagonal[lag:], diagonal[:-lag])
            yield from map(_log, np.quantile(power, quantiles))
        uneven = [np.log10(power + np.float32(10 * _FLOOR)) for power in local]
        for one, other in ((0, 1), (0, 2), (1, 2)):
            yield _correlation(steps[one][2], steps[other][2])
            yield sum(_correlation(steps[one][axis], steps[other][axis]) for axis in (0, 1)) / 2
            yield _correlation(uneven[one], uneven[other])
        if finer is not None:
            smaller = _halved(finer)
            height, width = np.minimum(smaller.shape, uneven[0].shape)
            yield _correlation(smaller[:height, :width], uneven[0][:height, :width])
        finer = uneven[0]
        planes = [_halved(plane) for plane in planes]


def _tones(square: NDArray[np.uint8], planes: list[Floats]) -> Iterator[float]:
    luma = planes[0]
    yield float(luma.mean()) / 64
    yield float(luma.std()) / 32
    yield from _shares(luma, _LEVELS)
    for plane in planes[1:]:
        yield float(plane.mean()) / 16
        yield _log(float(plane.var()))
        yield _log(float(np.abs(plane).mean()) ** 2)
    yield from _shares(square.max(axis=2) - square.min(axis=2), _COLOURFULNESS)


def _shares(values: Floats | NDArray[np.uint8], bins: int) -> Iterator[float]:
    """Shares of 16 levels each, log10; the last bin has all that lies above."""
    counts = np.bincount(np.minimum(values.ravel() / 16, bins - 1).astype(np.int64), minlength=bins)
    yield from np.log10(counts / values.size + _EMPTY).tolist()


def _diagonal(plane: Floats) -> Floats:
    return plane[1:, 1:] - plane[1:, :-1] - plane[:-1, 1:] + plane[:-1, :-1]


def _halved(plane: Floats) -> Floats:
    """Means of 2 x 2; a last line that is left over is left out."""
    height, width = (length // 2 * 2 for length in plane.shape)
    even = plane[:height, :width]
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) * np.float32(0.25)


def _block_means(plane: Floats) -> Floats:
    height, width = (length // _BLOCK for length in plane.shape)
    blocks = plane[: height * _BLOCK, : width * _BLOCK].reshape(height, _BLOCK, width, _BLOCK)
    means: Floats = blocks.mean((1, 3))
    return means


def _log(power: float) -> float:
    return float(np.log10(power + _FLOOR))


def _correlation(one: Floats, other: Floats) -> float:
    one, other = one - one.mean(), other - other.mean()
    power = float(np.square(one).mean()) * float(np.square(other).mean())
    return float((one * other).mean()) / float(np.sqrt(power + 1e-6))


COUNT = len(_measured(np.zeros((LEAST, LEAST, 3), np.uint8)))
"""How many measures there are of a square."""
