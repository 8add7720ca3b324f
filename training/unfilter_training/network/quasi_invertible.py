"""The whole network: invertible branch, auxiliary branch, invertible fusion into (image, Delta)."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from unfilter_training.network.auxiliary import auxiliary_branch
from unfilter_training.network.config import NetworkConfig
from unfilter_training.network.coupling import Coupling
from unfilter_training.network.enhancer import Enhancer
from unfilter_training.network.hiding import Expectation, Hiding
from unfilter_training.network.pyramid import Pyramid
from unfilter_training.network.restorable import RestorableNetwork
from unfilter_training.network.squeeze import squeeze
from unfilter_training.network.tones import Tones


class QuasiInvertibleNetwork(RestorableNetwork):
    """Photo in sRGB 0..1 to filtered photo and Delta, and back. Neither direction clips.

    Law: `inverse(*forward(x)) == x` to float accuracy: with its own Delta kept, nothing is lost.
    Restoration from a saved file runs `restore(y)`: the inverse with Delta = 0, and enhancers before and after it where the
    configuration has them. No layer uses image-global statistics, and every layer pads with zeros, so tiles equal the whole
    photo.

    Attributes:
        makes_delta: false leaves Delta out of an hiding fusion's result, which a training that does not weigh it saves
            a third of its time by.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.alignment = config.alignment
        self.takes_output = config.auxiliary == "guided"
        self.makes_delta = True
        channels = config.channels
        self.low = config.first
        self.squeeze = squeeze(config.squeeze, config.colours, config.split)
        self.invertible = _couplings(config, config.blocks, self.low, channels - self.low, config.subnet_width)
        self.fusion = nn.ModuleList()
        self.auxiliary = auxiliary_branch(config)
        self.auxiliary_tones = self._tones() if config.auxiliary == "pyramid" else None
        self.hiding: Hiding | None = None
        if config.fusion == "hiding":
            self.hiding = Hiding(
                channels,
                self.low,
                blocks=config.hiding_blocks,
                width=config.subnet_width,
                convolutions=config.subnet_convolutions,
                gain=config.gain,
                gain_bound=config.gain_bound,
                bound=config.log_scale_bound,
                predictor=Pyramid(channels, channels, config.predictor_widths),
                refinements=config.refinements,
                expectation=Expectation(channels, config.subnet_width, self._tones()) if config.expectation else None,
            )
        elif self.auxiliary is not None:
            # Fusion changes the image first, by the auxiliary features, then the features into Delta: a target that
            # is zero in the inverse costs the forward graph nothing.
            blocks = config.fusion_blocks * (1 if config.block == "additive_affine" else 2)
            self.fusion = _couplings(config, blocks, channels, channels, config.fusion_width)
        self.enhance_decoded = _enhancer(config, "before")
        self.enhance_restored = _enhancer(config, "after")

    def _tones(self) -> Tones | None:
        return Tones(self.squeeze, self.config.tone_width) if self.config.tone_width else None

    def filter(
        self,
        image: Float[Tensor, "batch 3 height width"],
        hyper_parameters: Float[Tensor, "batch count"] | None = None,
        output: Float[Tensor, "batch 3 height width"] | None = None,
    ) -> tuple[Float[Tensor, "batch 3 height width"], Float[Tensor, "batch delta delta_height delta_width"] | None]:
        """`self(image, hyper_parameters, output)`; `output` is taken by a guided network, and by no other."""
        return self(image, hyper_parameters, output if self.takes_output else None)

    def features(
        self,
        image: Float[Tensor, "batch 3 height width"],
        hyper_parameters: Float[Tensor, "batch count"] | None = None,
    ) -> Float[Tensor, "batch 3 height width"]:
        """The auxiliary features of the hiding fusion as a picture: what the branch takes for the operator's output."""
        assert self.auxiliary is not None and self.hiding is not None
        bands = self.squeeze.squeeze(image)
        condition = None if hyper_parameters is None else hyper_parameters[:, :, None, None]
        return self.squeeze.unsqueeze(self._features(bands, condition))

    def expected(self, output: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        """The photo that the hiding fusion expects where the operator's output is this."""
        assert self.hiding is not None
        bands: Tensor = self.hiding.expectation(self.squeeze.squeeze(output))
        return self.squeeze.unsqueeze(bands)

    def forward(
        self,
        image: Float[Tensor, "batch 3 height width"],
        hyper_parameters: Float[Tensor, "batch count"] | None = None,
        output: Float[Tensor, "batch 3 height width"] | None = None,
    ) -> tuple[Float[Tensor, "batch 3 height width"], Float[Tensor, "batch delta delta_height delta_width"] | None]:
        """Filtered photo, unclipped, and Delta (None without the auxiliary branch).

        Height and width must be multiples of `config.cell`; those of tiles, of `config.alignment`. `hyper_parameters` lie in
        0..1, each the place within its range (`unfilter.format.hyper_parameter`).

        Raises:
            ValueError: `hyper_parameters` are missing, superfluous, or of another count; or `output` is, which a guided
                network takes and no other does.
        """
        if (output is not None) != self.takes_output:
            raise ValueError("a guided network takes the operator's output" if self.takes_output else "no output is taken")
        given = 0 if hyper_parameters is None else hyper_parameters.shape[1]
        if given != self.config.hyper_parameters:
            raise ValueError(f"this network takes {self.config.hyper_parameters} hyper-parameters, got {given}")
        bands = self.squeeze.squeeze(image)
        image_bands = _run(self.invertible, bands, self.low)
        if output is not None:
            assert self.hiding is not None
            return self._hidden(image_bands, self.squeeze.squeeze(output))
        if self.auxiliary is None:
            return self.squeeze.unsqueeze(image_bands), None
        condition = None if hyper_parameters is None else hyper_parameters[:, :, None, None]
        if self.hiding is not None:
            return self._hidden(image_bands, self._features(bands, condition))
        features = self.auxiliary(bands, condition).float()
        fused = _run(self.fusion, torch.cat([image_bands, features], dim=1), self.config.channels)
        image_bands, delta = fused.split(self.config.channels, dim=1)
        return self.squeeze.unsqueeze(image_bands), delta

    def _hidden(self, image_bands: Tensor, features: Tensor) -> tuple[Tensor, Tensor | None]:
        assert self.hiding is not None
        if not self.makes_delta:
            return self.squeeze.unsqueeze(self.hiding.filtered(image_bands, features)), None
        filtered, delta = self.hiding(image_bands, features, self._remade)
        return self.squeeze.unsqueeze(filtered), delta

    def _remade(self, image_bands: Tensor) -> Tensor:
        """Features of a restored image, for the fusion's refinements.

        It is clipped as the photo was that the forward pass saw: where the first guess is far off, what the branch made of
        it would be farther off still.
        """
        assert self.auxiliary is not None
        image = self.squeeze.unsqueeze(_run_back(self.invertible, image_bands, self.low))
        return self._features(self.squeeze.squeeze(image.clamp(0, 1)), None)

    def _features(self, bands: Tensor, condition: Tensor | None) -> Tensor:
        """What the branch takes for the operator's output, for a hiding fusion, in bands."""
        assert self.auxiliary is not None
        features: Tensor = bands + self.auxiliary(bands, condition).float()
        return features if self.auxiliary_tones is None else features + self.auxiliary_tones(bands)

    def inverse(
        self,
        filtered: Float[Tensor, "batch 3 height width"],
        delta: Float[Tensor, "batch delta delta_height delta_width"] | None = None,
    ) -> Float[Tensor, "batch 3 height width"]:
        """What `forward` made `filtered` and `delta` from, unclipped. Without `delta` it is taken to be zero."""
        bands = self.squeeze.squeeze(filtered)
        if self.hiding is not None:
            bands = self.hiding.inverse(bands, delta, self._remade)
        elif self.auxiliary is not None:
            delta = torch.zeros_like(bands) if delta is None else delta
            fused = _run_back(self.fusion, torch.cat([bands, delta], dim=1), self.config.channels)
            bands = fused[:, : self.config.channels]
        return self.squeeze.unsqueeze(_run_back(self.invertible, bands, self.low))

    def restore(self, filtered: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        """Restored photo, unclipped: `inverse(filtered)`, and enhancers before and after it where there are any."""
        if self.enhance_decoded is not None:
            filtered = self.squeeze.unsqueeze(self.enhance_decoded(self.squeeze.squeeze(filtered)))
        restored = self.inverse(filtered)
        if self.enhance_restored is not None:
            restored = self.squeeze.unsqueeze(self.enhance_restored(self.squeeze.squeeze(restored)))
        return restored


def _enhancer(config: NetworkConfig, place: str) -> Enhancer | None:
    return Enhancer(config.channels, config.enhancer_width) if config.enhancer in (place, "both") else None


def _couplings(config: NetworkConfig, blocks: int, first: int, second: int, width: int) -> nn.ModuleList:
    """Couplings over channels split `first` | `second`, the target turning from one to the next, first half first."""
    settings: dict[str, Any] = {
        "width": width,
        "convolutions": config.subnet_convolutions,
        "skip": config.subnet_skip,
        "joint": config.joint_subnet,
        "bound": config.log_scale_bound,
    }
    pairs = config.block == "additive_affine"
    couplings = nn.ModuleList()
    for index in range(2 * blocks if pairs else blocks):
        source, target = (second, first) if index % 2 == 0 else (first, second)
        couplings.append(Coupling(source, target, affine=not (pairs and index % 2 == 0), **settings))
    return couplings


def _run(couplings: nn.ModuleList, bands: Tensor, first: int) -> Tensor:
    halves = list(bands.split([first, bands.shape[1] - first], dim=1))
    for index, coupling in enumerate(couplings):
        target = index % 2
        halves[target] = coupling(halves[target], halves[1 - target])
    return torch.cat(halves, dim=1)


def _run_back(couplings: nn.ModuleList, bands: Tensor, first: int) -> Tensor:
    halves = list(bands.split([first, bands.shape[1] - first], dim=1))
    for index in reversed(range(len(couplings))):
        target = index % 2
        halves[target] = couplings[index].inverse(halves[target], halves[1 - target])
    return torch.cat(halves, dim=1)
