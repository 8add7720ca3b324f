"""Resizing as people's software does it: a weighted mean along each axis, so that its gradient is real.

Sources of the kernels: Pillow's documentation, "Concepts: Filters" (box, bilinear, bicubic with a = -0.5 and Lanczos with
three lobes, each widened by the factor of reduction); OpenCV's `INTER_LINEAR` and a canvas of low quality are the triangle
that is not widened.
"""

import math
from functools import lru_cache
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

Kernel = Literal["lanczos", "bicubic", "bilinear", "area", "bilinear_aliased"]

_SUPPORT: dict[Kernel, float] = {"lanczos": 3.0, "bicubic": 2.0, "bilinear": 1.0, "area": 0.5, "bilinear_aliased": 1.0}


def resized(
    images: Float[Tensor, "batch 3 height width"], height: int, width: int, kernel: Kernel
) -> Float[Tensor, "batch 3 new_height new_width"]:
    """`images` at `height` x `width`, neither clipped nor rounded, in float32 even under autocast.

    Law: equals Pillow's `resize` of a float image with the filter of that name (`area`: its box) to 1e-5; `bilinear_aliased`
    equals torch's `interpolate(mode="bilinear")` without antialiasing.
    """
    with torch.autocast(images.device.type, enabled=False):
        down = _weights(images.shape[-2], height, kernel).to(images.device)
        across = _weights(images.shape[-1], width, kernel).to(images.device)
        return down @ images.float() @ across.T


@lru_cache(maxsize=4096)
def _weights(length: int, new_length: int, kernel: Kernel) -> Tensor:
    """Row by row, how much each old sample counts in a new one."""
    ratio = length / new_length
    widened = 1.0 if kernel == "bilinear_aliased" else max(1.0, ratio)
    reach = _SUPPORT[kernel] * widened
    weights = torch.zeros(new_length, length, dtype=torch.float64)
    for row in range(new_length):
        centre = (row + 0.5) * ratio
        first, last = max(0, int(centre - reach + 0.5)), min(length, int(centre + reach + 0.5))
        if kernel == "bilinear_aliased":
            first, last = max(0, math.floor(centre - 0.5)), min(length, math.floor(centre - 0.5) + 2)
        taps = [_value(kernel, (column + 0.5 - centre) / widened) for column in range(first, last)]
        weights[row, first:last] = torch.tensor(taps, dtype=torch.float64) / sum(taps)
    return weights.float()


def _value(kernel: Kernel, x: float) -> float:
    x_abs = abs(x)
    match kernel:
        case "area":
            return 1.0 if -0.5 < x <= 0.5 else 0.0
        case "bilinear" | "bilinear_aliased":
            return max(0.0, 1 - x_abs)
        case "bicubic":
            if x_abs < 1:
                return (1.5 * x_abs - 2.5) * x_abs * x_abs + 1
            return ((-0.5 * x_abs + 2.5) * x_abs - 4) * x_abs + 2 if x_abs < 2 else 0.0
        case "lanczos":
            return _sinc(x) * _sinc(x / 3) if x_abs < 3 else 0.0


def _sinc(x: float) -> float:
    return 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x)
