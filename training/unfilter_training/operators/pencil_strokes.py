"""Pencil strokes along the edges of a picture: line drawing in a few directions (Lu, Xu, Jia 2012, section 3.1)."""

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

PHASES = 4
"""Neighbouring pixels along each side that are computed together."""


def line_kernels(length: int, thickness: int, directions: int, *, like: Tensor) -> Float[Tensor, "directions 1 size size"]:
    """A line of 2 `thickness` + 1 rows through the centre of a square of 2 `length` + 1, turned by each angle.

    Directions divide half a turn, counter-clockwise from horizontal. The line is turned as MATLAB's imrotate does it
    (bilinear, cropped, blended to 0 past its ends and sides), which for a line has this closed form. Not normalised.
    """
    position = torch.arange(-length, length + 1, dtype=torch.float64, device=like.device)
    kernels = []
    for turn in range(directions):
        # Rounded, so that quarter turns are exact.
        cosine, sine = (round(value(math.pi * turn / directions), 15) for value in (math.cos, math.sin))
        along = cosine * position[None, :] - sine * position[:, None]
        across = sine * position[None, :] + cosine * position[:, None]
        kernels.append(_blended(along, length) * _blended(across, thickness))
    return torch.stack(kernels)[:, None].to(like.dtype)


def _blended(distance: Tensor, reach: int) -> Tensor:
    """1 up to `reach` pixels from the centre, falling to 0 within one pixel more."""
    return (reach + 1 - distance.abs()).clamp(0, 1)


def median_3x3(padded: Float[Tensor, "batch 1 rows columns"]) -> Float[Tensor, "batch 1 height width"]:
    """Median of each 3 x 3 window of a picture that was padded by one pixel on every side."""
    # The median of nine is the median of (largest minimum, median median, smallest maximum) of its three columns.
    top, middle, bottom = padded[..., :-2, :], padded[..., 1:-1, :], padded[..., 2:, :]
    minimum, maximum = torch.minimum(top, middle), torch.maximum(top, middle)
    centre = torch.maximum(minimum, torch.minimum(maximum, bottom))
    minimum, maximum = torch.minimum(minimum, bottom), torch.maximum(maximum, bottom)

    def three(rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return rows[..., :-2], rows[..., 1:-1], rows[..., 2:]

    left, inner, right = three(minimum)
    largest_minimum = torch.maximum(torch.maximum(left, inner), right)
    left, inner, right = three(maximum)
    smallest_maximum = torch.minimum(torch.minimum(left, inner), right)
    return _median(largest_minimum, _median(*three(centre)), smallest_maximum)


def _median(first: Tensor, second: Tensor, third: Tensor) -> Tensor:
    return torch.maximum(torch.minimum(first, second), torch.minimum(torch.maximum(first, second), third))


def line_responses(
    edges: Float[Tensor, "batch 1 height width"], *, length: int, directions: int
) -> Float[Tensor, "batch directions height width"]:
    """How much of the edges lies on a thin line through each pixel, per direction; nothing lies outside the picture."""
    return _convolve(edges, line_kernels(length, 0, directions, like=edges))


def draw_strokes(
    classified: Float[Tensor, "batch directions height width"], *, length: int, thickness: int
) -> Float[Tensor, "batch 1 height width"]:
    """Draw a line of its direction through each edge pixel, as dark as the edge is strong, and add them all up."""
    kernels = line_kernels(length, thickness, classified.shape[1], like=classified)
    return _convolve(classified, kernels.transpose(0, 1))


def _convolve(images: Tensor, kernels: Tensor) -> Tensor:
    """Convolve with kernels that equal themselves when turned by 180 degrees; black outside."""
    # One kernel for each of 4 x 4 neighbouring pixels, which share what they read: ten times as fast as conv2d with few
    # channels, and unlike the Fourier transform exact about what lies too far away to count.
    height, width = images.shape[-2:]
    reach = kernels.shape[-1] // 2
    size = PHASES * -(-(kernels.shape[-1] + PHASES - 1) // PHASES)
    spare = size - kernels.shape[-1]
    phases = [
        functional.pad(kernels, (column, spare - column, row, spare - row))
        for row in range(PHASES)
        for column in range(PHASES)
    ]
    right, bottom = ((-length) % PHASES - PHASES + size - reach for length in (width, height))
    padded = functional.pad(images, (reach, right, reach, bottom))
    blocks = functional.conv2d(padded, torch.stack(phases, dim=1).flatten(0, 1), stride=PHASES)
    return functional.pixel_shuffle(blocks, PHASES)[..., :height, :width]
