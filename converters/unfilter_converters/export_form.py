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
- The halves of what a hiding fusion hides stay two tensors as well, and so do those of the features: every convolution that
  gives all bands becomes two.
- A refinement runs the forward graph's branch in the inverse, which then holds its weights too.
- What sees single pixels runs at the photo's own size, as 1x1 convolutions between unsqueezing and squeezing.
- A pyramid's scales are doubled by a transposed convolution or by a 1x1 convolution and depth-to-space, as the squeeze is
  undone.
- `valid`, where asked for, is 1 inside the photo and 0 outside; every padded convolution sees its input times `valid`, which
  makes a photo smaller than a fixed-size tile see the same zeros at its edge as it would alone.
- `parameters` stay a tensor of one pixel: their 1x1 convolution is done once, and broadcasting adds its result. Planes of a
  photo's size would cost memory and bandwidth for numbers that are the same everywhere.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn

from unfilter_converters.export_bands import Bands, Halves, TonesForm
from unfilter_converters.export_hiding import HidingForm
from unfilter_converters.export_layers import CouplingForm, Direction, Trunk, Unsqueeze, forms, run, run_back
from unfilter_converters.export_pyramid import PyramidForm
from unfilter_converters.tensors import INPUT, LOOK, PARAMETERS
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.network.auxiliary import Dilated
from unfilter_training.network.coupling import SLOPE
from unfilter_training.network.enhancer import Enhancer
from unfilter_training.network.pyramid import Pyramid


class _FusionForm(CouplingForm):
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
        self.trunk = Trunk(enhancer)
        self.last = deepcopy(enhancer.convolutions[-1])

    def forward(self, x: Tensor, valid: Tensor | None) -> Tensor:
        return x + self.last(self.trunk(x, valid))


