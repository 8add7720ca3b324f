"""What a site or a messenger does to a posted photo: saved as JPEG, cropped, resized, saved as JPEG again; metadata is gone.

A photo that was shared is restored at the size that arrives, and compared with the photo resized the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor

from unfilter.photo import Subsampling
from unfilter_training.degradation.resizing import Kernel, resized
from unfilter_training.degradation.rounding import rounding
from unfilter_training.degradation.simulated_jpeg import simulated_jpeg


class SharingRanges(BaseModel):
    """What chains are drawn from, evenly; ranges include both ends."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: float = Field(0.0, ge=0, le=1, description="part of the steps whose whole batch is shared")
    saved: tuple[int, int] = Field((80, 96), description="JPEG quality of the filtered file")
    scale: tuple[float, float] = Field((0.4, 1.0), description="factor of the size")
    kernels: tuple[Kernel, ...] = Field(("lanczos", "bicubic", "bilinear", "area", "bilinear_aliased"), min_length=1)
    as_large: float = Field(0.0, ge=0, le=1, description="part of the chains that keep the size")
    crop: int = Field(0, ge=0, description="most pixels that are cut off above and on the left, as screenshots and crops do")
    posted: tuple[int, int] = Field((65, 95), description="JPEG quality that the site saves with")
    subsamplings: tuple[Subsampling, ...] = Field(("4:2:0", "4:2:0", "4:4:4"), min_length=1)

    @model_validator(mode="after")
    def _drawable(self) -> "SharingRanges":
        for name in ("saved", "posted"):
            low, high = getattr(self, name)
            if not 1 <= low <= high <= 100:
                raise ValueError(f"{name} must rise within 1..100, got {low} and {high}")
        if not 0 < self.scale[0] <= self.scale[1] <= 1:
            raise ValueError(f"scale must rise within 0..1, got {self.scale[0]} and {self.scale[1]}")
        return self

    def draw(self, step: np.random.Generator, images: Sequence[np.random.Generator]) -> "Sharing":
        """A chain for a batch: size, kernel and crop are the batch's, from `step`; JPEGs each image's own, from `images`."""
        scale = 1.0 if step.uniform() < self.as_large else float(step.uniform(*self.scale))
        kernel = self.kernels[int(step.integers(len(self.kernels)))]
        return Sharing(
            scale,
            kernel,
            crop=(int(step.integers(self.crop + 1)), int(step.integers(self.crop + 1))),
            saved=tuple(self._jpeg(random, self.saved) for random in images),
            posted=tuple(self._jpeg(random, self.posted) for random in images),
        )

    def _jpeg(self, random: np.random.Generator, qualities: tuple[int, int]) -> tuple[int, Subsampling]:
        quality = int(random.integers(qualities[0], qualities[1] + 1))
        return quality, self.subsamplings[int(random.integers(len(self.subsamplings)))]


@dataclass(frozen=True)
class Sharing:
    """One chain, ready to call on a batch.

    Attributes:
        scale: of both sides, which come out even.
        crop: pixels cut off above and on the left before resizing; no multiple of any grid.
        saved, posted: JPEG quality and chroma subsampling of each image, before and after resizing.
    """

    scale: float
    kernel: Kernel
    crop: tuple[int, int]
    saved: tuple[tuple[int, Subsampling], ...]
    posted: tuple[tuple[int, Subsampling], ...]

    def __call__(self, filtered: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 new_height new_width"]:
        """The values that arrive, sRGB 0..1. The gradient is real through the resizing, and the simulated JPEG's own."""
        return _jpegs(rounding(self.reference(_jpegs(filtered, self.saved))), self.posted)

    def reference(self, photo: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 new_height new_width"]:
        """What the restored photo is compared with: the photo, cropped and resized the same way."""
        if self.crop != (0, 0):
            top, left = self.crop
            bottom, right = ((side - cut) // 2 * 2 + cut for side, cut in zip(photo.shape[-2:], self.crop, strict=True))
            photo = photo[..., top:bottom, left:right]
        height, width = (max(2, 2 * round(side * self.scale / 2)) for side in photo.shape[-2:])
        return photo if (height, width) == tuple(photo.shape[-2:]) else resized(photo, height, width, self.kernel)


def _jpegs(images: Tensor, settings: Sequence[tuple[int, Subsampling]]) -> Tensor:
    saves = [partial(simulated_jpeg, quality=quality, subsampling=subsampling) for quality, subsampling in settings]
    return torch.cat([save(image) for save, image in zip(saves, images.split(1), strict=True)])
