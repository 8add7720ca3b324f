"""Bits of a JPEG, estimated from its DCT coefficients in steps of the quantiser.

Sources: ITU T.81 (09/92), F.1.2: a coefficient costs its size category, log2 of its magnitude, twice over (the category's
code and the bits within it), one that is zero next to nothing, and of the mean of a block only the difference to the one
before is written.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from unfilter.photo import Subsampling
from unfilter_training.degradation.jpeg_tables import CHROMA_TABLE, LUMA_TABLE
from unfilter_training.degradation.soft_jpeg import coefficients, luma_and_chroma

SCALE = 2.3
"""Bits per log2, fitted to libjpeg's files of quality 80 (tests/training/rate)."""


def jpeg_rate(
    filtered: Float[Tensor, "batch 3 height width"], quality: int = 80, subsampling: Subsampling = "4:2:0"
) -> Float[Tensor, " batch"]:
    """Estimated bits per pixel of each image as a JPEG of `quality` 1..100, without its header, in float32.

    A coefficient `c` counts as `log2(1 + (2 c)^2) / 2`: flat where the file will hold a zero anyway, so that nothing is
    spent on making it smaller still.
    """
    height, width = filtered.shape[-2:]
    with torch.autocast(filtered.device.type, enabled=False):
        unit = 8 if subsampling == "4:4:4" else 16
        whole = functional.pad(filtered.float(), (0, -width % unit, 0, -height % unit), mode="replicate")
        luma, chroma = luma_and_chroma(whole, subsampling)
        bits = _bits(coefficients(luma, LUMA_TABLE, quality)) + _bits(coefficients(chroma, CHROMA_TABLE, quality))
    return SCALE * bits / (height * width)


def _bits(blocks: Float[Tensor, "batch planes rows columns 8 8"]) -> Float[Tensor, " batch"]:
    means, along = blocks[..., :1, :1], blocks[..., :1, :1].roll(1, dims=3)
    differences = torch.cat([means[:, :, :, :1], (means - along)[:, :, :, 1:]], dim=3)
    every = torch.log1p((2 * blocks).square()).sum(dim=(1, 2, 3, 4, 5))
    own = torch.log1p((2 * means).square()).sum(dim=(1, 2, 3, 4, 5))
    instead = torch.log1p((2 * differences).square()).sum(dim=(1, 2, 3, 4, 5))
    return (every - own + instead) / (2 * torch.log(torch.tensor(2.0)))
