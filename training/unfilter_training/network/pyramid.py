"""An encoder-decoder over scales: context of a hundred pixels for less than a dilated branch of the same reach costs.

Source: Ronneberger et al., "U-Net", MICCAI 2015; skips are added instead of appended.
"""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from unfilter_training.network.coupling import SLOPE


class Pyramid(nn.Module):
    """Convolutions of `widths` features, one width a scale, each scale half as large as the one before.

    Zero padding in every layer; a side that does not halve evenly is rounded up on the way down and cut on the way up, so
    that any size fits. Tiles must begin at multiples of `2 ** (len(widths) - 1)`. The last layer starts at zero.
    """

    def __init__(self, channels_in: int, channels_out: int, widths: tuple[int, ...], hyper_parameters: int = 0) -> None:
        super().__init__()
        self.condition = nn.Conv2d(hyper_parameters, widths[0], 1, bias=False) if hyper_parameters else None
        self.first = nn.Conv2d(channels_in, widths[0], 3, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairwise(widths))
        self.encode = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for width in widths[1:])
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in pairwise(widths))
        self.decode = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for width in widths[:-1])
        self.last = nn.Conv2d(widths[0], channels_out, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(
        self,
        x: Float[Tensor, "batch channels height width"],
        hyper_parameters: Float[Tensor, "batch count 1 1"] | None = None,
    ) -> Float[Tensor, "batch out height width"]:
        x = self.first(x)
        if self.condition is not None:
            x = x + self.condition(hyper_parameters)
        x = nn.functional.leaky_relu(x, SLOPE)
        skips: list[Tensor] = []
        for down, encode in zip(self.down, self.encode, strict=True):
            skips.append(x)
            x = nn.functional.leaky_relu(down(x), SLOPE)
            x = nn.functional.leaky_relu(encode(x), SLOPE)
        for up, decode in zip(reversed(self.up), reversed(self.decode), strict=True):
            skip = skips.pop()
            x = nn.functional.leaky_relu(up(x)[..., : skip.shape[-2], : skip.shape[-1]] + skip, SLOPE)
            x = nn.functional.leaky_relu(decode(x), SLOPE)
        return self.last(x)
