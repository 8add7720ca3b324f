"""Full resolution to half resolution and back, exactly: Haar bands, or the pixels of a 2 x 2 cell, over three colours.

Both directions are fixed convolutions, so that one weight describes them in every exported format.
Source of the Haar front end: IRN (ECCV 2020); of the colour split: T-IRN (see README, "Sources"); of Y, Cb and Cr: ITU-R
BT.601 as in JFIF (ITU T.871).
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

Colours = Literal["opponent", "ycc", "rgb"]
Split = Literal["bands", "colours"]

# Orthonormal luma and two chroma axes (the DCT of the three colours); rows are orthonormal, so the inverse is the transpose.
_OPPONENT = torch.tensor(
    [
        [3**-0.5, 3**-0.5, 3**-0.5],
        [2**-0.5, 0.0, -(2**-0.5)],
        [6**-0.5, -2 * 6**-0.5, 6**-0.5],
    ],
    dtype=torch.float64,
)
_YCC = torch.tensor(
    [
        [0.299, 0.587, 0.114],
        [-0.299 / 1.772, -0.587 / 1.772, 0.5],
        [0.5, -0.587 / 1.402, -0.114 / 1.402],
    ],
    dtype=torch.float64,
)
_RGB = torch.eye(3, dtype=torch.float64)
_HAAR = torch.tensor([[[1, 1], [1, 1]], [[1, -1], [1, -1]], [[1, 1], [-1, -1]], [[1, -1], [-1, 1]]], dtype=torch.float64) / 2
_PIXELS = torch.eye(4, dtype=torch.float64).reshape(4, 2, 2)

# Rows of the second matrix are dual to those of the first: the transpose of one undoes the other.
_COLOURS = {"opponent": (_OPPONENT, _OPPONENT), "ycc": (_YCC, torch.linalg.inv(_YCC).T), "rgb": (_RGB, _RGB)}


def _weight(patterns: Tensor, axes: Tensor, split: Split) -> Tensor:
    """Pattern by pattern, three colours each; or colour by colour, four patterns each."""
    order = "bocij" if split == "bands" else "obcij"
    return torch.einsum(f"bij,oc->{order}", patterns, axes).reshape(12, 3, 2, 2).float()


def haar_weight() -> Float[Tensor, "12 3 2 2"]:
    """Weight of the stride-2 convolution: 3 low-band channels (luma, two chroma), then 9 high-band channels."""
    return _weight(_HAAR, _OPPONENT, "bands")


class _CellSqueeze(nn.Module):
    """`unsqueeze(squeeze(x)) == x` to float accuracy; both keep the L2 norm, but for the colours Y, Cb and Cr.

    Both run in float32 even under autocast: in bf16 they would round the photo itself, more coarsely than 8 bits do.

    Attributes:
        weight: of the stride-2 convolution that squeezes.
        back: of the transposed convolution that undoes it; the same weight where the colours are orthonormal.
    """

    weight: Tensor
    back: Tensor

    def __init__(self, patterns: Tensor, colours: Colours, split: Split) -> None:
        super().__init__()
        there, back = _COLOURS[colours]
        self.register_buffer("weight", _weight(patterns, there, split), persistent=False)
        self.register_buffer("back", _weight(patterns, back, split), persistent=False)

    def squeeze(self, image: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 12 half_height half_width"]:
        with torch.autocast(image.device.type, enabled=False):
            return nn.functional.conv2d(image.to(self.weight.dtype), self.weight, stride=2)

    def unsqueeze(self, bands: Float[Tensor, "batch 12 half_height half_width"]) -> Float[Tensor, "batch 3 height width"]:
        with torch.autocast(bands.device.type, enabled=False):
            return nn.functional.conv_transpose2d(bands.to(self.back.dtype), self.back, stride=2)


class HaarSqueeze(_CellSqueeze):
    """Low band and three high bands of every cell, orthonormal, each over three colours."""

    def __init__(self, colours: Colours = "opponent", split: Split = "bands") -> None:
        super().__init__(_HAAR, colours, split)


class UnshuffleSqueeze(_CellSqueeze):
    """The four pixels of every cell, row by row, each over three colours."""

    def __init__(self, colours: Colours = "opponent", split: Split = "bands") -> None:
        super().__init__(_PIXELS, colours, split)


class NoSqueeze(nn.Module):
    """Full resolution, as in the released code: image and bands are the same tensor."""

    def squeeze(self, image: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        return image

    def unsqueeze(self, bands: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        return bands


Squeeze = HaarSqueeze | UnshuffleSqueeze | NoSqueeze


def squeeze(form: Literal["haar", "unshuffle", "none"], colours: Colours = "opponent", split: Split = "bands") -> Squeeze:
    """The squeeze of that form; without one, the image is taken in RGB as it is."""
    if form == "none":
        return NoSqueeze()
    return (HaarSqueeze if form == "haar" else UnshuffleSqueeze)(colours, split)
