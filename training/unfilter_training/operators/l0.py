"""L0 gradient minimisation: flatten small changes, keep the strong edges."""

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter_training.operators.operator import Operator, Parameter

BETA_MAX = 1e5
"""The auxiliary weight stops growing here (the authors' program)."""


def l0(
    images: Float[Tensor, "batch 3 height width"],
    *,
    smoothness: float | Float[Tensor, " batch"] = 0.02,
    kappa: float = 2.0,
) -> Float[Tensor, "batch 3 height width"]:
    """Flatten small gradients and keep strong edges, jointly over RGB, with a circular boundary.

    In float64 the result agrees with the authors' program to the last 8-bit value. `smoothness` may differ per image.
    """
    weight = torch.as_tensor(smoothness, dtype=images.dtype, device=images.device).reshape(-1, 1, 1, 1)
    height, width = images.shape[-2:]
    spectrum = torch.fft.rfft2(images)
    gradient_power = _gradient_power(height, width, images)
    smooth = images
    beta = 2 * weight
    while True:
        active = beta < BETA_MAX
        if not active.any():
            return smooth
        across = torch.roll(smooth, -1, dims=-1) - smooth
        down = torch.roll(smooth, -1, dims=-2) - smooth
        strength = (across.square() + down.square()).sum(dim=1, keepdim=True)
        keep = strength >= weight / beta
        across, down = across * keep, down * keep
        divergence = torch.roll(across, 1, dims=-1) - across + torch.roll(down, 1, dims=-2) - down
        solved = (spectrum + beta * torch.fft.rfft2(divergence)) / (1 + beta * gradient_power)
        # With a smoothness per image, some finish a pass earlier.
        smooth = torch.where(active, torch.fft.irfft2(solved, (height, width)), smooth)
        beta = beta * kappa


def _gradient_power(height: int, width: int, like: Tensor) -> Float[Tensor, "height half_width"]:
    """|D|^2 of the forward differences under a circular boundary: 2 - 2 cos(frequency), summed over both axes."""

    def axis(length: int) -> Tensor:
        frequency = 2 * torch.pi * torch.arange(length, dtype=torch.float64, device=like.device) / length
        return 2 - 2 * torch.cos(frequency)

    return (axis(height)[:, None] + axis(width)[None, : width // 2 + 1]).to(like.dtype)


L0 = Operator(
    "l0",
    l0,
    source="Xu, Lu, Xu, Jia: Image Smoothing via L0 Gradient Minimization, SIGGRAPH Asia 2011, algorithm 1",
    symmetry="transpose",
    parameters={
        "smoothness": Parameter(
            "weight of the number of non-zero gradients (lambda in the paper)", bounds=(1e-6, 10.0), training=(0.002, 0.2)
        ),
        "kappa": Parameter("growth of the auxiliary weight per pass", bounds=(1.05, 16.0)),
    },
)
