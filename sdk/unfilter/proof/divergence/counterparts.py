"""Which values of two graphs are the same.

A value is the counterpart of another one's channels `start .. start + count`: a graph may compute at once what the other
computes in two halves, and it may compute minus what the other does, all of it. Anything else, channels in another order
among them, is not the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unfilter.proof.divergence.operation import Operation, Planes

_SCALE = 1e-3
"""Values that are smaller everywhere are compared as if they reached this: rounding noise of nearly zero is no error."""

_FEW = np.s_[:, 3::13, 3::13]
"""Pixels that are looked at first: they tell most values apart, and what differs there differs as much at least overall."""


@dataclass(frozen=True)
class Counterpart:
    """Attributes:
    operation: of the other graph.
    values: the channels of it that are compared, with the sign that fits.
    error: largest difference, relative to the largest of those values; infinite where one is not a number.
    """

    operation: Operation
    values: Planes
    error: float


class Counterparts:
    """Finds counterparts among the values of one graph."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._candidates: dict[tuple[int, int], list[tuple[Operation, Planes, NDArray[np.float32]]]] = defaultdict(list)
        for each in operations:
            few = each.values[_FEW].reshape(each.values.shape[0], -1)
            largest = np.max(np.abs(each.values), axis=(1, 2))
            self._candidates[each.values.shape[1], each.values.shape[2]].append((each, few, largest))

    def nearest(self, values: Planes) -> Counterpart | None:
        """The nearest value that has the same height and width, and as many channels or more; None where there is none."""
        channels = values.shape[0]
        few = values[_FEW].reshape(channels, -1).T
        possible = []
        for each, other, largest in self._candidates[values.shape[1], values.shape[2]]:
            if other.shape[0] < channels:
                continue
            windows = np.lib.stride_tricks.sliding_window_view(other, channels, axis=0)
            scale = np.maximum(_SCALE, np.lib.stride_tricks.sliding_window_view(largest, channels).max(axis=1))
            for sign in (1, -1):
                least = np.abs(few - sign * windows).max(axis=(1, 2)) / scale
                possible += [(bound, start, sign, each) for start, bound in enumerate(least.tolist())]
        best: Counterpart | None = None
        for bound, start, sign, each in sorted(possible, key=lambda found: found[0]):
            if best is not None and not bound < best.error:
                break
            part = sign * each.values[start : start + channels]
            error = difference(values, part)
            if best is None or error < best.error:
                best = Counterpart(each, part, error)
        return best


def difference(values: Planes, expected: Planes) -> float:
    """Largest difference relative to the largest expected value; infinite where one is not a number."""
    with np.errstate(invalid="ignore", over="ignore"):
        error = float(np.max(np.abs(values - expected))) / max(_SCALE, float(np.max(np.abs(expected))))
    return error if np.isfinite(error) else float("inf")
