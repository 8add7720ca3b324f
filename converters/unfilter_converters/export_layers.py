"""Layers that the exported forms of a network are made of: parts of convolutions, trunks of subnets, couplings."""

from copy import deepcopy
from typing import Literal

import torch
from torch import Tensor, nn

from unfilter_training.network import Coupling
from unfilter_training.network.coupling import SLOPE, Subnet

Direction = Literal["forward", "inverse"]
Unsqueeze = Literal["depth_to_space", "transposed_convolution"]


def masked(x: Tensor, valid: Tensor | None) -> Tensor:
    return x if valid is None else x * valid


def part(convolution: nn.Conv2d, start: int, stop: int, sign: float = 1.0) -> nn.Conv2d:
    """Output channels start..stop of a convolution, as one of its own."""
    part = nn.Conv2d(convolution.in_channels, stop - start, convolution.kernel_size, padding=convolution.padding)
    assert convolution.bias is not None
    part.weight = nn.Parameter(convolution.weight[start:stop].detach() * sign)
    part.bias = nn.Parameter(convolution.bias[start:stop].detach() * sign)
    return part


class Trunk(nn.Module):
    """A subnet up to its last convolution."""

    def __init__(self, subnet: Subnet) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(deepcopy(list(subnet.convolutions[:-1])))
        self.skip = subnet.skip

    def forward(self, x: Tensor, valid: Tensor | None) -> Tensor:
        first = x
        for index, convolution in enumerate(self.convolutions):
            x = nn.functional.leaky_relu(convolution(masked(x, valid)), SLOPE)
            if self.skip and index == 0:
                first = x
            elif self.skip and index == 2:
                x = x + first
        return masked(x, valid)


class CouplingForm(nn.Module):
    """One coupling in one direction. A target of None is one known to be zero (Delta).

    LiteRT's graphs name operations by class; `quantization.litert` knows them by this name.
    """

    def __init__(self, coupling: Coupling, direction: Direction) -> None:
        super().__init__()
        # forward: t * exp(ls) + shift; inverse: (t - shift) * exp(-ls), the minus folded into the weights
        self.inverse = direction == "inverse"
        self.factor = -coupling.bound if self.inverse else coupling.bound
        sign = -1.0 if self.inverse else 1.0
        last, target = coupling.shift.convolutions[-1], coupling.target
        assert isinstance(last, nn.Conv2d)
        self.trunk = Trunk(coupling.shift)
        self.scale_trunk: Trunk | None = None
        self.scale: nn.Conv2d | None = None
        if coupling.joint:
            self.scale = part(last, 0, target)
            self.shift = part(last, target, 2 * target, sign)
        else:
            self.shift = part(last, 0, target, sign)
            if coupling.log_scale is not None:
                scale_last = coupling.log_scale.convolutions[-1]
                assert isinstance(scale_last, nn.Conv2d)
                self.scale_trunk = Trunk(coupling.log_scale)
                self.scale = part(scale_last, 0, target)

    def forward(self, target: Tensor | None, source: Tensor, valid: Tensor | None) -> Tensor:
        features = self.trunk(source, valid)
        shift = self.shift(features)
        if self.scale is None:
            return shift if target is None else target + shift
        if self.scale_trunk is not None:
            features = self.scale_trunk(source, valid)
        gain = torch.exp(torch.tanh(self.scale(features)) * self.factor)
        if self.inverse:
            return (shift if target is None else target + shift) * gain
        return shift if target is None else target * gain + shift


def forms(couplings: list[nn.Module], direction: Direction, form: type[CouplingForm]) -> nn.ModuleList:
    forms = nn.ModuleList()
    for coupling in couplings:
        assert isinstance(coupling, Coupling)
        forms.append(form(coupling, direction))
    return forms


def run(forms: nn.ModuleList, halves: tuple[Tensor, Tensor], valid: Tensor | None) -> tuple[Tensor, Tensor]:
    """Both halves through forward forms, which move them in turn."""
    both = list(halves)
    for index, form in enumerate(forms):
        both[index % 2] = form(both[index % 2], both[1 - index % 2], valid)
    return both[0], both[1]


def run_back(forms: nn.ModuleList, halves: tuple[Tensor, Tensor | None], valid: Tensor | None) -> tuple[Tensor, Tensor]:
    """Both halves back through inverse forms; a second half of None is one known to be zero (Delta)."""
    both: list[Tensor | None] = list(halves)
    for index in reversed(range(len(forms))):
        both[index % 2] = forms[index](both[index % 2], both[1 - index % 2], valid)
    first, second = both
    assert first is not None and second is not None
    return first, second
