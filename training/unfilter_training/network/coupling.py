"""Affine and additive coupling: one half of the channels is changed by what the other half says.

Source: the paper, section "Invertible Branch"; the coupling itself: Dinh et al., "Density estimation using Real NVP", 2017.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

SLOPE = 0.2
"""Negative slope of every LeakyReLU (the released code)."""


class Subnet(nn.Module):
    """3x3 convolutions with LeakyReLU between them. The last one starts at zero, so that a coupling starts as identity.

    Zero padding in every layer makes the photo's edge look the same to both directions (R6 of sdk/format/RULES.md).
    """

    def __init__(self, channels_in: int, channels_out: int, width: int, convolutions: int, skip: bool) -> None:
        super().__init__()
        sizes = [channels_in] + [width] * (convolutions - 1) + [channels_out]
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(sizes))
        self.skip = skip
        nn.init.zeros_(self.convolutions[-1].weight)
        nn.init.zeros_(self.convolutions[-1].bias)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch out height width"]:
        first = None
        for index, convolution in enumerate(self.convolutions[:-1]):
            x = nn.functional.leaky_relu(convolution(x), SLOPE)
            if self.skip and index == 0:
                first = x
            elif self.skip and index == 2:
                x = x + first
        return self.convolutions[-1](x)


class Coupling(nn.Module):
    """`target * exp(log_scale(source)) + shift(source)`, additive where `affine` is false.

    Law: `inverse(forward(target, source), source) == target` to float accuracy. The log-scale lies in (-bound, bound).
    """

    def __init__(
        self,
        source: int,
        target: int,
        *,
        width: int,
        convolutions: int,
        skip: bool = False,
        joint: bool = True,
        affine: bool = True,
        bound: float = 1.0,
    ) -> None:
        super().__init__()
        self.source, self.target, self.affine, self.bound = source, target, affine, bound
        self.joint = joint and affine
        self.shift = Subnet(source, 2 * target if self.joint else target, width, convolutions, skip)
        self.log_scale = Subnet(source, target, width, convolutions, skip) if affine and not joint else None

    def _log_scale_and_shift(self, source: Tensor) -> tuple[Tensor | None, Tensor]:
        # float32 from here on: under bf16 autocast the products would lose the very bits that restoration needs.
        if not self.affine:
            return None, self.shift(source).float()
        if self.log_scale is not None:
            raw, shift = self.log_scale(source).float(), self.shift(source).float()
        else:
            raw, shift = self.shift(source).float().chunk(2, dim=1)
        return self.bound * torch.tanh(raw), shift

    def forward(
        self, target: Float[Tensor, "batch target height width"], source: Float[Tensor, "batch source height width"]
    ) -> Float[Tensor, "batch target height width"]:
        log_scale, shift = self._log_scale_and_shift(source)
        return target + shift if log_scale is None else target * torch.exp(log_scale) + shift

    def inverse(
        self, target: Float[Tensor, "batch target height width"], source: Float[Tensor, "batch source height width"]
    ) -> Float[Tensor, "batch target height width"]:
        log_scale, shift = self._log_scale_and_shift(source)
        return target - shift if log_scale is None else (target - shift) * torch.exp(-log_scale)
