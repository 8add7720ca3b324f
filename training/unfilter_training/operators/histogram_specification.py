"""Histogram specification: give every picture the same distribution of tones, as MATLAB's histeq does."""

import torch
from jaxtyping import Float
from torch import Tensor

LEVELS = 256


def specify_histogram(
    luma: Float[Tensor, "batch 1 height width"], target: Float[Tensor, "256"]
) -> Float[Tensor, "batch 1 height width"]:
    """Map each picture's 256 levels so that its distribution comes close to `target` (shares that sum to 1).

    An input level gets the first output level at which the target's cumulative count reaches the input's, less half of the
    level's own count. Input and result lie in 0..1; the result has 256 levels. Source: documentation of MATLAB's histeq.
    """
    batch, pixels = luma.shape[0], luma[0].numel()
    levels = torch.floor(luma.to(torch.float64) * (LEVELS - 1) + 0.5).long().clamp(0, LEVELS - 1).reshape(batch, pixels)
    offset = LEVELS * torch.arange(batch, device=luma.device)[:, None]
    counts = torch.bincount((levels + offset).flatten(), minlength=batch * LEVELS).reshape(batch, LEVELS).to(torch.float64)
    tolerance = counts / 2
    tolerance[:, [0, -1]] = 0
    # MATLAB forgives a miss of sqrt(eps) of all pixels.
    reached = counts.cumsum(dim=1) - tolerance - pixels * torch.finfo(torch.float64).eps ** 0.5
    cumulative = target.to(luma.device, torch.float64).cumsum(dim=0)
    curves = torch.searchsorted(pixels * cumulative / cumulative[-1], reached).clamp(max=LEVELS - 1) / (LEVELS - 1)
    return torch.gather(curves.to(luma.dtype), 1, levels).reshape(luma.shape)
