"""The non-invertible branch: an encoder-decoder that gives the image context. It never runs in the inverse.

Source: the paper, section "Non-invertible Branch"; `Strided` follows the figures of the released code.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from unfilter_training.network.coupling import SLOPE

DILATIONS = (1, 2, 4, 8)


class Dilated(nn.Module):
    """Encoder with dilation 1, 2, 4, 8, decoder with 4, 2, 1 and skips between equal dilations.

    No stride, so any size of the squeezed image fits and tiles need no coarser grid than the squeeze's.
    """

    def __init__(self, channels_in: int, channels_out: int, width: int) -> None:
        super().__init__()

        def convolution(a: int, b: int, dilation: int) -> nn.Conv2d:
            return nn.Conv2d(a, b, 3, padding=dilation, dilation=dilation)

        self.encoder = nn.ModuleList(
            convolution(channels_in if index == 0 else width, width, dilation) for index, dilation in enumerate(DILATIONS)
        )
        self.decoder = nn.ModuleList(convolution(width, width, dilation) for dilation in DILATIONS[-2::-1])
        self.last = convolution(width, channels_out, 1)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch out height width"]:
        skips: list[Tensor] = []
        for encode in self.encoder:
            x = nn.functional.leaky_relu(encode(x), SLOPE)
            skips.append(x)
        for decode, skip in zip(self.decoder, skips[-2::-1], strict=True):
            x = nn.functional.leaky_relu(decode(x), SLOPE) + skip
        return self.last(x)


class Strided(nn.Module):
    """The released code's form: 5x5, stride 2 twice, transposed 4x4 twice, 5x5; sizes not divisible by 4 are cropped."""

    def __init__(self, channels_in: int, channels_out: int, width: int) -> None:
        super().__init__()
        self.encoder = nn.ModuleList(
            [
                nn.Conv2d(channels_in, width, 5, padding=2),
                nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
                nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1),
            ]
        )
        self.decoder = nn.ModuleList(
            [
                nn.ConvTranspose2d(4 * width, 2 * width, 4, stride=2, padding=1),
                nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1),
            ]
        )
        self.last = nn.Conv2d(width, channels_out, 5, padding=2)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch out height width"]:
        height, width = x.shape[-2:]
        for layer in (*self.encoder, *self.decoder):
            x = nn.functional.leaky_relu(layer(x), SLOPE)
        return self.last(x[..., :height, :width])


FORMS: dict[str, type[Dilated] | type[Strided]] = {"dilated": Dilated, "strided": Strided}


def auxiliary_input(
    bands: Float[Tensor, "batch channels height width"],
    hyper_parameters: Float[Tensor, "batch count"] | None,
    count: int,
) -> Float[Tensor, "batch wider height width"]:
    """`bands` with `count` constant channels appended, one per hyper-parameter.

    Raises:
        ValueError: `hyper_parameters` is missing, superfluous, or of another count.
    """
    given = 0 if hyper_parameters is None else hyper_parameters.shape[1]
    if given != count:
        raise ValueError(f"this network takes {count} hyper-parameters, got {given}")
    if hyper_parameters is None:
        return bands
    planes = hyper_parameters[:, :, None, None].expand(-1, -1, *bands.shape[-2:])
    return torch.cat([bands, planes.to(bands.dtype)], dim=1)
