"""Laplacian pyramids and the fast local Laplacian filter, which `llf`, `bwp` and `bwp_fixed` share.

Aubry, Paris, Hasinoff, Kautz, Durand: Fast Local Laplacian Filters: Theory and Applications, ACM TOG 2014.
"""

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

Planes = Float[Tensor, "batch 1 height width"]


def grey(images: Float[Tensor, "batch 3 height width"]) -> Planes:
    """Luma of sRGB values as they are stored, in 0..1, with the weights of the authors' program."""
    red, green, blue = images.split(1, dim=1)
    return 0.298936 * red + 0.587043 * green + 0.114021 * blue


def level_count(height: int, width: int) -> int:
    """Levels of a whole pyramid, its residual included: the authors' rule, natural logarithms and all."""
    return math.ceil(math.log(min(height, width)) - math.log(2)) + 2


def reach(levels: int) -> int:
    """How far, in pixels along each axis, a result of `local_laplacian` with that many levels may look."""
    return 4 * ((1 << (levels - 1)) - 1)


def gaussian_pyramid(planes: Planes, levels: int) -> list[Float[Tensor, "batch 1 _ _"]]:
    """`levels` planes, each half as high and wide as the one before, odd sizes rounded up."""
    pyramid = [planes]
    for _ in range(levels - 1):
        pyramid.append(halve(pyramid[-1]))
    return pyramid


def collapse(pyramid: list[Float[Tensor, "batch 1 _ _"]]) -> Planes:
    """The planes of a Laplacian pyramid, finest first and the residual last."""
    planes = pyramid[-1]
    for detail in reversed(pyramid[:-1]):
        planes = detail + double(planes, *detail.shape[-2:])
    return planes


def local_laplacian(planes: Planes, remap: Callable[[Planes], Planes], references: int, levels: int | None = None) -> Planes:
    """Add to the planes the details that `remap` gives around each of `references` levels of grey, evenly spaced over 0..1.

    `remap` takes the planes' difference from a reference. Following the authors' program, and unlike the paper, the planes'
    own Laplacian pyramid is kept and the remapped ones are added to it; the residual is the planes' own.
    `levels` (residual included) bounds how far a pixel looks, see `reach`; None is the authors' rule, the whole picture.
    """
    levels = level_count(*planes.shape[-2:]) if levels is None else levels
    gaussian = gaussian_pyramid(planes, levels)
    result = [fine - double(coarse, *fine.shape[-2:]) for fine, coarse in pairwise(gaussian)]
    for index in range(references):  # one at a time: memory stays that of a few copies of the photo
        reference = index / (references - 1)
        remapped = remap(planes - reference)
        for level, own in enumerate(gaussian[:-1]):
            coarse = halve(remapped)
            weight = (own - reference).abs_().mul_(1 - references).add_(1).clamp_(min=0)
            result[level].addcmul_(weight, remapped.sub_(double(coarse, *own.shape[-2:])))
            remapped = coarse
    return collapse([*result, gaussian[-1]])


def halve(planes: Float[Tensor, "*lead height width"]) -> Float[Tensor, "*lead half_height half_width"]:
    """Filter by [.05 .25 .4 .25 .05], normalised at the borders, and keep every second sample from the first."""
    return _halve_rows(_halve_rows(planes.mT).mT)


def double(planes: Float[Tensor, "*lead half_height half_width"], height: int, width: int) -> Float[Tensor, "*lead _ _"]:
    """Twice the size: samples spread out over zeros, filtered as in `halve`, normalised by the samples in reach."""
    wide = planes.new_empty(*planes.shape[:-1], width)
    _double_rows(planes, wide)
    result = planes.new_empty(*planes.shape[:-2], height, width)
    _double_rows(wide.mT, result.mT)
    return result


def _halve_rows(rows: Tensor) -> Tensor:
    even, odd = rows[..., 0::2], rows[..., 1::2]
    count, odd_count = even.shape[-1], odd.shape[-1]
    result = 0.4 * even
    result[..., :odd_count].add_(odd, alpha=0.25)
    result[..., 1:].add_(odd[..., : count - 1], alpha=0.25)
    result[..., 1:].add_(even[..., :-1], alpha=0.05)
    result[..., :-1].add_(even[..., 1:], alpha=0.05)
    # Only the outermost samples miss a part of the filter.
    if count == 1:
        return result.div_(0.4 + 0.25 * odd_count)
    result[..., 0].div_(0.7)
    result[..., -1].div_(0.95 if odd_count == count else 0.7)
    return result


def _double_rows(rows: Tensor, result: Tensor) -> None:
    even, odd = result[..., 0::2], result[..., 1::2]
    torch.mul(rows, 0.8, out=even)
    even[..., 1:].add_(rows[..., :-1], alpha=0.1)
    even[..., :-1].add_(rows[..., 1:], alpha=0.1)
    if rows.shape[-1] == 1:
        even.div_(0.8)
    else:
        even[..., 0].div_(0.9)
        even[..., -1].div_(0.9)
    between = rows.shape[-1] - 1
    torch.add(rows[..., :-1], rows[..., 1:], out=odd[..., :between]).mul_(0.5)
    odd[..., between:] = rows[..., -1:]
