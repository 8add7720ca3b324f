"""Bits of a PNG, estimated from what its predictor leaves over.

Source: Portable Network Graphics (W3C, third edition), 9.4: the Paeth filter predicts a sample from its left, upper and
upper left neighbours; DEFLATE then writes small differences in few bits.
"""

import torch
from jaxtyping import Float
from torch import Tensor

SCALE = 1.35
"""Bits per log2, the slope fitted to Pillow's files (tests/training/rate). A floor of some 3 bits per pixel is left out."""


def png_rate(filtered: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, " batch"]:
    """Estimated bits per pixel of each image as a PNG, in float32. A difference of `r` levels counts as `log2(1 + 2 |r|)`.

    Which neighbour predicts is a choice and passes no gradient; the neighbour that was chosen does.
    """
    with torch.autocast(filtered.device.type, enabled=False):
        levels = 255 * filtered.float()
        here, left, above, corner = levels[..., 1:, 1:], levels[..., 1:, :-1], levels[..., :-1, 1:], levels[..., :-1, :-1]
        neighbours = torch.stack([left, above, corner])
        nearest = (neighbours - (left + above - corner)).detach().abs().argmin(dim=0, keepdim=True)
        difference = here - neighbours.gather(0, nearest)[0]
        bits = torch.log2(1 + 2 * difference.abs()).sum(dim=1)
        return SCALE * bits.mean(dim=(1, 2))
