"""Multiply-accumulates of a network, per photo pixel."""

from typing import NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from unfilter_training.network import MethodConfig, QuasiInvertibleNetwork, build

SIDE = 64
"""Of the picture that is counted on: a multiple of every alignment."""


class Cost(NamedTuple):
    """Thousands of multiply-accumulates per photo pixel, convolutions alone, as is the field's habit."""

    forward: float
    inverse: float


def cost(config: MethodConfig) -> Cost:
    """What each direction costs. Of the forward direction that which makes the filtered photo: Delta is for training.

    An operator whose output the network takes comes on top, and is not counted.
    """
    forward, inverse = build(config).eval(), build(config).eval()
    if isinstance(forward, QuasiInvertibleNetwork):
        # What makes Delta alone is in no exported graph: the last coupling of the fusion, a hiding fusion's prediction.
        forward.fusion = forward.fusion[:-1]
        forward.makes_delta = False
    photo = torch.zeros(1, 3, SIDE, SIDE)
    normalised = torch.zeros(1, config.hyper_parameters) if config.hyper_parameters else None
    counted = []
    for run in (lambda: forward.filter(photo, normalised, photo), lambda: inverse.restore(photo)):
        with torch.inference_mode(), FlopCounterMode(display=False) as counter:
            run()
        counted.append(counter.get_total_flops() / 2 / SIDE**2 / 1000)
    return Cost(*counted)
