"""What is measured of a file: how its pixels meet both directions of the filter.

A quasi-invertible network keeps nearly everything of its own files through inverse and forward, and less of others. Where
the pixels were moved, resampled or compressed, the details that the filter hid are misread: the restored photo gets noise of
its own, in chroma most. Recolouring leaves both directions in agreement; it shows in the histogram, whose levels no longer
lie evenly. Squared means are taken as log10, so that they spread evenly and their differences are ratios.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from unfilter.format.rounding import to_bytes, to_floats
from unfilter.format.tiles import Span, TilePlan
from unfilter.run.runtimes import BoundGraph
from unfilter.run.tiling import run_joined

CELL, TRIM = 128, 16
"""Side of a square that is looked at, and the margin that is left out of the measures, pixels: in it, the squares meet."""

LEAST = 96
"""Least side of a photo that is measured, pixels."""

NAMES = (
    "residual", "residual_fine", "residual_spread", "residual_coarse", "beyond_range", "moved",
    "fine_given", "fine_restored", "fine_again", "spread_given", "spread_restored", "steps_given", "steps_restored",
    "chroma_given", "chroma_restored", "chroma_again",
    "columns_restored", "rows_restored", "columns_residual", "rows_residual",
    "comb", "comb_levels", "comb_wider", "comb_period", "comb_chroma",
)  # fmt: skip
"""The measures, in their order."""

_FLOOR = 1e-7
_MOST_COUNTED = 1 << 20
"""Pixels that a histogram is taken of, at most."""

_WINDOW, _FILLED = 9, 20
"""Levels that are a level's surroundings, and the mean count there from which on it is looked at."""

Floats = NDArray[np.float32]


def measure(forward: BoundGraph, inverse: BoundGraph, pixels: NDArray[np.uint8], plan: TilePlan) -> tuple[float, ...] | None:
    """`NAMES` of a photo (uint8, height x width x 3); None where it is too small, or flat: there is nothing to go by.

    Both graphs see a sample of at most 256 x 256 pixels, the same for the same photo, whatever its size.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST:
        return None
    rows, columns = (cells(length, plan) for length in (height, width))
    given = np.concatenate(
        [np.concatenate([pixels[r.start : r.stop, c.start : c.stop] for c in columns], axis=1) for r in rows]
    )
    if (given == given[:1, :1]).all():
        return None
    restored = run_joined(inverse, given, plan)
    again = run_joined(forward, to_bytes(restored), plan)
    parts = [_parts(part, rows, columns) for part in (to_floats(given), restored, again)]
    return (*_compared(*parts), *_combs(pixels))


def cells(length: int, plan: TilePlan) -> list[Span]:
    """Where the sample lies along an axis: two squares, in the middle of each half, or the whole of a short one.

    Starts are such that tiles can have, sizes are multiples of the alignment. What is kept is counted from the square's own
    start.
    """
    if length < 2 * CELL:
        whole = length - length % plan.alignment
        return [Span(0, whole, TRIM, whole - TRIM)]
    starts = [(length * place // 4 - CELL // 2) // plan.step * plan.step for place in (1, 3)]
    return [Span(start, start + CELL, TRIM, CELL - TRIM) for start in starts]


def _parts(sample: Floats, rows: list[Span], columns: list[Span]) -> list[Floats]:
    """The squares of a sample without their margins."""
    parts = []
    top = 0
    for row in rows:
        left = 0
        for column in columns:
            kept = np.s_[top + row.keep_start : top + row.keep_stop, left + column.keep_start : left + column.keep_stop]
            parts.append(sample[kept])
            left += column.stop - column.start
        top += row.stop - row.start
    return parts


def _compared(given: list[Floats], restored: list[Floats], again: list[Floats]) -> Iterator[float]:
    residual = [a - g for a, g in zip(again, given, strict=True)]
    yield _power(residual)
    yield _power(map(_diagonal, residual))
    yield _power(map(_spread, residual))
    yield _power(map(_coarse, residual))
    yield _power(part - part.clip(0, 1) for part in restored)
    yield _power(r - g for r, g in zip(restored, given, strict=True))
    for parts in (given, restored, again):
        yield _power(map(_diagonal, parts))
    for parts in (given, restored):
        yield _power(map(_spread, parts))
    for parts in (given, restored):
        yield _power(np.diff(part, axis=0) for part in parts)
    for parts in (given, restored, again):
        yield _power(_diagonal(part[..., 0] - part[..., 1]) for part in parts)
    for parts in (restored, residual):
        for axis in (1, 0):
            yield _phases(parts, axis)


def _power(parts: Iterable[Floats]) -> float:
    squares = [np.square(part).mean(dtype=np.float64) for part in parts]
    return float(np.log10(np.mean(squares) + _FLOOR))


def _diagonal(part: Floats) -> Floats:
    """Haar's finest diagonal band, at every pixel."""
    return (part[:-1, :-1] - part[1:, :-1] - part[:-1, 1:] + part[1:, 1:]) * np.float32(0.5)


