"""Rate curves: how many bytes an original takes at a given PSNR, for one photo."""

import math
from collections.abc import Iterable

import numpy as np

RatePoint = tuple[float, float]
"""PSNR in dB and bytes of one file."""


def bytes_at(points: Iterable[RatePoint], db: float) -> float | None:
    """Bytes of a file of that PSNR, by a curve through `points` that is straight in log bytes over dB.

    Below the curve's lowest PSNR, the smallest file there is, which is better than asked for; None above its highest.
    """
    finite = sorted((point for point in points if math.isfinite(point[0])), key=lambda point: point[0])
    if not finite or not db <= finite[-1][0]:
        return None
    known, sizes = zip(*finite, strict=True)
    return float(np.exp(np.interp(db, known, np.log(sizes))))
