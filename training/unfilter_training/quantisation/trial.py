"""Tables tried on crops: what real files save against annex K's, at a middling and at a high quality."""

import math

import numpy as np

from unfilter.format.quantisation import ANNEX_K, QuantiserTables, Subsampling
from unfilter_training.quantisation.comparison import Curve, Gain
from unfilter_training.quantisation.crops import Crops

QUALITIES: dict[Subsampling, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "4:2:0": ((58, 66, 74, 82, 90), (78, 84, 88, 92, 95)),
    "4:4:4": ((66, 74, 82, 88, 93), (84, 89, 93, 95, 97)),
}
"""Of annex K's files, for the first half of the crops and for the second; tables are tried at the middle one of each."""


class Trial:
    """Some crops, two at least, one half of which is saved at a middling quality and the other at a high one."""

    def __init__(self, crops: Crops, subsampling: Subsampling) -> None:
        self.crops, self.subsampling = crops, subsampling
        self._halves = crops[0::2], crops[1::2]
        self._curves = [
            Curve([half.coded(ANNEX_K.at(quality), subsampling) for quality in qualities])
            for half, qualities in zip(self._halves, QUALITIES[subsampling], strict=True)
        ]

    def gain(self, tables: QuantiserTables) -> Gain:
        """Over both halves: bytes as the geometric mean of what is left."""
        gains = []
        for half, curve, qualities in zip(self._halves, self._curves, QUALITIES[self.subsampling], strict=True):
            steps = tables.at(qualities[len(qualities) // 2])
            gains.append(curve.gain(half.coded(steps, self.subsampling)))
        saved = 1 - math.exp(np.mean([math.log(1 - gain.saved) for gain in gains]))
        return Gain(saved, float(np.mean([gain.look for gain in gains])))