def _spread(part: Floats) -> Floats:
    """What a pixel has beyond the mean of its four neighbours."""
    around = part[:-2, 1:-1] + part[2:, 1:-1] + part[1:-1, :-2] + part[1:-1, 2:]
    return part[1:-1, 1:-1] - around * np.float32(0.25)


def _coarse(part: Floats) -> Floats:
    """Means of 4 x 4 pixels."""
    height, width = (length // 4 for length in part.shape[:2])
    means: Floats = part[: 4 * height, : 4 * width].reshape(height, 4, width, 4, 3).mean((1, 3))
    return means


def _phases(parts: list[Floats], axis: int) -> float:
    """Power of the steps between the network's cells, of 2 pixels, over that of the steps within them; log10."""
    steps = [np.diff(part, axis=axis).swapaxes(0, axis) for part in parts]
    return _power([step[1::2] for step in steps]) - _power([step[0::2] for step in steps])


def _combs(pixels: NDArray[np.uint8]) -> Iterator[float]:
    """How unevenly neighbouring levels are filled: of R, G and B in four ways, then of their differences to G."""
    stride = max(1, round((pixels.shape[0] * pixels.shape[1] / _MOST_COUNTED) ** 0.5))
    levels = pixels[::stride, ::stride].reshape(-1, 3).astype(np.int16)
    colours = [np.bincount(levels[:, channel], minlength=256) for channel in range(3)]
    chroma = [np.bincount(levels[:, channel] - levels[:, 1] + 255, minlength=511) for channel in (0, 2)]
    for way in (_comb_by_pixels, _comb_by_levels, _comb_against_wider, _comb_period):
        yield float(np.mean([way(counts[2:-2].astype(np.float64)) for counts in colours]))  # clipping fills the ends
    yield float(np.mean([_comb_by_pixels(counts[2:-2].astype(np.float64)) for counts in chroma]))


Counts = NDArray[np.float64]


def _uneven(counts: Counts, distance: int = 1) -> Counts:
    """By how much a level differs from the mean of those at `distance` on either side."""
    around = np.pad(counts, distance, mode="edge")
    return np.abs(counts - (around[: -2 * distance] + around[2 * distance :]) / 2)


def _smooth(counts: Counts) -> Counts:
    return np.convolve(counts, np.full(_WINDOW, 1 / _WINDOW), "same")


def _comb_by_pixels(counts: Counts) -> float:
    """Unevenness as a share of all pixels, log10."""
    return float(np.log10((_uneven(counts).sum() + 1) / (counts.sum() + 1)))


def _comb_by_levels(counts: Counts) -> float:
    """Unevenness of a level beside its surroundings, mean over levels, log10."""
    smooth = _smooth(counts)
    filled = smooth > _FILLED
    return float(np.log10(np.mean(np.minimum(_uneven(counts)[filled] / smooth[filled], 1)) + 1e-3)) if filled.any() else 0.0


def _comb_against_wider(counts: Counts) -> float:
    """The same against unevenness at twice the distance, which is what a photo's own peaks have more of; log10."""
    smooth = _smooth(counts)
    filled = smooth > _FILLED
    if not filled.any():
        return 0.0
    near, wide = (np.mean(_uneven(counts, distance)[filled] / smooth[filled]) + 1e-3 for distance in (1, 2))
    return float(np.log10(near / wide))


def _comb_period(counts: Counts) -> float:
    """Strongest period below four levels in the counts beside their surroundings, log10 of its power."""
    smooth = _smooth(counts)
    filled = smooth > _FILLED
    beside = np.where(filled, counts / np.maximum(smooth, 1) - 1, 0).clip(-1, 2)
    power = np.square(np.abs(np.fft.rfft(beside * np.hanning(len(beside)))))
    return float(np.log10((power[len(power) // 2 :].max() / len(beside) + _FLOOR) / (np.square(filled.mean()) + _FLOOR)))
