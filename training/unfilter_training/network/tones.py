"""A function of single pixels: what a tone curve or a look-up table is.

In squeezed form four pixels share a cell, and convolutions of few features bend the tones of none of them well.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from unfilter_training.network.coupling import SLOPE
from unfilter_training.network.squeeze import HaarSqueeze, UnshuffleSqueeze

CONVOLUTIONS = 3


class Tones(nn.Module):
    """Bands to what is added to them: 1x1 convolutions of `width` features at the photo's own size.

    It runs in float32 even under autocast: its error is that of a picture's flat areas. The last layer starts at zero.
    """

    def __init__(self, squeeze: HaarSqueeze | UnshuffleSqueeze, width: int) -> None:
        super().__init__()
        self.squeeze = squeeze
        sizes = [3] + [width] * (CONVOLUTIONS - 1) + [3]
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in pairwise(sizes))
        nn.init.zeros_(self.convolutions[-1].weight)
        nn.init.zeros_(self.convolutions[-1].bias)

    def forward(self, bands: Float[Tensor, "batch 12 height width"]) -> Float[Tensor, "batch 12 height width"]:
        with torch.autocast(bands.device.type, enabled=False):
            x = self.squeeze.unsqueeze(bands)
            for convolution in self.convolutions[:-1]:
                x = nn.functional.leaky_relu(convolution(x), SLOPE)
            return self.squeeze.squeeze(self.convolutions[-1](x))
