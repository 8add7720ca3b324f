"""The non-invertible branch: an encoder-decoder that gives the image context. It never runs in the inverse.

Source: the paper, section "Non-invertible Branch"; `Strided` follows the figures of the released code. The paper appends a
hyper-parameter to the input as a constant channel. Here it is that channel's effect away from the borders, a value per
feature added to the first convolution: zero padding does not touch it, so a tile needs not know where the photo ends.
"""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from unfilter_training.network.config import DILATIONS, NetworkConfig
from unfilter_training.network.coupling import SLOPE
from unfilter_training.network.pyramid import Pyramid


class Dilated(nn.Module):
    """Encoder with growing dilation, decoder with the same shrinking and skips between equal dilations.

    No stride, so any size of the squeezed image fits and tiles need no coarser grid than the squeeze's.

    Above 16, take a width that is a multiple of 16: for others torch 2.13.0 gives NaN as the gradient of a dilated
    convolution's weights, in bf16 on a CPU (oneDNN; seen with AVX-512 at widths 20, 24, 40, 44, 51 and 52).
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        width: int,
        hyper_parameters: int = 0,
        dilations: Sequence[int] = DILATIONS,
    ) -> None:
        super().__init__()
        self.condition = _condition(hyper_parameters, width)

        def convolution(a: int, b: int, dilation: int) -> nn.Conv2d:
            return nn.Conv2d(a, b, 3, padding=dilation, dilation=dilation)

        self.encoder = nn.ModuleList(
            convolution(channels_in if index == 0 else width, width, dilation) for index, dilation in enumerate(dilations)
        )
        self.decoder = nn.ModuleList(convolution(width, width, dilation) for dilation in dilations[-2::-1])
        self.last = convolution(width, channels_out, 1)

    def forward(
        self,
        x: Float[Tensor, "batch channels height width"],
        hyper_parameters: Float[Tensor, "batch count 1 1"] | None = None,
    ) -> Float[Tensor, "batch out height width"]:
        skips: list[Tensor] = []
        for index, encode in enumerate(self.encoder):
            x = encode(x)
            if index == 0 and self.condition is not None:
                x = x + self.condition(hyper_parameters)
            x = nn.functional.leaky_relu(x, SLOPE)
            skips.append(x)
        for decode, skip in zip(self.decoder, skips[-2::-1], strict=True):
            x = nn.functional.leaky_relu(decode(x), SLOPE) + skip
        return self.last(x)


class Strided(nn.Module):
    """The released code's form: 5x5, stride 2 twice, transposed 4x4 twice, 5x5; sizes not divisible by 4 are cropped."""

    def __init__(self, channels_in: int, channels_out: int, width: int, hyper_parameters: int = 0) -> None:
        super().__init__()
        self.condition = _condition(hyper_parameters, width)
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

    def forward(
        self,
        x: Float[Tensor, "batch channels height width"],
        hyper_parameters: Float[Tensor, "batch count 1 1"] | None = None,
    ) -> Float[Tensor, "batch out height width"]:
        height, width = x.shape[-2:]
        for index, layer in enumerate((*self.encoder, *self.decoder)):
            x = layer(x)
            if index == 0 and self.condition is not None:
                x = x + self.condition(hyper_parameters)
            x = nn.functional.leaky_relu(x, SLOPE)
        return self.last(x[..., :height, :width])


def auxiliary_branch(config: NetworkConfig) -> Dilated | Strided | Pyramid | None:
    """The branch of a configuration, from its channels to as many features; None where it is left out."""
    arguments = config.channels, config.channels, config.auxiliary_width, config.hyper_parameters
    match config.auxiliary:
        case "dilated":
            return Dilated(*arguments, config.auxiliary_dilations)
        case "strided":
            return Strided(*arguments)
        case "pyramid":
            return Pyramid(config.channels, config.channels, config.auxiliary_widths, config.hyper_parameters)
        case "guided" | "none":
            return None


def _condition(hyper_parameters: int, width: int) -> nn.Conv2d | None:
    """What the hyper-parameters add to each feature: a 1x1 convolution, because every delegate takes one."""
    return nn.Conv2d(hyper_parameters, width, 1, bias=False) if hyper_parameters else None
