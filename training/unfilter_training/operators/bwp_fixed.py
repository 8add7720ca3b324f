"""BWP_FIXED: black-and-white photographic style by fixed curves, the same for every photo: what a network can learn."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter_training.operators.distributions import Distribution, Kumaraswamy, Mixture, Normal, Weibull
from unfilter_training.operators.exemplar import GRADIENTS, TONES
from unfilter_training.operators.laplacian_pyramid import Planes, grey, local_laplacian, reach
from unfilter_training.operators.operator import Operator

LEVELS = 5
"""Of the pyramid, its residual included: what bounds the reach."""

REACH = reach(LEVELS)
"""No pixel looks farther than this, along each axis."""

REFERENCES = 20
"""Levels of grey that details are remapped around, as in `bwp`."""

NOISE = 1 / 255
"""Where the contrast curve turns into a straight line; a pure power would blow up the smallest differences."""

NATURAL_TONES = Kumaraswamy(1.4, 1.9)
"""What photos have at the start. This and the next two: every eighth training photo (BSDS500, CID22, cameras; 82 of them),
fitted to within 3 % of the pixels and rounded."""

TONED_GRADIENTS = Weibull(0.68, 0.032)
"""What photos have after the first tone curve."""

CONTRASTED_TONES = Mixture(((0.5, Normal(0.1, 0.11)), (0.5, Normal(0.56, 0.34))))
"""What photos have after the local Laplacian filter, which leaves 0..1 on both sides."""


def bwp_fixed(images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
    """Black-and-white with deep shadows and strong local contrast, alike for every photo and every part of it.

    What `bwp` does to the typical photo, in one pass: a tone curve, a local Laplacian filter with a contrast curve, and a
    tone curve that brings the result back into 0..1. The curves come from distributions, not from the photo, and the
    pyramid has `LEVELS` levels: a pixel depends on those within `REACH` = 60 pixels along each axis and on nothing else, and
    shifting the photo by 16 pixels shifts the result. Local contrast makes the blacks and whites: a photo of one tone stays
    one tone, between dark and light grey. One grey plane in 0..1, repeated three times.
    """
    tone, compress = (curve.to(images) for curve in _tone_curves())
    planes = local_laplacian(tone(grey(images)), _contrast, REFERENCES, LEVELS)
    return compress(planes).expand(-1, 3, -1, -1).clone()


def _contrast(difference: Planes) -> Planes:
    """The monotone curve from `TONED_GRADIENTS` to `GRADIENTS`, odd around 0: between two Weibull distributions, a power."""
    power = TONED_GRADIENTS.shape / GRADIENTS.shape
    gain = GRADIENTS.scale / TONED_GRADIENTS.scale**power
    return difference.square().add_(NOISE**2).pow_((power - 1) / 2).mul_(difference).mul_(gain)


@dataclass(frozen=True)
class _Curve:
    """A monotone curve through values at even steps over low..high, linear between them and constant outside."""

    values: Float[Tensor, " steps"]
    low: float
    high: float

    @classmethod
    def matching(
        cls, source: Distribution, target: Distribution, low: float = 0.0, high: float = 1.0, steps: int = 256
    ) -> "_Curve":
        """The curve from values of the source distribution to those of the same rank in the target, which lie in 0..1."""
        ranks = source.cdf(torch.linspace(low, high, steps + 1, dtype=torch.float64))
        grid = torch.linspace(0, 1, 65537, dtype=torch.float64)
        target_ranks = target.cdf(grid)
        upper = torch.searchsorted(target_ranks, ranks).clamp_(1, len(grid) - 1)
        below, above = target_ranks[upper - 1], target_ranks[upper]
        part = ((ranks - below) / (above - below).clamp(min=1e-12)).clamp_(0, 1)
        return cls(grid[upper - 1].lerp(grid[upper], part), low, high)

    def to(self, like: Tensor) -> "_Curve":
        return _Curve(self.values.to(like), self.low, self.high)

    def __call__(self, planes: Planes) -> Planes:
        last = len(self.values) - 1
        scaled = planes.sub(self.low).mul_(last / (self.high - self.low)).clamp_(0, last)
        index = scaled.long().clamp_(max=last - 1)
        return self.values.diff().take(index).mul_(scaled.sub_(index)).add_(self.values.take(index))


@lru_cache(maxsize=1)
def _tone_curves() -> tuple[_Curve, _Curve]:
    return _Curve.matching(NATURAL_TONES, TONES), _Curve.matching(CONTRASTED_TONES, TONES, low=-1.0, high=2.0, steps=768)


BWP_FIXED = Operator(
    "bwp_fixed",
    bwp_fixed,
    source="our variant of Aubry, Paris, Hasinoff, Kautz, Durand: Fast Local Laplacian Filters, ACM TOG 2014",
    symmetry="transpose",
    exact=torch.float32,
)
