"""Finding a filter's mark (`unfilter.format.mark`) in a picture that was resized, cut, turned and compressed
(R31 and R32 of sdk/format/RULES.md).

The picture is folded onto the pattern's cells at every size that it may have had, and correlated with every filter's pattern
at every place and in every orientation at once. What stands out is measured in deviations of the whole correlation, so
that the threshold is a rate of false alarms and hangs on no photo.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unfilter.format.mark import CELL, CELLS, pattern

SIDE = 512
"""Side of the square in the middle that is looked at, pixels at most."""

LEAST = 96
"""Least side of a picture that is looked at, pixels."""

SMALLEST = 0.25
"""Least factor of the size at which the mark is looked for; the largest is 1.25."""

THRESHOLD = 6.5
"""Deviations from which on a peak counts."""

_WINDOW = 25
_WHOLE, _FINER = 1024, 12
"""Side of the square by which size and place are found again, and how many finer sizes are tried on either side."""

_MOST, _LEAST_POWER = 8.0, 2.0
"""A picture's own colours are held down: means over `_WINDOW` pixels are taken off, what is left is clipped, and counts less
where there is much of it.
"""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Mark:
    """A mark that was found.

    Attributes:
        restoration: of the filter that it names.
        deviations: how far it stands out.
        scale: factor of the size that the picture has now.
        turns, mirrored: quarter turns to the left, after mirroring left and right, that were made of the picture.
    """

    restoration: str
    deviations: float
    scale: float
    turns: int
    mirrored: bool


def strongest(pixels: NDArray[np.uint8], restorations: Iterable[str]) -> Mark | None:
    """The mark that stands out most in `pixels` (uint8, height x width x 3), whether it counts or not; None where these
    are too few. Costs the same for a picture of any size.
    """
    names = sorted(restorations)
    height, width = pixels.shape[:2]
    if not names or min(height, width) < LEAST:
        return None
    blue = _blue(pixels)
    oriented = [(name, turns, mirrored) for name in names for mirrored in (False, True) for turns in range(4)]
    spectra = np.conj(np.fft.rfft2(np.array([_oriented(*each) for each in oriented], np.float32)))
    best: Mark | None = None
    for scale in _scales(max(blue.shape)):
        folded = _folded(blue, scale)
        correlation = np.fft.irfft2(np.fft.rfft2(folded)[None] * spectra, (CELLS, CELLS)).reshape(len(oriented), -1)
        spread = np.sqrt(np.square(correlation).mean(1)) + 1e-9
        peaks = correlation.max(1) / spread
        index = int(peaks.argmax())
        if best is None or peaks[index] > best.deviations:
            name, turns, mirrored = oriented[index]
            best = Mark(name, float(peaks[index]), scale, turns, mirrored)
    return best


def upright(pixels: NDArray[np.uint8], turns: int, mirrored: bool) -> NDArray[np.uint8]:
    """`pixels` (first axes height and width) as they were before they were mirrored and turned, as `Mark` says."""
    turned = np.rot90(pixels, -turns)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)


def _blue(pixels: NDArray[np.uint8], side: int = SIDE) -> Floats:
    """Blue beside red and green in the middle, without its own slow course, weighed by how quiet it is."""
    top, left = (max(0, (length - side) // 2) for length in pixels.shape[:2])
    blue = _slow_course_off(pixels[top : top + side, left : left + side])
    weighed: Floats = blue / (_means(blue * blue) + np.float32(_LEAST_POWER))
    return weighed


def _slow_course_off(pixels: NDArray[np.uint8]) -> Floats:
    values = pixels.astype(np.float32)
    blue: Floats = (values[..., 2] - (values[..., 0] + values[..., 1]) / 2).astype(np.float32)
    held: Floats = (blue - _means(blue)).clip(-_MOST, _MOST)
    return held


def _means(plane: Floats) -> Floats:
    half = _WINDOW // 2
    for axis in (0, 1):
        padded = np.pad(plane, [(half + 1, half) if each == axis else (0, 0) for each in (0, 1)], mode="edge")
        sums = padded.cumsum(axis, dtype=np.float64)
        count = sums.shape[axis]
        after, before = (np.take(sums, range(*ends), axis) for ends in ((_WINDOW, count), (0, count - _WINDOW)))
        plane = ((after - before) / _WINDOW).astype(np.float32)
    return plane


def _scales(length: int) -> list[float]:
    """Factors so close that over `length` pixels no cell is missed."""
    step = CELL * 0.75 / length
    return [float(1 / inverse) for inverse in np.arange(0.8, 1 / SMALLEST + step, step)]


def _folded(blue: Floats, scale: float, shift: float = 0.0) -> Floats:
    """Means of the pixels that fall into each cell, over all repetitions; mean 0, and its strong waves held down."""
    rows, columns = (_cells(length, scale, shift) for length in blue.shape)
    folded = (rows @ blue @ columns.T).astype(np.float32)
    waves = np.fft.rfft2(folded - folded.mean())
    evened: Floats = np.fft.irfft2(waves / np.sqrt(np.abs(waves) + 1e-9), folded.shape).astype(np.float32)
    return evened


def _cells(length: int, scale: float, shift: float) -> Floats:
    """Which cell each pixel falls into, `CELLS` x `length`; each row sums to 1, or to 0."""
    cell = np.floor((np.arange(length) + 0.5) / (scale * CELL) + shift).astype(np.int64) % CELLS
    member = (cell[None] == np.arange(CELLS)[:, None]).astype(np.float32)
    means: Floats = (member / np.maximum(member.sum(1, keepdims=True), 1)).astype(np.float32)
    return means


def _oriented(restoration: str, turns: int, mirrored: bool) -> Floats:
    levels = pattern(restoration).astype(np.float32)
    levels = levels - levels.mean()
    return np.rot90(levels[:, ::-1] if mirrored else levels, turns)


def without(pixels: NDArray[np.uint8], restoration: str, scale: float) -> NDArray[np.uint8]:
    """`pixels`, upright, less the filter's mark that was found at `scale` of its size, as far as compression left it.

    Size and place are found again, finer, by more of the picture; how much is left of the mark is fitted by least squares.
    """
    blue = _blue(pixels, _WHOLE)
    top, left = (max(0, (length - _WHOLE) // 2) for length in pixels.shape[:2])
    levels = pattern(restoration).astype(np.float32)
    spectrum = np.conj(np.fft.rfft2(levels - levels.mean()))
    best = (-1.0, scale, 0.0, (0, 0))
    step = CELL * 0.5 / max(blue.shape) * scale
    for size in scale + step * np.arange(-_FINER, _FINER + 1):
        for part in (0.0, 0.5):
            correlation = np.fft.irfft2(np.fft.rfft2(_folded(blue, float(size), part)) * spectrum, (CELLS, CELLS))
            peak = float(correlation.max() / (np.sqrt(np.square(correlation).mean()) + 1e-9))
            if peak > best[0]:
                row, column = np.unravel_index(int(correlation.argmax()), correlation.shape)
                best = (peak, float(size), part, (int(row), int(column)))
    _, size, part, place = best
    rows, columns = (
        _weights(length, start, size, part - shift)
        for length, start, shift in zip(pixels.shape[:2], (top, left), place, strict=True)
    )
    seen = (rows @ levels @ columns.T).astype(np.float32)
    whole = _slow_course_off(pixels)
    gain = float(np.clip((whole * seen).mean() / (np.square(seen).mean() + 1e-9), 0, 1))
    freed = pixels.copy()
    freed[..., 2] = np.clip(np.rint(pixels[..., 2] - gain * seen), 0, 255).astype(np.uint8)
    return freed


def _weights(length: int, start: int, scale: float, shift: float) -> Floats:
    """How much each cell counts in each pixel, `length` x `CELLS`: linear between the cells' middles."""
    at = (np.arange(length) - start + 0.5) / (scale * CELL) + shift - 0.5
    below = np.floor(at)
    weights = np.zeros((length, CELLS), np.float32)
    for cell, weight in ((below, 1 - (at - below)), (below + 1, at - below)):
        weights[np.arange(length), cell.astype(np.int64) % CELLS] += weight
    return weights
