"""The adversary of the adversarial loss: it learns to tell the operator's pictures from the network's.

Sources: Goodfellow et al., "Generative Adversarial Nets", 2014 (the loss; the paper's section "Loss Functions" uses it for
Type III operators); Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017 (judging
patches); Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, softplus
from torch.nn.utils.parametrizations import spectral_norm

from unfilter_training.network.coupling import SLOPE

WIDTHS = (3, 24, 48, 96)


class Adversary(nn.Module):
    """Logits that each patch of about 30 x 30 pixels is the operator's own; it is not shipped."""

    def __init__(self) -> None:
        super().__init__()
        self.strided = nn.ModuleList(spectral_norm(nn.Conv2d(a, b, 4, stride=2, padding=1)) for a, b in pairwise(WIDTHS))
        self.last = spectral_norm(nn.Conv2d(WIDTHS[-1], 1, 3, padding=1))

    def forward(self, images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 1 eighth_height eighth_width"]:
        """Images in sRGB 0..1, sides of at least 8 pixels."""
        x = 2 * images - 1
        for convolution in self.strided:
            x = leaky_relu(convolution(x), SLOPE)
        return self.last(x)

    def loss(
        self, target: Float[Tensor, "batch 3 height width"], filtered: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, ""]:
        """Binary cross-entropy: high logits for the operator's pictures, low ones for the network's."""
        own, others = self(torch.cat([target, filtered])).float().chunk(2)
        return softplus(-own).mean() + softplus(others).mean()
