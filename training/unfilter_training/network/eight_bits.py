"""Weights that int8 holds without loss, so that a file of 8-bit weights computes what the checkpoint does."""

import re

import torch
from torch import nn

LEAST_WEIGHTS = 1024
"""Weights of a convolution below which 8 bits save too little to be worth their error: the squeeze, for one."""

_FIRST = re.compile(r"(\.convolutions\.0|\bfirst)$")
"""Convolutions that see the photo itself, where a weight's error is multiplied by brightness: they stay in float32."""


@torch.no_grad()
def round_to_8_bits(network: nn.Module) -> None:
    """Round the weights that converters hold in 8 bits to whole steps, in place.

    A step is 1/127 of the largest weight of an output channel; of a transposed convolution, of each place that a channel
    writes to, since converters make a 1x1 convolution of it.
    """
    for name, layer in network.named_modules():
        if not isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) or _FIRST.search(name):
            continue
        if layer.weight.numel() < LEAST_WEIGHTS:
            continue
        within = (0,) if isinstance(layer, nn.ConvTranspose2d) else (1, 2, 3)
        step = layer.weight.abs().amax(within, keepdim=True).clamp(min=1e-30) / 127
        layer.weight.copy_((layer.weight / step).round() * step)
