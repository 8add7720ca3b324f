"""Full resolution to half resolution and back, exactly: an orthonormal Haar transform over opponent colours.

Both directions are fixed convolutions, so that one weight describes them in every exported format.
Source of the Haar front end: IRN (ECCV 2020); of the colour split: T-IRN (see README, "Sources").
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

# Orthonormal luma and two chroma axes (the DCT of the three colours); rows are orthonormal, so the inverse is the transpose.
_OPPONENT = torch.tensor(
    [
        [3**-0.5, 3**-0.5, 3**-0.5],
        [2**-0.5, 0.0, -(2**-0.5)],
        [6**-0.5, -2 * 6**-0.5, 6**-0.5],
    ],
    dtype=torch.float64,
)
_HAAR = torch.tensor([[[1, 1], [1, 1]], [[1, -1], [1, -1]], [[1, 1], [-1, -1]], [[1, -1], [-1, 1]]], dtype=torch.float64) / 2


def haar_weight() -> Float[Tensor, "12 3 2 2"]:
    """Weight of the stride-2 convolution: 3 low-band channels (luma, two chroma), then 9 high-band channels."""
    weight = torch.einsum("bij,oc->bocij", _HAAR, _OPPONENT)
    return weight.reshape(12, 3, 2, 2).float()


class HaarSqueeze(nn.Module):
    """`unsqueeze(squeeze(x)) == x` to float accuracy; both keep the L2 norm.

    Both run in float32 even under autocast: in bf16 they would round the photo itself, more coarsely than 8 bits do.
    """

    weight: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("weight", haar_weight(), persistent=False)

    def squeeze(self, image: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 12 half_height half_width"]:
        with torch.autocast(image.device.type, enabled=False):
            return nn.functional.conv2d(image.to(self.weight.dtype), self.weight, stride=2)

    def unsqueeze(self, bands: Float[Tensor, "batch 12 half_height half_width"]) -> Float[Tensor, "batch 3 height width"]:
        with torch.autocast(bands.device.type, enabled=False):
            return nn.functional.conv_transpose2d(bands.to(self.weight.dtype), self.weight, stride=2)


class NoSqueeze(nn.Module):
    """Full resolution, as in the released code: image and bands are the same tensor."""

    def squeeze(self, image: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        return image

    def unsqueeze(self, bands: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        return bands
