"""L0 gradient minimisation: flatten small changes, keep the strong edges."""

import torch
from jaxtyping import Float
from torch import Tensor

BETA_MAX = 1e5
"""The auxiliary weight stops growing here (the authors' program)."""


def l0(
    images: Float[Tensor, "batch 3 height width"], *, smoothness: float | Float[Tensor, " batch"] = 0.02, kappa: float = 2.0
) -> Float[Tensor, "batch 3 height width"]:
    """Smooth sRGB images in 0..1 by L0 gradient minimisation, jointly over RGB, with a circular boundary.

    Args:
        images: at least float32; in float64 the result agrees with the authors' program to the last 8-bit value.
        smoothness: weight of the number of non-zero gradients (lambda in the paper), > 0, one for all or one per image.
            Useful from .002 to .2.
        kappa: growth of the auxiliary weight per pass, > 1; 2 in the paper.

    Returns:
        Images of the same shape and type; values leave 0..1 by a few hundredths.

    Raises:
        ValueError: wrong shape or type, a value that is not finite, or a parameter out of range.

    Source: Xu, Lu, Xu, Jia, "Image Smoothing via L0 Gradient Minimization", SIGGRAPH Asia 2011, algorithm 1.
    """
    if images.ndim != 4 or images.shape[1] != 3 or images.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"l0 takes float32 or float64 (batch, 3, height, width), got {images.dtype} {tuple(images.shape)}")
    if not torch.isfinite(images).all():
        raise ValueError("l0: the images hold values that are not finite")
    weight = torch.as_tensor(smoothness, dtype=images.dtype, device=images.device).reshape(-1, 1, 1, 1)
    if not (weight > 0).all() or kappa <= 1:
        raise ValueError(f"l0: smoothness must be > 0 and kappa > 1, got {smoothness} and {kappa}")

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
        solved = torch.fft.irfft2(
            (spectrum + beta * torch.fft.rfft2(divergence)) / (1 + beta * gradient_power), (height, width)
        )
        smooth = torch.where(active, solved, smooth)  # with a smoothness per image, some finish a pass earlier
        beta = beta * kappa


def _gradient_power(height: int, width: int, like: Tensor) -> Float[Tensor, "height half_width"]:
    """|D|^2 of the forward differences under a circular boundary: 2 - 2 cos(frequency), summed over both axes."""

    def axis(length: int) -> Tensor:
        frequency = 2 * torch.pi * torch.arange(length, dtype=torch.float64, device=like.device) / length
        return 2 - 2 * torch.cos(frequency)

    return (axis(height)[:, None] + axis(width)[None, : width // 2 + 1]).to(like.dtype)
