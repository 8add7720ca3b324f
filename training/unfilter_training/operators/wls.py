"""Weighted least squares: smoothing that keeps edges, and the tone and detail enhancement built on it."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter_training.operators.colour_lab import lab_to_srgb, srgb_to_lab
from unfilter_training.operators.operator import Operator, Parameter
from unfilter_training.operators.sparse import solve_laplacian

LOG_FLOOR = 2.220446049250313e-16
"""Added before the logarithm (the authors' program), so black lies 36 e-folds below 1."""

FLAT = 1e-4
"""Keeps the weight between equal pixels finite."""

RENDERINGS = ((25.0, 1.0, 1.0, 1.0), (1.0, 40.0, 1.0, 1.0), (4.0, 1.0, 15.0, 1.1))
"""Fine, medium and coarse: slopes of the curves for detail, middle and base, and exposure of the base."""

MIDDLE = 56.0
"""L that the curve of the base leaves where it is."""


def wls_smooth(
    values: Float[Tensor, "batch channels height width"],
    smoothness: float | Float[Tensor, "... channels 1 1"],
    *,
    alpha: float = 1.2,
) -> Float[Tensor, "batch channels height width"]:
    """Smooth every channel by itself, but not over its own edges (differences of its logarithm).

    Args:
        values: 0 or more, of any scale.
        smoothness: lambda in the paper; a tensor of one per channel where they differ.
        alpha: how much edges count, as a power.
    """
    logarithm = (values.clamp(min=0) + LOG_FLOOR).log()
    across, down = (smoothness / (logarithm.diff(dim=axis).abs() ** alpha + FLAT) for axis in (-1, -2))
    return solve_laplacian(values, across, down)


def wls(
    images: Float[Tensor, "batch 3 height width"],
    *,
    fine: float = 0.125,
    coarse: float = 0.5,
    alpha: float = 1.2,
    saturation: float = 1.1,
) -> Float[Tensor, "batch 3 height width"]:
    """Enhance tone and detail: the mean of a fine, a medium and a coarse rendering, made in CIELab (D50).

    Two smoothings of L part it in detail, middle and base; each rendering stretches one of them by a sigmoid. The result
    lies in 0..1.
    """
    lab = srgb_to_lab(images)
    lightness, colour = lab[:, :1], saturation * lab[:, 1:]
    smoothness = torch.tensor([fine, coarse], dtype=images.dtype, device=images.device).view(2, 1, 1)
    less, more = wls_smooth(lightness.expand(-1, 2, -1, -1), smoothness, alpha=alpha).split(1, dim=1)
    renderings = []
    for detail, middle, base, exposure in RENDERINGS:
        tone = MIDDLE + _sigmoid(exposure * more - MIDDLE, base)
        tone = tone + _sigmoid(less - more, middle) + _sigmoid(lightness - less, detail)
        renderings.append(lab_to_srgb(torch.cat((tone, colour), dim=1)))
    return torch.stack(renderings).mean(0)


def _sigmoid(values: Tensor, slope: float) -> Tensor:
    """Odd logistic curve through (50, 50): 1 / (1 + exp(-slope x / 100)) - 1/2, scaled."""
    return 50 * torch.tanh(values * (slope / 200)) / math.tanh(slope / 4)


WLS = Operator(
    "wls",
    wls,
    source="Farbman, Fattal, Lischinski, Szeliski: Edge-Preserving Decompositions for Multi-Scale Tone and Detail "
    "Manipulation, SIGGRAPH 2008, section 4",
    parameters={
        "fine": Parameter("smoothness that parts detail from the middle (lambda in the paper)", bounds=(1e-6, 10.0)),
        "coarse": Parameter("smoothness that parts the middle from the base (lambda in the paper)", bounds=(1e-6, 10.0)),
        "alpha": Parameter("power of the differences of log L in the weights: how much edges count", bounds=(0.1, 4.0)),
        "saturation": Parameter("factor of the colour (a, b)", bounds=(0.0, 10.0)),
    },
)
