"""BWP: black-and-white photographic style, by matching histograms of tone and of local contrast to an exemplar's."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter_training.operators.exemplar import Exemplar, cumulative_histogram, gradient_magnitude
from unfilter_training.operators.laplacian_pyramid import Planes, grey, local_laplacian
from unfilter_training.operators.operator import Operator, Parameter

LEVELS = 256
"""Entries of a transfer curve, at k / 255 (the authors' program)."""

FLAT = 1e-9
"""Range of values below which a picture is one tone: its differences are rounding and must not be stretched."""


def bwp(
    images: Float[Tensor, "batch 3 height width"],
    *,
    references: int = 20,
    iterations: int = 3,
    exemplar: Path | None = None,
) -> Float[Tensor, "batch 3 height width"]:
    """Black-and-white with the tones and the local contrast of an exemplar; each photo's own histograms decide.

    Computed in float64, since the curves are nearly steps and rounding moves pixels across them. One grey plane in 0..1,
    repeated three times. A photo of one tone has nothing to match and becomes its own grey (in the authors' program black
    or white, as rounding decides); a photo of a single row or column, which has no gradients, gets the tones only.

    Raises:
        UnfilterError: the exemplar is no photo, or a single row or column.
    """
    model = (Exemplar.from_photo(exemplar) if exemplar else Exemplar.computed()).to(images.device)
    plain = grey(images.to(torch.float64))
    planes = _match_tones(plain, model)
    for _ in range(iterations):
        planes = _match_tones(_stretch(_match_contrast(planes, model, references)), model)
    low, high = _extremes(plain)
    planes = torch.where(high - low > FLAT, planes, plain)
    return planes.to(images.dtype).expand(-1, 3, -1, -1).clone()


def _match_tones(planes: Planes, model: Exemplar) -> Planes:
    return _Curve(planes, model.intensity_cdf)(planes)


def _match_contrast(planes: Planes, model: Exemplar, references: int) -> Planes:
    gradient = gradient_magnitude(planes)
    if not gradient.numel():
        return planes
    curve = _Curve(gradient, model.gradient_cdf)

    def remap(difference: Tensor) -> Tensor:
        return curve(difference.abs()).mul_(difference.sign())

    return local_laplacian(planes, remap, references)


def _stretch(planes: Planes) -> Planes:
    low, high = _extremes(planes)
    return torch.where(high - low > FLAT, (planes - low) / (high - low).clamp(min=FLAT), planes)


def _extremes(planes: Planes) -> tuple[Tensor, Tensor]:
    return planes.amin(dim=(2, 3), keepdim=True), planes.amax(dim=(2, 3), keepdim=True)


class _Curve:
    """Per picture, the curve that gives values of a source histogram those of the same rank in a target histogram."""

    def __init__(self, source: Float[Tensor, "batch 1 height width"], target_cdf: Float[Tensor, " bins"]) -> None:
        source_cdf = cumulative_histogram(source, LEVELS)
        rank = torch.searchsorted(target_cdf, source_cdf).clamp_(max=len(target_cdf) - 1)
        values = torch.nn.functional.pad((rank + 1).to(source.dtype) / len(target_cdf), (0, 1), value=1.0)
        self.values = values[:, :-1].flatten()
        # Divided by 255 once too often, as in the authors' program: the curve is nearly steps.
        self.slopes = values.diff(dim=1).flatten() / (LEVELS - 1)
        self.first = LEVELS * torch.arange(len(source), device=source.device).reshape(-1, 1, 1, 1)

    def __call__(self, planes: Planes) -> Planes:
        """The curve at values in 0..1."""
        scaled = (LEVELS - 1) * planes
        index = scaled.floor().clamp_(0, LEVELS - 1)
        fraction = scaled.sub_(index)
        position = index.long().add_(self.first)
        return fraction.mul_(self.slopes.take(position)).add_(self.values.take(position))


BWP = Operator(
    "bwp",
    bwp,
    source="Aubry, Paris, Hasinoff, Kautz, Durand: Fast Local Laplacian Filters: Theory and Applications, ACM TOG 2014",
    symmetry="transpose",
    parameters={
        "references": Parameter("levels of grey that details are remapped around (N in the paper)", bounds=(2.0, 256.0)),
        "iterations": Parameter("rounds of matching local contrast, then tones; 0 matches tones only", bounds=(0.0, 10.0)),
        "exemplar": Parameter("photo whose tones and local contrast to match; none is the project's own computed one"),
    },
)