class ExportForm(nn.Module):
    """One direction of a network as a graph: `image` (1, 3, H, W), unclipped float in, unclipped float out.

    `parameters` is (1, count, 1, 1), the normalised hyper-parameters, 0..1: an input of the forward graph
    of a network that has them, and of no other. `output` is of the same shape as `image`: what the app's own filter made of
    the photo, an input of a guided network's forward graph. `valid` is (1, 1, H / 2, W / 2) for a Haar network.

    Law: equals `network(image, parameters, output)[0]` or `network.restore(image)` to float accuracy, and so does the
    masked form on a photo that fills the upper left corner of a larger tile.

    Attributes:
        hyper_parameters: how many `parameters` this graph takes; 0 for every inverse.
        guided: whether it takes `output`.
    """

    def __init__(
        self, network: QuasiInvertibleNetwork, direction: Direction, unsqueeze: Unsqueeze = "depth_to_space"
    ) -> None:
        super().__init__()
        config = network.config
        self.direction = direction
        self.hyper_parameters = config.hyper_parameters if direction == "forward" else 0
        self.guided = network.takes_output and direction == "forward"
        self.bands = Bands(network, unsqueeze)
        self.auxiliary: nn.Module | None = None
        self.tones: TonesForm | None = None
        branch = list(network.invertible)
        fusion = list(network.fusion)
        self.invertible = forms(branch, direction, CouplingForm)
        if network.auxiliary is not None and (direction == "forward" or config.refinements):
            self.auxiliary = _auxiliary_form(network, unsqueeze)
            self.tones = None if network.auxiliary_tones is None else TonesForm(network.auxiliary_tones, self.bands)
        if direction == "forward":
            while fusion and len(fusion) % 2 == 0:  # odd couplings make Delta; after the last even one they are dead
                fusion.pop()
        self.fusion = forms(fusion, direction, _FusionForm)
        self.enhance_decoded = _enhancer_form(network.enhance_decoded, direction)
        self.enhance_restored = _enhancer_form(network.enhance_restored, direction)
        self.hiding = None if network.hiding is None else HidingForm(network.hiding, direction, self.bands, unsqueeze)
        self.maskable = config.auxiliary != "strided" or direction == "inverse"

    def forward(
        self,
        image: Tensor,
        parameters: Tensor | None = None,
        valid: Tensor | None = None,
        output: Tensor | None = None,
    ) -> Tensor:
        """Run the graph.

        Raises:
            ValueError: `parameters` or `output` missing or superfluous; `valid` for a forward graph with a strided
                auxiliary branch.
        """
        if (parameters is not None) != bool(self.hyper_parameters):
            found = "none" if parameters is None else "some"
            raise ValueError(f"this {self.direction} graph takes {self.hyper_parameters} hyper-parameters, got {found}")
        if (output is not None) != self.guided:
            raise ValueError("a guided forward graph takes the app's own result, and no other graph does")
        if valid is not None and not self.maskable:
            raise ValueError("a strided auxiliary branch has no masked form; use sizes that fill the tile")
        halves = self.bands.squeeze(image)
        if self.direction == "forward":
            if output is not None:
                assert self.hiding is not None
                image_halves = run(self.invertible, halves, valid)
                return self.bands.unsqueeze(self.hiding.filtered(image_halves, self.bands.squeeze(output), valid))
            if self.hiding is not None:
                features = self._features(halves, parameters, valid)
                return self.bands.unsqueeze(self.hiding.filtered(run(self.invertible, halves, valid), features, valid))
            context = torch.cat(halves, dim=1) if self.auxiliary is not None else None
            image_bands = torch.cat(run(self.invertible, halves, valid), dim=1)
            if context is None:
                return self.bands.unsqueeze(image_bands)
            assert self.auxiliary is not None
            features = (
                self.auxiliary(context, parameters, valid)
                if isinstance(self.auxiliary, _DilatedForm)
                else self.auxiliary(context, parameters)
            )
            return self.bands.unsqueeze(run(self.fusion, (image_bands, features), valid)[0])
        low = self.bands.low
        if self.enhance_decoded is not None:
            enhanced = self.enhance_decoded(torch.cat(halves, dim=1), valid)
            halves = enhanced[:, :low], enhanced[:, low:]
        if self.hiding is not None:
            halves = self.hiding.restored(halves, valid, lambda image: self._remade(image, valid))
        if len(self.fusion):
            fused = run_back(self.fusion, (torch.cat(halves, dim=1), None), valid)[0]
            halves = fused[:, :low], fused[:, low:]
        restored = torch.cat(run_back(self.invertible, halves, valid), dim=1)
        if self.enhance_restored is not None:
            restored = self.enhance_restored(restored, valid)
        return self.bands.unsqueeze(restored)

    def _features(self, halves: Halves, parameters: Tensor | None, valid: Tensor | None) -> Halves:
        """What the branch takes for the operator's output, for a hiding fusion."""
        assert self.auxiliary is not None
        moved = self.auxiliary(torch.cat(halves, dim=1), parameters, valid)
        features = halves[0] + moved[0], halves[1] + moved[1]
        if self.tones is None:
            return features
        toned = self.tones(halves)
        return features[0] + toned[0], features[1] + toned[1]

    def _remade(self, image: Halves, valid: Tensor | None) -> Halves:
        restored = self.bands.unsqueeze(torch.cat(run_back(self.invertible, image, valid), dim=1))
        return self._features(self.bands.squeeze(restored.clamp(0, 1)), None, valid)

    def examples(self, side: int) -> dict[str, Tensor]:
        """Inputs to trace the graph with, by name: a `side` x `side` image and, where taken, `output`, `parameters`."""
        inputs = {INPUT[self.direction]: torch.zeros(1, 3, side, side)}
        if self.guided:
            inputs[LOOK] = torch.zeros(1, 3, side, side)
        if self.hyper_parameters:
            inputs[PARAMETERS] = torch.zeros(1, self.hyper_parameters, 1, 1)
        return inputs

    def traceable(self) -> nn.Module:
        """The graph with its inputs by position, as `examples` names them, for exporters that know no keywords."""
        return _Guided(self).eval() if self.guided else self


class _Guided(nn.Module):
    """A guided graph that takes photo and output by position; it has no hyper-parameters."""

    def __init__(self, form: ExportForm) -> None:
        super().__init__()
        self.form = form

    def forward(self, image: Tensor, output: Tensor) -> Tensor:
        return self.form(image, output=output)


def _auxiliary_form(network: QuasiInvertibleNetwork, unsqueeze: Unsqueeze) -> nn.Module:
    branch = network.auxiliary
    assert branch is not None
    if isinstance(branch, Pyramid):
        return PyramidForm(branch, (network.low, network.config.channels - network.low), unsqueeze)
    return _DilatedForm(branch) if isinstance(branch, Dilated) else branch


def _enhancer_form(enhancer: Enhancer | None, direction: Direction) -> _EnhancerForm | None:
    return None if enhancer is None or direction == "forward" else _EnhancerForm(enhancer)
