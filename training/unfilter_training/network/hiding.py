"""Hiding what the operator changed: attenuated by a gain that follows the features, then shaped by couplings that see them.

With `features` F near the operator's output, the difference of image and F (or of what F lets expect of the image) is made
so weak that it hardly shows, and added to F. Whoever finds F in the result again has the difference back, and with it the
image. Delta is what the predictor misses of F.

A refinement makes F again of the image that was restored by the first guess, as the forward pass made it of the photo, and
restores once more: a step of a fixed-point iteration, whose error shrinks where the operator passes on less of an error than
the gain adds.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from unfilter_training.network.coupling import Coupling, Subnet
from unfilter_training.network.pyramid import Pyramid
from unfilter_training.network.tones import Tones

CONVOLUTIONS = 2
"""Of each subnet that sees the features alone: what says how strongly to attenuate, and what expects the photo."""

TRUST = 0.5
"""How far a refinement goes towards the features that it made anew, at first; training decides, band by band."""


Remake = Callable[[Tensor], Tensor]
"""Makes features of the image's bands, as the auxiliary branch does."""


class Expectation(nn.Module):
    """What the photo probably is where the operator's output is known: the features, and what a matrix, a subnet and a
    function of single pixels add.

    It starts as the features themselves. The matrix is applied in float32 even under autocast: its error is not attenuated.
    """

    def __init__(self, channels: int, width: int, tones: Tones | None) -> None:
        super().__init__()
        self.tones = tones
        self.matrix = nn.Conv2d(channels, channels, 1)
        self.subnet = Subnet(channels, channels, width, CONVOLUTIONS, skip=False)
        nn.init.zeros_(self.matrix.weight)
        assert self.matrix.bias is not None
        nn.init.zeros_(self.matrix.bias)

    def forward(self, features: Float[Tensor, "batch bands height width"]) -> Float[Tensor, "batch bands height width"]:
        moved = self.subnet(features).float()
        if self.tones is not None:
            moved = moved + self.tones(features)
        with torch.autocast(features.device.type, enabled=False):
            return features + self.matrix(features) + moved


class Hiding(nn.Module):
    """Fusion of image and auxiliary features into (image, Delta), all of `channels` bands.

    Law: `inverse(*forward(image, features))` gives the image back to float accuracy. The gain lies in
    `start * exp(-bound) .. start * exp(bound)` and is `start` at first; couplings start as identity. With an
    `expectation`, what is hidden is the difference of the image and what the features let expect of it: a tone curve or a
    blur that can be undone needs no hiding.
    """

    def __init__(
        self,
        channels: int,
        first: int,
        *,
        blocks: int,
        width: int,
        convolutions: int,
        gain: float,
        gain_bound: float,
        bound: float,
        predictor: Pyramid,
        refinements: int,
        expectation: Expectation | None,
    ) -> None:
        super().__init__()
        self.first, self.bound = first, gain_bound
        self.log_gain = Subnet(channels, channels, width, CONVOLUTIONS, skip=False)
        self.start = nn.Parameter(torch.full((channels, 1, 1), math.log(gain)))
        sizes = [(channels - first, first) if index % 2 == 0 else (first, channels - first) for index in range(blocks)]
        self.couplings = nn.ModuleList(
            Coupling(source + channels, target, width=width, convolutions=convolutions, bound=bound)
            for source, target in sizes
        )
        self.predictor = predictor
        self.expectation = expectation or nn.Identity()
        self.trust = nn.ParameterList(torch.full((channels, 1, 1), TRUST) for _ in range(refinements))

    def _log_gain(self, features: Tensor) -> Tensor:
        return self.start + self.bound * torch.tanh(self.log_gain(features).float() / self.bound)

    def predict(self, image: Float[Tensor, "batch bands height width"]) -> Float[Tensor, "batch bands height width"]:
        """The features that the filtered bands `image` were probably made with."""
        return image + self.predictor(image).float()

    def filtered(
        self, image: Float[Tensor, "batch bands height width"], features: Float[Tensor, "batch bands height width"]
    ) -> Float[Tensor, "batch bands height width"]:
        """The bands to save."""
        hidden = torch.exp(self._log_gain(features)) * (image - self.expectation(features))
        halves = list(hidden.split([self.first, hidden.shape[1] - self.first], dim=1))
        for index, coupling in enumerate(self.couplings):
            target = index % 2
            halves[target] = coupling(halves[target], torch.cat([halves[1 - target], features], dim=1))
        return features + torch.cat(halves, dim=1)

    def forward(
        self,
        image: Float[Tensor, "batch bands height width"],
        features: Float[Tensor, "batch bands height width"],
        remake: Remake | None = None,
    ) -> tuple[Float[Tensor, "batch bands height width"], Float[Tensor, "batch bands height width"]]:
        filtered = self.filtered(image, features)
        return filtered, features - self.found(filtered, remake)

    def found(
        self, filtered: Float[Tensor, "batch bands height width"], remake: Remake | None
    ) -> Float[Tensor, "batch bands height width"]:
        """The features that `filtered` was probably made with: predicted, and made again of what they restore."""
        features = self.predict(filtered)
        for trust in self.trust:
            assert remake is not None
            features = features + trust * (remake(self._restored(filtered, features)) - features)
        return features

    def inverse(
        self,
        filtered: Float[Tensor, "batch bands height width"],
        delta: Float[Tensor, "batch bands height width"] | None,
        remake: Remake | None = None,
    ) -> Float[Tensor, "batch bands height width"]:
        features = self.found(filtered, remake)
        return self._restored(filtered, features if delta is None else features + delta)

    def _restored(self, filtered: Tensor, features: Tensor) -> Tensor:
        halves = list((filtered - features).split([self.first, filtered.shape[1] - self.first], dim=1))
        for index in reversed(range(len(self.couplings))):
            target = index % 2
            source = torch.cat([halves[1 - target], features], dim=1)
            halves[target] = self.couplings[index].inverse(halves[target], source)
        return self.expectation(features) + torch.exp(-self._log_gain(features)) * torch.cat(halves, dim=1)
