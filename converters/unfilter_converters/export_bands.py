"""Image to bands and back as delegates take it, and functions of single pixels between."""

from copy import deepcopy

import torch
from torch import Tensor, nn

from unfilter_converters.export_layers import Unsqueeze
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.network.coupling import SLOPE
from unfilter_training.network.tones import Tones

Halves = tuple[Tensor, Tensor]


class Bands(nn.Module):
    """Image to (low, high) halves of its bands and back."""

    def __init__(self, network: QuasiInvertibleNetwork, unsqueeze: Unsqueeze) -> None:
        super().__init__()
        self.low = network.low
        self.transposed = unsqueeze == "transposed_convolution"
        self.squeezed = network.config.squeeze != "none"
        if self.squeezed:
            weight, dual = network.squeeze.weight, network.squeeze.back
            assert isinstance(weight, Tensor) and isinstance(dual, Tensor)
            self.register_buffer("low_weight", weight[: self.low].clone())
            self.register_buffer("high_weight", weight[self.low :].clone())
            # the way back: as it is, or as 1x1 weights with output channel (colour, row, column) in depth-to-space order
            back = dual if self.transposed else dual.permute(1, 2, 3, 0).reshape(12, 12, 1, 1)
            self.register_buffer("back", back.clone())

    def squeeze(self, image: Tensor) -> Halves:
        if not self.squeezed:
            return image[:, : self.low], image[:, self.low :]
        return (
            nn.functional.conv2d(image, self.low_weight, stride=2),
            nn.functional.conv2d(image, self.high_weight, stride=2),
        )

    def unsqueeze(self, bands: Tensor) -> Tensor:
        if not self.squeezed:
            return bands
        if self.transposed:
            return nn.functional.conv_transpose2d(bands, self.back, stride=2)
        return nn.functional.pixel_shuffle(nn.functional.conv2d(bands, self.back), 2)


class TonesForm(nn.Module):
    """What a function of single pixels adds to the halves of an image's bands."""

    def __init__(self, tones: Tones, bands: Bands) -> None:
        super().__init__()
        self.bands = bands
        self.convolutions = deepcopy(tones.convolutions)

    def forward(self, halves: Halves) -> Halves:
        x = self.bands.unsqueeze(torch.cat(halves, dim=1))
        for convolution in list(self.convolutions)[:-1]:
            x = nn.functional.leaky_relu(convolution(x), SLOPE)
        return self.bands.squeeze(self.convolutions[-1](x))
