"""Resizing as MATLAB's imresize does it: bicubic, with antialiasing where it shrinks."""

import torch
from jaxtyping import Float
from torch import Tensor

BICUBIC = -0.5
"""Keys' parameter a (torch's and OpenCV's is -0.75)."""


def resize_bicubic(image: Float[Tensor, "rows columns"], height: int, width: int) -> Float[Tensor, "height width"]:
    """One plane at another size, aspect ignored. Borders mirror the edge pixel too; values may overshoot slightly."""
    down = _resampling(image.shape[0], height, image)
    across = _resampling(image.shape[1], width, image)
    return down @ image @ across.T


def _resampling(length: int, wanted: int, like: Tensor) -> Float[Tensor, "wanted length"]:
    """Matrix that resamples a row of `length` to `wanted`: each row of it sums to 1."""
    scale = wanted / length
    stretch = min(scale, 1)  # where it shrinks, the kernel widens
    centre = (torch.arange(wanted, dtype=torch.float64, device=like.device) + 0.5) / scale - 0.5
    reach = 2 / stretch
    taps = torch.floor(centre - reach).long()[:, None] + torch.arange(int(2 * reach) + 3, device=like.device)
    weights = _keys((centre[:, None] - taps) * stretch)
    weights = weights / weights.sum(dim=1, keepdim=True)
    mirrored = taps % (2 * length)
    mirrored = torch.where(mirrored < length, mirrored, 2 * length - 1 - mirrored)
    matrix = torch.zeros(wanted, length, dtype=torch.float64, device=like.device)
    return matrix.scatter_add_(1, mirrored, weights).to(like.dtype)


def _keys(distance: Tensor) -> Tensor:
    """Keys' cubic convolution kernel (IEEE Transactions on Acoustics, Speech and Signal Processing 29, 1981)."""
    x = distance.abs()
    near = (BICUBIC + 2) * x**3 - (BICUBIC + 3) * x**2 + 1
    far = BICUBIC * (x**3 - 5 * x**2 + 8 * x - 4)
    return torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
