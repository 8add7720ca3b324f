"""Relative total variation: take texture away and leave structure."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from unfilter_training.operators.operator import Operator, Parameter
from unfilter_training.operators.sparse import TOLERANCE, solve_laplacian

FLAT = 1e-3
"""Least blurred gradient that counts (epsilon in the paper)."""

EARLIER = 10
"""How much more error all solutions but the last may keep: they are only blurred and weighed."""

LEAST_SIGMA = 0.5
"""Sigma is halved in every iteration, down to here (the authors' program)."""


def rtv(
    images: Float[Tensor, "batch 3 height width"],
    *,
    smoothness: float | Float[Tensor, " batch"] = 0.01,
    sigma: float = 3.0,
    sharpness: float = 0.02,
    iterations: int = 4,
) -> Float[Tensor, "batch 3 height width"]:
    """Smooth texture up to the scale sigma and keep the structure, with weights that the colours share.

    Every iteration smooths the input itself, with weights from the last result. The converged operator: the authors' program
    does the same where it solves exactly. `smoothness` may differ per image.
    """
    weight = torch.as_tensor(smoothness, dtype=images.dtype, device=images.device).reshape(-1, 1, 1, 1) / 2
    smooth = images
    for last in range(int(iterations) - 1, -1, -1):
        across, down = _weights(smooth, sigma, sharpness)
        tolerance = TOLERANCE[images.dtype] * (EARLIER if last else 1)
        smooth = solve_laplacian(images, weight * across, weight * down, start=smooth, tolerance=tolerance)
        sigma = max(sigma / 2, LEAST_SIGMA)
    return smooth


def _weights(
    images: Float[Tensor, "batch 3 height width"], sigma: float, sharpness: float
) -> tuple[Float[Tensor, "batch 1 height width-1"], Float[Tensor, "batch 1 height-1 width"]]:
    """Weights of the links with the right and the lower neighbour: one over windowed variation times own gradient."""
    right, below = images.diff(dim=-1), images.diff(dim=-2)
    gradient = torch.hypot(pad(right, (0, 1)), pad(below, (0, 0, 0, 1))).mean(1, keepdim=True).clamp(min=sharpness)
    blurred = _blur(_blur(images, sigma).mT, sigma).mT
    across, down = (blurred.diff(dim=axis).abs().mean(1, keepdim=True).clamp(min=FLAT) for axis in (-1, -2))
    return 1 / (across * gradient[..., :-1]), 1 / (down * gradient[..., :-1, :])


def _blur(images: Tensor, sigma: float) -> Tensor:
    """Gaussian along the width, with zeros outside: borders count as edges."""
    radius = (round(5 * sigma) | 1) // 2
    taps = torch.exp(-torch.arange(-radius, radius + 1, dtype=torch.float64).square() / (2 * sigma**2))
    padded = pad(images, (radius, radius))
    width = images.shape[-1]
    result = torch.zeros_like(images)
    # Not a convolution: on a GPU that may round to ten bits.
    for shift, tap in enumerate((taps / taps.sum()).tolist()):
        result.add_(padded[..., shift : shift + width], alpha=tap)
    return result


RTV = Operator(
    "rtv",
    rtv,
    source="Xu, Yan, Xia, Jia: Structure Extraction from Texture via Relative Total Variation, SIGGRAPH Asia 2012",
    parameters={
        "smoothness": Parameter(
            "weight of the relative total variation (lambda in the paper)", bounds=(1e-6, 10.0), training=(0.002, 0.05)
        ),
        "sigma": Parameter("scale of the texture in pixels", bounds=(0.1, 50.0)),
        "sharpness": Parameter("least gradient that counts: more leaves edges softer", bounds=(1e-4, 1.0)),
        "iterations": Parameter("times that the weights are taken anew", bounds=(1.0, 20.0)),
    },
    # Both gradients at a pixel are forward differences.
    symmetry="transpose",
)
