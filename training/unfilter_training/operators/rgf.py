"""Rolling guidance filter: remove what is smaller than a scale, then let the large edges grow back."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from unfilter_training.operators.operator import Operator, Parameter

CELLS_AT_ONCE = {"cpu": 2**19, "gpu": 2**25}
"""Grid cells to hold at once, whatever the photo's size: few enough for a CPU's cache, enough to keep a GPU busy."""


def rgf(
    images: Float[Tensor, "batch 3 height width"],
    *,
    sigma_s: float = 3.0,
    sigma_r: float = 0.05,
    iterations: int = 4,
) -> Float[Tensor, "batch 3 height width"]:
    """Remove structures smaller than `sigma_s` pixels and keep the edges of larger ones, each sRGB channel by itself.

    As in the authors' program, not in their paper: channels are independent, and the bilateral filter is a grid of cells of
    `sigma_s` pixels and `sigma_r` values, which starts at the top left pixel and at the guide's smallest value. So a shifted
    or flipped photo gives a slightly different result. Results stay in the range of the images.
    """
    height, width = images.shape[-2:]
    budget = CELLS_AT_ONCE["cpu" if images.device.type == "cpu" else "gpu"]
    cells = (height / sigma_s + 3) * (width / sigma_s + 2) * (1 / sigma_r + 2)
    smooth = []
    # Not one image each, but as many channels as the budget takes; more would be slower on a CPU.
    for planes in images.flatten(0, 1).split(max(1, int(budget / cells))):
        guide = torch.zeros_like(planes)
        for _ in range(iterations):
            guide = _bilateral_grid(planes, guide, sigma_s, sigma_r, budget)
        smooth.append(guide)
    return torch.cat(smooth).view_as(images)


def _bilateral_grid(
    planes: Float[Tensor, "planes height width"],
    guide: Float[Tensor, "planes height width"],
    sigma_s: float,
    sigma_r: float,
    budget: int,
) -> Float[Tensor, "planes height width"]:
    """Average `planes` over the pixels that are near in place and in `guide`."""
    height, width = planes.shape[1:]
    z = (guide - guide.amin(dim=(1, 2), keepdim=True)) / sigma_r
    # In float64: a quotient in float32 may fall on the wrong side of a cell's middle.
    y, x = (torch.arange(size, dtype=torch.float64, device=planes.device) / sigma_s for size in (height, width))
    row_cells = len(planes) * (int(x[-1]) + 2) * (int(z.max()) + 2)
    strip = max(1, int(budget / row_cells * sigma_s))
    smooth = []
    for top in range(0, height, strip):
        rows = slice(top, top + strip)
        # Pixels read the cells next to them, and those are blurred from one cell further.
        first, last = int(y[rows][0]) - 1, int(y[rows][-1]) + 2
        near = (_nearest(y) >= first) & (_nearest(y) <= last)
        grid = _fill(planes[:, near], z[:, near], y[near] - first, x)
        smooth.append(_interpolate(grid, z[:, rows], y[rows] - first, x))
    return torch.cat(smooth, dim=1)


def _fill(
    values: Float[Tensor, "planes height width"],
    z: Float[Tensor, "planes height width"],
    y: Float[Tensor, " height"],
    x: Float[Tensor, " width"],
) -> Float[Tensor, "planes rows columns depths"]:
    """Grid of weighted means: each pixel adds to its nearest cell and, by the blur, to that cell's neighbours."""
    shape = torch.Size([len(values), *(int(position.max()) + 2 for position in (y, x, z))])
    cells = _flat_index(shape, _nearest(y), _nearest(x), _nearest(z)).flatten()
    sums = values.new_zeros(2, shape.numel())
    sums[0].scatter_add_(0, cells, values.flatten())
    sums[1].scatter_add_(0, cells, torch.ones_like(values).flatten())
    sums = sums.view(2, *shape)
    for axis in (2, 3, 4):
        inner = sums.shape[axis] - 1
        blurred = sums.clone()
        blurred.narrow(axis, 1, inner).add_(sums.narrow(axis, 0, inner), alpha=math.exp(-0.5))
        blurred.narrow(axis, 0, inner).add_(sums.narrow(axis, 1, inner), alpha=math.exp(-0.5))
        sums = blurred
    total, count = sums
    # A cell that no pixel reaches is 0; the others count at least exp(-1.5).
    return total / count.clamp(min=0.1)


def _interpolate(
    grid: Float[Tensor, "planes rows columns depths"],
    z: Float[Tensor, "planes height width"],
    y: Float[Tensor, " height"],
    x: Float[Tensor, " width"],
) -> Float[Tensor, "planes height width"]:
    """Interpolate the grid linearly in place and depth."""
    cells = _flat_index(grid.shape, y.long(), x.long(), z.long())
    down, right, deeper = y.to(z).frac()[:, None], x.to(z).frac(), z.frac()
    flat = grid.flatten()
    row, column, _ = grid.stride()[1:]

    def in_depth(corner: int) -> Tensor:
        return torch.lerp(flat[corner:].take(cells), flat[corner + 1 :].take(cells), deeper)

    above = torch.lerp(in_depth(0), in_depth(column), right)
    below = torch.lerp(in_depth(row), in_depth(row + column), right)
    return torch.lerp(above, below, down)


def _flat_index(
    shape: torch.Size, y: Int[Tensor, " height"], x: Int[Tensor, " width"], z: Int[Tensor, "planes height width"]
) -> Int[Tensor, "planes height width"]:
    """Index of cells (y, x, z) in a flattened grid of shape (planes, rows, columns, depths)."""
    planes, rows, columns, depths = shape
    plane = torch.arange(planes, device=z.device)[:, None, None]
    return ((plane * rows + y[:, None]) * columns + x) * depths + z


def _nearest(position: Float[Tensor, "..."]) -> Int[Tensor, "..."]:
    """Index of the nearest cell; halves go up. Adding 0.5 first could round twice."""
    below = position.long()
    return below + (position - below >= 0.5)


RGF = Operator(
    "rgf",
    rgf,
    source="Zhang, Shen, Xu, Jia: Rolling Guidance Filter, ECCV 2014, as in the authors' MATLAB program",
    symmetry="transpose",
    parameters={
        "sigma_s": Parameter("size below which structures go, in pixels", bounds=(1.0, 100.0), training=(1.0, 10.0)),
        "sigma_r": Parameter("difference of values, in 0..1, across which pixels no longer mix", bounds=(0.005, 1.0)),
        "iterations": Parameter(
            "number of passes; the first is a plain blur, later ones restore edges", bounds=(1.0, 100.0)
        ),
    },
)
