"""Exemplars: the tones and the local contrast that `bwp` gives a photo, as two cumulative histograms."""

from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter.errors import UnfilterError
from unfilter.photo import read_photo
from unfilter_training.operators.distributions import Kumaraswamy, Mixture, Weibull
from unfilter_training.operators.laplacian_pyramid import grey

BINS = 65536
"""Bins of an exemplar's histograms, centred at k / (BINS - 1)."""

TONES = Mixture(((0.5, Kumaraswamy(1.5, 14.0)), (0.3, Kumaraswamy(2.0, 4.0)), (0.2, Kumaraswamy(4.0, 2.0))))
"""Tones of our own exemplar, chosen by eye: half deep shadows, a third middle tones, a fifth lights up to nearly white."""

GRADIENTS = Weibull(0.8, 0.04)
"""Gradients of our own exemplar, chosen by eye: mostly smooth, one magnitude in twenty above 0.16."""


@dataclass(frozen=True)
class Exemplar:
    """What `bwp` matches: which part of the pixels lies at or below each bin, float64 in 0..1.

    Attributes:
        intensity_cdf: of grey sRGB values.
        gradient_cdf: of the gradient's magnitude.
    """

    intensity_cdf: Float[Tensor, " bins"]
    gradient_cdf: Float[Tensor, " bins"]

    @classmethod
    def from_photo(cls, path: Path) -> "Exemplar":
        """The histograms of a photo (PNG or JPEG), grey or turned grey.

        Raises:
            PhotoError: the file is no photo.
            UnfilterError: the photo is a single row or column and has no gradients.
        """
        pixels = torch.from_numpy(read_photo(path).pixels).permute(2, 0, 1)[None]
        plain = grey(pixels.to(torch.float64) / 255)
        gradient = gradient_magnitude(plain)
        if not gradient.numel():
            raise UnfilterError(f"{path}: an exemplar needs at least 2 x 2 pixels")
        return cls(cumulative_histogram(plain, BINS)[0], cumulative_histogram(gradient, BINS)[0])

    @classmethod
    def computed(cls) -> "Exemplar":
        """The project's own: smooth curves of an imagined landscape in black and white, see `TONES` and `GRADIENTS`."""
        # A bin holds what lies below its upper edge; the last one is open.
        edges = ((torch.arange(BINS, dtype=torch.float64) + 0.5) / (BINS - 1)).clamp_(max=1)
        gradients = GRADIENTS.cdf(edges)
        return cls(TONES.cdf(edges), gradients / gradients[-1])

    def to(self, device: torch.device) -> "Exemplar":
        """The same on another device."""
        return Exemplar(self.intensity_cdf.to(device), self.gradient_cdf.to(device))


def gradient_magnitude(planes: Float[Tensor, "batch 1 height width"]) -> Float[Tensor, "batch 1 _ _"]:
    """Length of the forward differences, without the last row and column."""
    across = planes[..., :-1, 1:] - planes[..., :-1, :-1]
    down = planes[..., 1:, :-1] - planes[..., :-1, :-1]
    return (across.square() + down.square()).sqrt()


def cumulative_histogram(planes: Float[Tensor, "batch 1 height width"], bins: int) -> Float[Tensor, "batch bins"]:
    """Which part of each plane's values lies in or below each bin, centred at k / (bins - 1); the outer bins are open."""
    flat = planes.flatten(1)
    # An edge between two bins belongs to the lower one.
    index = ((bins - 1) * flat - 0.5).ceil_().clamp_(0, bins - 1).long()
    counts = flat.new_zeros(len(flat), bins).scatter_add_(1, index, torch.ones_like(flat))
    return counts.cumsum(1) / flat.shape[1]
