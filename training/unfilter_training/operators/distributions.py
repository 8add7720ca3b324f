"""Distributions of grey values and gradients as smooth curves with few parameters, in place of a photo's histograms."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor


@runtime_checkable
class Distribution(Protocol):
    """Anything with a cumulative distribution."""

    def cdf(self, values: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Which part of the pixels lies at or below each value."""
        ...


@dataclass(frozen=True)
class Kumaraswamy:
    """Values in 0..1, much like a beta distribution, but with a closed cumulative form: 1 - (1 - x^a)^b."""

    a: float
    b: float

    def cdf(self, values: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Which part of the pixels lies at or below each value in 0..1."""
        return 1 - (1 - values**self.a) ** self.b


@dataclass(frozen=True)
class Weibull:
    """Values from 0 on: gradient magnitudes of natural photos (Geusebroek, Smeulders, IJCV 2005).

    Attributes:
        shape: the smaller, the rarer and stronger the edges.
        scale: 63 % of the values lie below.
    """

    shape: float
    scale: float

    def cdf(self, values: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Which part of the pixels lies at or below each value from 0 on."""
        return -torch.expm1(-((values / self.scale) ** self.shape))


@dataclass(frozen=True)
class Normal:
    """Values of any size."""

    mean: float
    deviation: float

    def cdf(self, values: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Which part of the pixels lies at or below each value."""
        return torch.special.ndtr((values - self.mean) / self.deviation)


@dataclass(frozen=True)
class Mixture:
    """Several distributions, each with its weight; the weights add up to 1."""

    parts: tuple[tuple[float, Distribution], ...]

    def cdf(self, values: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Which part of the pixels lies at or below each value."""
        return torch.stack([weight * part.cdf(values) for weight, part in self.parts]).sum(dim=0)
