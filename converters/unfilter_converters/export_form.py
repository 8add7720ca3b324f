"""The network rewritten in operations that GPU and NPU delegates take whole; equal to the training network in torch.

What is rewritten, and why:

- The two halves of a coupling stay two tensors: no split or concat per block. The convolution that gives log-scale and shift
  becomes two, with its weights cut in two.
- Haar squeeze is one dense stride-2 convolution per half. Its inverse is a 1x1 convolution and depth-to-space, because NNAPI
  rejects transposed convolutions; for LiteRT it is a transposed convolution, because litert-torch has no depth-to-space and
  writes a pixel shuffle as transposes and reshapes over the batch, which GPU delegates reject.
- The inverse divides by multiplying with exp(tanh * -bound): no Neg, which splits ONNX Runtime's Core ML partition.
- Delta = 0 appears nowhere: (0 - shift) * exp(..) is a convolution with negated weights times exp(..), so that no constant
  tensor is baked in at a fixed size or folded into a convolution with a constant input.
- The forward graph leaves out the couplings that only make Delta.
- `valid`, where asked for, is 1 inside the photo and 0 outside; every padded convolution sees its input times `valid`, which
  makes a photo smaller than a fixed-size tile see the same zeros at its edge as it would alone.
- `parameters` stay a tensor of one pixel: their 1x1 convolution is done once, and broadcasting adds its result. Planes of a
  photo's size would cost memory and bandwidth for numbers that are the same everywhere.
"""

from copy import deepcopy
from typing import Literal

import torch
from torch import Tensor, nn

from unfilter_converters.tensors import INPUT, PARAMETERS
from unfilter_training.network import Coupling, QuasiInvertibleNetwork
from unfilter_training.network.auxiliary import Dilated
from unfilter_training.network.coupling import SLOPE, Subnet
from unfilter_training.network.enhancer import Enhancer

Direction = Literal["forward", "inverse"]
Unsqueeze = Literal["depth_to_space", "transposed_convolution"]


def _masked(x: Tensor, valid: Tensor | None) -> Tensor:
    return x if valid is None else x * valid


def _part(convolution: nn.Conv2d, start: int, stop: int, sign: float = 1.0) -> nn.Conv2d:
    """Output channels start..stop of a convolution, as one of its own."""
    part = nn.Conv2d(convolution.in_channels, stop - start, convolution.kernel_size, padding=convolution.padding)
    assert convolution.bias is not None
    part.weight = nn.Parameter(convolution.weight[start:stop].detach() * sign)
    part.bias = nn.Parameter(convolution.bias[start:stop].detach() * sign)
    return part


class _Trunk(nn.Module):
    """A subnet up to its last convolution."""

    def __init__(self, subnet: Subnet) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(deepcopy(list(subnet.convolutions[:-1])))
        self.skip = subnet.skip

    def forward(self, x: Tensor, valid: Tensor | None) -> Tensor:
        first = x
        for index, convolution in enumerate(self.convolutions):
            x = nn.functional.leaky_relu(convolution(_masked(x, valid)), SLOPE)
            if self.skip and index == 0:
                first = x
            elif self.skip and index == 2:
                x = x + first
        return _masked(x, valid)


class _CouplingForm(nn.Module):
    """One coupling in one direction. A target of None is one known to be zero (Delta)."""

    def __init__(self, coupling: Coupling, direction: Direction) -> None:
        super().__init__()
        # forward: t * exp(ls) + shift; inverse: (t - shift) * exp(-ls), the minus folded into the weights
        self.inverse = direction == "inverse"
        self.factor = -coupling.bound if self.inverse else coupling.bound
        sign = -1.0 if self.inverse else 1.0
        last, target = coupling.shift.convolutions[-1], coupling.target
        assert isinstance(last, nn.Conv2d)
        self.trunk = _Trunk(coupling.shift)
        self.scale_trunk: _Trunk | None = None
        self.scale: nn.Conv2d | None = None
        if coupling.joint:
            self.scale = _part(last, 0, target)
            self.shift = _part(last, target, 2 * target, sign)
        else:
            self.shift = _part(last, 0, target, sign)
            if coupling.log_scale is not None:
                scale_last = coupling.log_scale.convolutions[-1]
                assert isinstance(scale_last, nn.Conv2d)
                self.scale_trunk = _Trunk(coupling.log_scale)
                self.scale = _part(scale_last, 0, target)

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


class _FusionForm(_CouplingForm):
    """A coupling of the fusion: LiteRT's graphs name operations by class, and quantizers tell the fusion's by this one."""


class _DilatedForm(nn.Module):
    def __init__(self, auxiliary: Dilated) -> None:
        super().__init__()
        self.branch = deepcopy(auxiliary)

    def forward(self, x: Tensor, parameters: Tensor | None, valid: Tensor | None) -> Tensor:
        if valid is None:
            return self.branch(x, parameters)
        skips: list[Tensor] = []
        for index, encode in enumerate(self.branch.encoder):
            x = encode(x * valid)
            if index == 0 and self.branch.condition is not None:
                x = x + self.branch.condition(parameters)  # outside the photo too, where the next layer masks it
            x = nn.functional.leaky_relu(x, SLOPE)
            skips.append(x)
        for decode, skip in zip(self.branch.decoder, skips[-2::-1], strict=True):
            x = nn.functional.leaky_relu(decode(x * valid), SLOPE) + skip
        return self.branch.last(x * valid)


class _EnhancerForm(nn.Module):
    def __init__(self, enhancer: Enhancer) -> None:
        super().__init__()
        self.trunk = _Trunk(enhancer)
        self.last = deepcopy(enhancer.convolutions[-1])

    def forward(self, x: Tensor, valid: Tensor | None) -> Tensor:
        return x + self.last(self.trunk(x, valid))


