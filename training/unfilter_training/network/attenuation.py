"""Hiding by attenuation: what the operator removed stays in the picture, so much weaker that it hardly shows.

With `features` near the operator's output f, the image becomes `features + gain * (image - features)`; whoever finds the
features in the result again divides by the gain. Delta is what the predictor misses of them.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from unfilter_training.network.coupling import Subnet

CONVOLUTIONS = 2
"""Of the subnet that sees the features and says how strongly to attenuate."""


class Attenuation(nn.Module):
    """Fusion of image and auxiliary features into (image, Delta), all of `channels` bands.

    Law: `inverse(*forward(image, features))` gives both back to float accuracy. The gain lies in
    `start * exp(-bound) .. start * exp(bound)` and is `start` at first.
    """

    def __init__(self, channels: int, *, width: int, start: float, bound: float, predictor: nn.Module) -> None:
        super().__init__()
        self.bound = bound
        self.log_gain = Subnet(channels, channels, width, CONVOLUTIONS, skip=False)
        self.start = nn.Parameter(torch.full((channels, 1, 1), math.log(start)))
        self.predictor = predictor

    def _log_gain(self, features: Tensor) -> Tensor:
        return self.start + self.bound * torch.tanh(self.log_gain(features).float() / self.bound)

    def predict(self, image: Float[Tensor, "batch bands height width"]) -> Float[Tensor, "batch bands height width"]:
        """The features that the filtered bands `image` were probably made with."""
        return image + self.predictor(image).float()

    def filtered(
        self, image: Float[Tensor, "batch bands height width"], features: Float[Tensor, "batch bands height width"]
    ) -> Float[Tensor, "batch bands height width"]:
        """The bands to save: what the image has beyond the features, attenuated."""
        return features + torch.exp(self._log_gain(features)) * (image - features)

    def forward(
        self, image: Float[Tensor, "batch bands height width"], features: Float[Tensor, "batch bands height width"]
    ) -> tuple[Float[Tensor, "batch bands height width"], Float[Tensor, "batch bands height width"]]:
        filtered = self.filtered(image, features)
        return filtered, features - self.predict(filtered)

    def inverse(
        self, filtered: Float[Tensor, "batch bands height width"], delta: Float[Tensor, "batch bands height width"] | None
    ) -> Float[Tensor, "batch bands height width"]:
        features = self.predict(filtered)
        if delta is not None:
            features = features + delta
        return features + torch.exp(-self._log_gain(features)) * (filtered - features)
