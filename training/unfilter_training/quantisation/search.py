"""The search: tables begin where `sensitivity` puts them, and bands of frequencies move for as long as real files gain."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from unfilter.format.quantisation import ANNEX_K, QuantiserTables
from unfilter_training.quantisation.comparison import Gain
from unfilter_training.quantisation.sensitivity import components_of, steps_for
from unfilter_training.quantisation.trial import Trial

LOOK_COSTS = 3.0
"""Logarithm of bytes that a lost decibel of look counts: 0.03 dB is worth 10 % of the bytes, so that none is given away."""

_BANDS = ((0,), (1,), (2,), (3,), (4, 5), (6, 7), (8, 9, 10, 11, 12, 13, 14))
_FREQUENCY = np.add.outer(np.arange(8), np.arange(8)).ravel()
_TURN = np.array([(v - u) / 7 for v in range(8) for u in range(8)])
"""Across the diagonal: steps of vertical detail against those of horizontal detail."""

_LEVEL, _PERCENT_AT_LEVEL = 80, 0.4
"""The quality at which coefficients are weighed and tables levelled, and its steps for one at quality 50."""

_LOOKS = (0.0, 0.3, 0.7, 0.95)
"""Parts of the error that are counted in the picture itself, in the tables that the search may begin at."""

_MOVE = 0.2
"""How far a band is moved, in the logarithm of its steps. A second round of half of that gave 0.2 to 0.8 % more of the bytes
(`llf`, `l0`, `cpd`, `exposure`; `bwp` 3.8 %), in half as much time again.
"""

_LEAST = 1e-4
"""What a move must gain, in the logarithm of the bytes."""

Logarithms = NDArray[np.float64]
"""Of both tables at quality 50, 2 x 64."""


class Search:
    """Tables for one filter and one chroma subsampling.

    Args:
        trial: on which they are tried.
        margin: decibels of look that must be gained on its crops; other photos gain up to 0.2 dB less.
        on_step: called with a line of progress.
    """

    def __init__(self, trial: Trial, margin: float, on_step: Callable[[str], None] = lambda _: None) -> None:
        self._trial, self._margin, self._on_step = trial, margin, on_step

    def found(self) -> QuantiserTables:
        """The best tables, scaled so that at quality 80 they restore as much as annex K's do."""
        best, cost = self._begin()
        for direction in _directions():
            for step in (_MOVE * direction, -_MOVE * direction):
                moved, before = best + step, cost
                while (moved_cost := self._cost(moved)) < cost - _LEAST:
                    best, cost, moved = moved, moved_cost, moved + step
                if cost < before:
                    break
        self._on_step(f"bands moved: {1 - math.exp(cost):.1%} less, with what lost look counts")
        return self._as_annex_k(best)

    def _begin(self) -> tuple[Logarithms, float]:
        """Annex K, or what the coefficients count, mixed with it or not; whichever costs least."""
        annex_k = np.log([ANNEX_K.luma, ANNEX_K.chroma])
        best, cost = annex_k, self._cost(annex_k)
        like = ANNEX_K.at(_LEVEL)
        components = components_of(self._trial.crops, like, self._trial.subsampling)
        for look in _LOOKS:
            asked = np.log(steps_for(components, like, look) / _PERCENT_AT_LEVEL)
            for part in (1.0, 0.5):
                mixed = annex_k + part * (asked - annex_k)
                if (mixed_cost := self._cost(mixed)) < cost:
                    best, cost = mixed, mixed_cost
            self._on_step(f"look counting {look:.0%}: {1 - math.exp(cost):.1%} less, with what lost look counts")
        return best, cost

    def _cost(self, logarithms: Logarithms) -> float:
        return cost_of(self._trial.gain(_tables(logarithms)), self._margin)

    def _as_annex_k(self, logarithms: Logarithms) -> QuantiserTables:
        """Tables of these proportions that restore at quality 80 what annex K's do."""
        wanted = self._trial.crops.coded(ANNEX_K.at(_LEVEL), self._trial.subsampling).restored
        low, high = -1.0, 1.0
        for _ in range(6):
            middle = (low + high) / 2
            if self._trial.crops.coded(_tables(logarithms + middle).at(_LEVEL), self._trial.subsampling).restored > wanted:
                low = middle
            else:
                high = middle
        return _tables(logarithms + (low + high) / 2)


def cost_of(gain: Gain, margin: float = 0.0) -> float:
    """Logarithm of the bytes for one of annex K's at equal restoration, and what look below the margin counts."""
    return math.log(1 - gain.saved) + LOOK_COSTS * max(0.0, margin - gain.look)


def _directions() -> list[Logarithms]:
    """Bands of luma, then of chroma, then of both tables vertical against horizontal detail."""
    found = []
    for component in range(2):
        for band in _BANDS:
            direction = np.zeros((2, 64))
            direction[component] = np.isin(_FREQUENCY, band)
            found.append(direction)
    for component in range(2):
        direction = np.zeros((2, 64))
        direction[component] = _TURN
        found.append(direction)
    return found


def _tables(logarithms: Logarithms) -> QuantiserTables:
    luma, chroma = np.clip(np.round(np.exp(logarithms)), 1, 255).astype(int).tolist()
    return QuantiserTables(luma=tuple(luma), chroma=tuple(chroma))
