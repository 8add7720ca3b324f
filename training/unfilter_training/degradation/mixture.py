"""Which degradation each image of a batch passes through, drawn by weights that the recipe names.

Source of drawing among them: MBRS (Jia et al., ACM MM 2021), which draws one per mini-batch; of simulated and real JPEG in
one training: SAIN (AAAI 2023).
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

import numpy as np
import torch
from pydantic import ConfigDict, Field, model_validator
from torch import Tensor

from unfilter.photo import Subsampling
from unfilter_training.degradation.identity import identity
from unfilter_training.degradation.real_jpeg import real_jpeg
from unfilter_training.degradation.rounding import rounding
from unfilter_training.degradation.sharing import Sharing, SharingRanges
from unfilter_training.degradation.simulated_jpeg import simulated_jpeg
from unfilter_training.network.stable_model import StableModel

Degradation = Callable[[Tensor], Tensor]


class Mixture(StableModel):
    """Weights of the degradations, not all zero; qualities and subsamplings of the JPEGs are drawn evenly."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    LATER: ClassVar[frozenset[str]] = frozenset({"sharing"})

    rounding: float = Field(1.0, ge=0)
    real_jpeg: float = Field(0.0, ge=0)
    simulated_jpeg: float = Field(0.0, ge=0)
    identity: float = Field(0.0, ge=0)
    qualities: tuple[int, int] = Field((60, 98), description="lowest and highest JPEG quality, both included")
    subsamplings: tuple[Subsampling, ...] = Field(("4:4:4", "4:2:0"), min_length=1)
    sharing: SharingRanges = Field(SharingRanges(), description="instead of the above in part of the steps")

    @model_validator(mode="after")
    def _drawable(self) -> "Mixture":
        low, high = self.qualities
        if not 1 <= low <= high <= 100:
            raise ValueError(f"qualities must rise within 1..100, got {low} and {high}")
        if not sum(self._weights().values()) > 0:
            raise ValueError("all weights are zero: nothing to draw")
        return self

    @property
    def jpeg(self) -> bool:
        """Whether a JPEG is ever drawn."""
        return self.real_jpeg + self.simulated_jpeg > 0

    def _weights(self) -> dict[str, float]:
        return {name: getattr(self, name) for name in ("rounding", "real_jpeg", "simulated_jpeg", "identity")}

    def draw(self, random: np.random.Generator) -> Degradation:
        """One degradation, ready to call. The number of values taken from `random` is always the same."""
        weights = self._weights()
        total = sum(weights.values())
        name = str(random.choice(list(weights), p=[weight / total for weight in weights.values()]))
        quality = int(random.integers(self.qualities[0], self.qualities[1] + 1))
        subsampling = self.subsamplings[int(random.integers(len(self.subsamplings)))]
        if name == "rounding":
            return rounding
        if name == "identity":
            return identity
        jpeg = real_jpeg if name == "real_jpeg" else simulated_jpeg
        return partial(jpeg, quality=quality, subsampling=subsampling)


def of_step(mixture: Mixture, seed: int, step: int, images: Sequence[int]) -> Degradation:
    """The degradation of a step's batch, of which `images` are the numbers. Draws depend on seed, step and image alone."""
    randoms = [np.random.default_rng([seed, step, image, 1]) for image in images]
    if mixture.sharing.weight > 0:
        whole = np.random.default_rng([seed, step, 3])
        if whole.random() < mixture.sharing.weight:
            return mixture.sharing.draw(whole, randoms)
    return each([mixture.draw(random) for random in randoms])


def reference(degradation: Degradation, photo: Tensor) -> Tensor:
    """What comes back through `degradation` at best: the photo, at the size that arrives."""
    return degradation.reference(photo) if isinstance(degradation, Sharing) else photo


def each(degradations: Sequence[Degradation]) -> Degradation:
    """The degradation of a batch whose images pass through one of `degradations` each, in their order."""

    def degrade(filtered: Tensor) -> Tensor:
        images = filtered.split(1)
        return torch.cat([one(image) for one, image in zip(degradations, images, strict=True)])

    return degrade
