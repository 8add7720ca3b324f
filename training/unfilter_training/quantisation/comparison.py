"""Tables against annex K's at equal restoration: how many bytes they save, and what the look gains or loses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from unfilter_training.quantisation.crops import Coded


class Gain(NamedTuple):
    """At equal restored PSNR.

    Attributes:
        saved: part of the bytes, 0.1 for a tenth.
        look: what the look gains, dB.
    """

    saved: float
    look: float


@dataclass(frozen=True)
class Curve:
    """What annex K's tables give at several qualities, in ascending order: bytes and look over the restored PSNR."""

    points: Sequence[Coded]

    def gain(self, other: Coded) -> Gain:
        """What `other` gains over a JPEG with annex K's tables that restores as much. Bytes are interpolated in their
        logarithm; beyond the ends the nearest two points go on in a straight line.
        """
        restored = np.maximum.accumulate([point.restored + 1e-6 * i for i, point in enumerate(self.points)])
        at = int(np.clip(np.searchsorted(restored, other.restored), 1, len(restored) - 1))
        low, high = self.points[at - 1], self.points[at]
        part = (other.restored - restored[at - 1]) / max(restored[at] - restored[at - 1], 1e-3)
        size = np.exp(np.log(low.bytes) + part * (np.log(high.bytes) - np.log(low.bytes)))
        look = low.look + part * (high.look - low.look)
        return Gain(float(1 - other.bytes / size), float(other.look - look))
