"""How far bytes lie from others, summed over several photos."""

import numpy as np
from numpy.typing import NDArray

from unfilter.proof.fidelity.metrics import decibels


class Difference:
    """Sums over pairs of 8-bit photos; no pair at all counts as equal."""

    def __init__(self) -> None:
        self.levels = 0
        self._squares = 0
        self._differing = 0
        self._bytes = 0

    def add(self, found: NDArray[np.uint8], expected: NDArray[np.uint8]) -> None:
        """Take in one pair of equal shape."""
        apart = np.abs(found.astype(np.int16) - expected.astype(np.int16))
        self.levels = max(self.levels, int(apart.max(initial=0)))
        self._squares += int(np.square(apart.astype(np.int64)).sum())
        self._differing += int(np.count_nonzero(apart))
        self._bytes += apart.size

    @property
    def differing(self) -> float:
        """Share of bytes that differ, 0..1."""
        return self._differing / self._bytes if self._bytes else 0.0

    @property
    def psnr(self) -> float:
        """PSNR over the bytes of all photos together, dB: one that is restored exactly does not hide the others."""
        return decibels(self._squares / self._bytes if self._bytes else 0.0)
