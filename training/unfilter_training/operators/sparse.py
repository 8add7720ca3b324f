"""Solver of (I + Laplacian) u = b on the pixel grid, for many photos at once: what WLS and RTV smooth with.

Conjugate gradients, preconditioned by multigrid (`semicoarsening`), whose packed images it works on.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from unfilter_training.operators.semicoarsening import Level, pack, unpack

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}
"""Error that is left, relative to the right side, where the caller names none."""


@torch.no_grad()
def solve_laplacian(
    right: Float[Tensor, "batch channels height width"],
    across: Float[Tensor, "batch shared height width-1"],
    down: Float[Tensor, "batch shared height-1 width"],
    *,
    start: Float[Tensor, "batch channels height width"] | None = None,
    tolerance: float | None = None,
    max_iterations: int = 200,
) -> Float[Tensor, "batch channels height width"]:
    """Solve u + sum over the four neighbours of weight (u - neighbour) = right, with no link over the border.

    Every channel of every photo is a system of its own and stops by its own residual r: where sqrt(r M r), with the
    preconditioner M close to the inverse, is at most `tolerance` times the norm of `right`. That estimates the error in the
    energy norm, which is never below the error itself, and rounding does not hold it up. It keeps no gradients.

    Args:
        right: b.
        across: weights of the links between pixels beside each other, 0 or more; one set per channel, or one for all.
        down: the same between pixels above each other.
        start: first guess; 0 where None.
        tolerance: error that may be left, relative to `right`; by the type where None.
        max_iterations: a system that has not stopped by then is returned as it is.
    """
    if tolerance is None:
        tolerance = TOLERANCE[right.dtype]
    diagonal = 1 + pad(across, (0, 1)) + pad(across, (1, 0)) + pad(down, (0, 0, 0, 1)) + pad(down, (0, 0, 1, 0))
    system = Level(diagonal, down, across)
    down = pack(down)
    residual = pack(right)
    bound = tolerance**2 * _dot(residual, residual)
    if start is None:
        solution = torch.zeros_like(residual)
    else:
        solution = pack(start)
        residual -= _apply(solution, system, down)
    direction, last = torch.zeros_like(residual), torch.ones_like(bound)
    for _ in range(max_iterations):
        correction = system.cycle(residual)
        energy = _dot(residual, correction)
        active = energy > bound
        if not active.any():
            # It is there anyhow, and never adds to the error: every step of the cycle is an exact solution of a part.
            solution += correction
            break
        direction = torch.addcmul(correction, direction, _ratio(energy, last, active))
        image = _apply(direction, system, down)
        step = _ratio(energy, _dot(direction, image), active)
        solution.addcmul_(direction, step)
        residual.addcmul_(image, step, value=-1)
        last = energy
    return unpack(solution)


def _apply(u: Tensor, system: "Level", down: Tensor) -> Tensor:
    """The matrix times packed images, by differences of neighbours: large weights cost no digits where u is smooth."""
    result = u.clone()
    flow = torch.diff(u, dim=-2).mul_(down)
    result[..., :-1, :] -= flow
    result[..., 1:, :] += flow
    if system.width > 1:
        even, odd = system.split(u)
        to_even, to_odd = system.split(result)
        for shift, links in ((0, system.left), (1, system.right)):
            count = links.level.shape[-1]
            flow = (even[..., shift : shift + count] - odd[..., :count]).mul_(links.level)
            to_even[..., shift : shift + count] += flow
            to_odd[..., :count] -= flow
    return result


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum((-2, -1), keepdim=True)


def _ratio(above: Tensor, below: Tensor, active: Tensor) -> Tensor:
    return torch.where(active, above / below, 0)
