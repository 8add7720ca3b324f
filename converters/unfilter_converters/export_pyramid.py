"""A pyramid as delegates take it: its result in parts, scales doubled by what a format has, and a mask for every scale."""

from copy import deepcopy
from itertools import accumulate

from torch import Tensor, nn

from unfilter_converters.export_layers import Unsqueeze, masked, part
from unfilter_training.network.coupling import SLOPE
from unfilter_training.network.pyramid import Pyramid


class _Doubling(nn.Module):
    """A transposed convolution of 2 x 2 without overlap, as it is or as a 1x1 convolution and depth-to-space."""

    def __init__(self, layer: nn.ConvTranspose2d, unsqueeze: Unsqueeze) -> None:
        super().__init__()
        assert layer.bias is not None
        self.transposed = unsqueeze == "transposed_convolution"
        if self.transposed:
            self.layer: nn.Module = deepcopy(layer)
            return
        flat = nn.Conv2d(layer.in_channels, 4 * layer.out_channels, 1)
        flat.weight = nn.Parameter(layer.weight.detach().permute(1, 2, 3, 0).reshape(flat.weight.shape).clone())
        flat.bias = nn.Parameter(layer.bias.detach().repeat_interleave(4))
        self.layer = flat

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer(x)
        return x if self.transposed else nn.functional.pixel_shuffle(x, 2)


class PyramidForm(nn.Module):
    """A pyramid whose result comes in parts of `sizes` channels.

    `valid` shrinks with the scales: a cell of which any part lies inside the photo is inside, as a side that does not halve
    evenly is rounded up without a mask.
    """

    def __init__(self, pyramid: Pyramid, sizes: tuple[int, ...], unsqueeze: Unsqueeze) -> None:
        super().__init__()
        self.condition = deepcopy(pyramid.condition)
        self.first = deepcopy(pyramid.first)
        self.down, self.encode, self.decode = (deepcopy(layers) for layers in (pyramid.down, pyramid.encode, pyramid.decode))
        self.up = nn.ModuleList(_Doubling(layer, unsqueeze) for layer in pyramid.up)
        ends = list(accumulate(sizes))
        self.last = nn.ModuleList(part(pyramid.last, end - size, end) for size, end in zip(sizes, ends, strict=True))

    def forward(self, x: Tensor, parameters: Tensor | None, valid: Tensor | None) -> tuple[Tensor, ...]:
        masks = [valid]
        for _ in self.down:
            masks.append(None if masks[-1] is None else nn.functional.max_pool2d(masks[-1], 2))
        x = self.first(masked(x, valid))
        if self.condition is not None:
            assert parameters is not None
            x = x + self.condition(parameters)
        x = nn.functional.leaky_relu(x, SLOPE)
        skips: list[Tensor] = []
        for scale, (down, encode) in enumerate(zip(self.down, self.encode, strict=True)):
            skips.append(x)
            x = nn.functional.leaky_relu(down(masked(x, masks[scale])), SLOPE)
            x = nn.functional.leaky_relu(encode(masked(x, masks[scale + 1])), SLOPE)
        for scale in reversed(range(len(skips))):
            skip, up = skips[scale], self.up[scale]
            assert isinstance(up, _Doubling)
            doubled = up(x)
            if valid is None:  # a tile that a mask goes with halves evenly
                doubled = doubled[..., : skip.shape[-2], : skip.shape[-1]]
            x = nn.functional.leaky_relu(doubled + skip, SLOPE)
            x = nn.functional.leaky_relu(self.decode[scale](masked(x, masks[scale])), SLOPE)
        x = masked(x, valid)
        return tuple(last(x) for last in self.last)
