"""How good a filter is while it is being trained, on photos that are held out, and how good it may be at the end."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from unfilter_training.degradation.real_jpeg import real_jpeg
from unfilter_training.degradation.rounding import rounding
from unfilter_training.network import RestorableNetwork

QUALITY = 80
FEWEST = 3
"""Measurements from which a forecast is made."""


class Measured(NamedTuple):
    """After `step` steps: mean RGB PSNR in dB of the filtered picture, and of the restored one from a JPEG 80 and a PNG."""

    step: int
    approximation: float
    jpeg: float
    png: float


class Forecast(NamedTuple):
    """The same at the end, and how far the curve lay beside the measurements, dB root mean square."""

    approximation: float
    jpeg: float
    png: float
    uncertain: float


def measure(network: RestorableNetwork, step: int, pictures: Sequence[tuple[Tensor, Tensor]]) -> Measured:
    """Pictures are pairs of photo and look, each a batch of one in sRGB 0..1; in memory, on the CPU."""
    scores = []
    with torch.inference_mode():
        for photo, target in pictures:
            filtered, _ = network.filter(photo, None, target)
            jpeg, png = (
                network.restore(saved) for saved in (real_jpeg(filtered, QUALITY, "4:2:0"), rounding(filtered.clamp(0, 1)))
            )
            compared = ((filtered, target), (jpeg, photo), (png, photo))
            scores.append([_psnr(result, truth) for result, truth in compared])
    approximation, from_jpeg, from_png = np.mean(scores, axis=0).tolist()
    return Measured(step, approximation, from_jpeg, from_png)


def forecast(measurements: Sequence[Measured], steps: int) -> Forecast | None:
    """What `steps` steps will give: a straight line through the latter half of the measurements, dB over the logarithm of
    the step, and no farther from the last measurement than twice what was gained or lost along that half.

    None with fewer than `FEWEST` measurements. It is a guess: the learning rate falls towards the end, which helps more than
    a line knows.
    """
    latter = list(measurements)[len(measurements) // 2 if len(measurements) > 2 * FEWEST else 0 :]
    if len(latter) < FEWEST or steps <= latter[-1].step:
        return None
    places = np.log([each.step for each in latter])
    ends, errors = [], []
    for values in np.array([each[1:] for each in latter]).T:
        slope, start = np.polyfit(places, values, 1)
        most = 2 * abs(float(values[-1] - values[0]))
        change = float(np.clip(slope * (math.log(steps) - places[-1]), -most, most))
        ends.append(float(values[-1]) + change)
        errors.append(float(np.sqrt(np.mean((start + slope * places - values) ** 2))))
    approximation, from_jpeg, from_png = ends
    return Forecast(approximation, from_jpeg, from_png, max(errors))


def _psnr(result: Tensor, truth: Tensor) -> float:
    error = float((result.clamp(0, 1) - truth.clamp(0, 1)).square().mean())
    return -10 * math.log10(max(error, 1e-10))
