"""Saving as an 8-bit PNG: clamp, then round to 256 levels."""

import torch
from jaxtyping import Float
from torch import Tensor


def rounding(filtered: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
    """The values that come back from a saved PNG: `floor(clip(x, 0, 1) * 255 + 0.5) / 255`.

    Backward takes the residual as a constant (straight-through), clamping included: a value outside 0..1 is still pulled
    by what its clamped form costs. Source: the paper, section "Training".
    """
    saved = torch.floor(filtered.detach().clamp(0, 1) * 255 + 0.5) / 255
    return filtered + (saved - filtered).detach()