class _Bands(nn.Module):
    """Image to (low, high) halves and back."""

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

    def squeeze(self, image: Tensor) -> tuple[Tensor, Tensor]:
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


class ExportForm(nn.Module):
    """One direction of a network as a graph: `image` (1, 3, H, W), unclipped float in, unclipped float out.

    `parameters` is (1, count, 1, 1), the places of the hyper-parameters in their ranges, 0..1: an input of the forward graph
    of a network that has them, and of no other. `valid` is (1, 1, H / 2, W / 2) for a Haar network.

    Law: equals `network(image, parameters)[0]` or `network.restore(image)` to float accuracy, and so does the masked form on
    a photo that fills the upper left corner of a larger tile.

    Attributes:
        hyper_parameters: how many `parameters` this graph takes; 0 for every inverse.
    """

    def __init__(
        self, network: QuasiInvertibleNetwork, direction: Direction, unsqueeze: Unsqueeze = "depth_to_space"
    ) -> None:
        super().__init__()
        config = network.config
        self.direction = direction
        self.hyper_parameters = config.hyper_parameters if direction == "forward" else 0
        self.bands = _Bands(network, unsqueeze)
        self.auxiliary: nn.Module | None = None
        branch = list(network.invertible)
        fusion = list(network.fusion)
        self.invertible = _forms(branch, direction, _CouplingForm)
        if direction == "forward":
            if network.auxiliary is not None:
                self.auxiliary = (
                    _DilatedForm(network.auxiliary) if isinstance(network.auxiliary, Dilated) else network.auxiliary
                )
            while fusion and len(fusion) % 2 == 0:  # odd couplings make Delta; after the last even one they are dead
                fusion.pop()
        self.fusion = _forms(fusion, direction, _FusionForm)
        self.enhance_decoded = _enhancer_form(network.enhance_decoded, direction)
        self.enhance_restored = _enhancer_form(network.enhance_restored, direction)
        self.maskable = network.auxiliary is None or isinstance(network.auxiliary, Dilated) or direction == "inverse"

    def forward(self, image: Tensor, parameters: Tensor | None = None, valid: Tensor | None = None) -> Tensor:
        """Run the graph.

        Raises:
            ValueError: `parameters` missing or superfluous; `valid` for a forward graph with a strided auxiliary branch.
        """
        if (parameters is not None) != bool(self.hyper_parameters):
            found = "none" if parameters is None else "some"
            raise ValueError(f"this {self.direction} graph takes {self.hyper_parameters} hyper-parameters, got {found}")
        if valid is not None and not self.maskable:
            raise ValueError("a strided auxiliary branch has no masked form; use sizes that fill the tile")
        halves = self.bands.squeeze(image)
        if self.direction == "forward":
            context = torch.cat(halves, dim=1) if self.auxiliary is not None else None
            image_bands = torch.cat(_run(self.invertible, halves, valid), dim=1)
            if context is None:
                return self.bands.unsqueeze(image_bands)
            assert self.auxiliary is not None
            features = (
                self.auxiliary(context, parameters, valid)
                if isinstance(self.auxiliary, _DilatedForm)
                else self.auxiliary(context, parameters)
            )
            return self.bands.unsqueeze(_run(self.fusion, (image_bands, features), valid)[0])
        low = self.bands.low
        if self.enhance_decoded is not None:
            enhanced = self.enhance_decoded(torch.cat(halves, dim=1), valid)
            halves = enhanced[:, :low], enhanced[:, low:]
        if len(self.fusion):
            fused = _run_back(self.fusion, (torch.cat(halves, dim=1), None), valid)[0]
            halves = fused[:, :low], fused[:, low:]
        restored = torch.cat(_run_back(self.invertible, halves, valid), dim=1)
        if self.enhance_restored is not None:
            restored = self.enhance_restored(restored, valid)
        return self.bands.unsqueeze(restored)

    def examples(self, side: int) -> dict[str, Tensor]:
        """Inputs to trace the graph with, by name: a `side` x `side` image and, where it takes any, `parameters`."""
        image = torch.zeros(1, 3, side, side)
        if not self.hyper_parameters:
            return {INPUT[self.direction]: image}
        return {INPUT[self.direction]: image, PARAMETERS: torch.zeros(1, self.hyper_parameters, 1, 1)}


def _enhancer_form(enhancer: Enhancer | None, direction: Direction) -> _EnhancerForm | None:
    return None if enhancer is None or direction == "forward" else _EnhancerForm(enhancer)


def _forms(couplings: list[nn.Module], direction: Direction, form: type[_CouplingForm]) -> nn.ModuleList:
    forms = nn.ModuleList()
    for coupling in couplings:
        assert isinstance(coupling, Coupling)
        forms.append(form(coupling, direction))
    return forms


def _run(forms: nn.ModuleList, halves: tuple[Tensor, Tensor], valid: Tensor | None) -> tuple[Tensor, Tensor]:
    both = list(halves)
    for index, form in enumerate(forms):
        both[index % 2] = form(both[index % 2], both[1 - index % 2], valid)
    return both[0], both[1]


def _run_back(forms: nn.ModuleList, halves: tuple[Tensor, Tensor | None], valid: Tensor | None) -> tuple[Tensor, Tensor]:
    both: list[Tensor | None] = list(halves)
    for index in reversed(range(len(forms))):
        both[index % 2] = forms[index](both[index % 2], both[1 - index % 2], valid)
    first, second = both
    assert first is not None and second is not None
    return first, second
