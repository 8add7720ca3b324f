"""The solver against dense matrices."""

import pytest
import torch
from torch import Tensor

from unfilter_training.operators.sparse import solve_laplacian

SIZES = [(1, 1), (1, 9), (9, 1), (2, 2), (5, 6), (17, 12), (23, 31)]


def system(height: int, width: int, *, shared: int = 3, batch: int = 2, decades: float = 2) -> tuple[Tensor, Tensor, Tensor]:
    """Random right sides and weights, these spread over twice so many decades, some of them zero."""
    generator = torch.Generator().manual_seed(height * 100 + width)

    def weights(rows: int, columns: int) -> Tensor:
        shape = (batch, shared, rows, columns)
        size = 10 ** (decades * (2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1))
        return size * (torch.rand(shape, generator=generator) > 0.1)

    right = torch.rand(batch, 3, height, width, generator=generator, dtype=torch.float64)
    return right, weights(height, width - 1), weights(height - 1, width)


def dense(right: Tensor, across: Tensor, down: Tensor) -> Tensor:
    height, width = right.shape[-2:]
    pixel = torch.arange(height * width).view(height, width)
    matrix = torch.eye(height * width, dtype=torch.float64).repeat(*right.shape[:2], 1, 1)
    for links, first, second in ((across, pixel[:, :-1], pixel[:, 1:]), (down, pixel[:-1], pixel[1:])):
        links, first, second = links.expand(-1, 3, -1, -1).flatten(-2), first.flatten(), second.flatten()
        for one, other in ((first, second), (second, first)):
            matrix[..., one, other] -= links
            matrix[..., one, one] += links
    return torch.linalg.solve(matrix, right.flatten(-2)[..., None])[..., 0].view_as(right)


@pytest.mark.parametrize("shared", [1, 3])
@pytest.mark.parametrize("size", SIZES)
def test_equals_a_dense_solution(size: tuple[int, int], shared: int) -> None:
    arguments = system(*size, shared=shared)
    torch.testing.assert_close(solve_laplacian(*arguments), dense(*arguments), rtol=0, atol=1e-8)


@pytest.mark.parametrize("size", SIZES)
def test_equals_a_dense_solution_under_extreme_weights(size: tuple[int, int]) -> None:
    arguments = system(*size, decades=5)
    expected = dense(*arguments)
    torch.testing.assert_close(solve_laplacian(*arguments), expected, rtol=0, atol=1e-7)
    single = solve_laplacian(*(each.float() for each in arguments))
    torch.testing.assert_close(single.double(), expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-6])
def test_error_stays_near_the_tolerance(tolerance: float) -> None:
    right, across, down = system(40, 33, shared=1)
    error = solve_laplacian(right, across, down, tolerance=tolerance) - solve_laplacian(right, across, down)
    # The stopping rule estimates the error with an inverse that is not exact.
    assert (error.norm(dim=(-2, -1)) <= 1.5 * tolerance * right.norm(dim=(-2, -1))).all()


def test_a_batch_equals_one_by_one() -> None:
    right, across, down = system(30, 21, batch=4)
    # One easy and one empty system beside hard ones.
    across[1], down[1], right[2] = 0, 0, 0
    together = solve_laplacian(right, across, down, tolerance=1e-3)
    for at in range(4):
        for channel in range(3):
            pick = (slice(at, at + 1), slice(channel, channel + 1))
            alone = solve_laplacian(right[pick], across[pick], down[pick], tolerance=1e-3)
            torch.testing.assert_close(together[pick], alone, rtol=0, atol=1e-12 if at else 1e-9)


def test_shared_weights_equal_the_same_weights_per_channel() -> None:
    right, across, down = system(12, 19, shared=1)
    per_channel = (each.expand(-1, 3, -1, -1) for each in (across, down))
    torch.testing.assert_close(solve_laplacian(right, across, down), solve_laplacian(right, *per_channel))


def test_start_changes_only_the_way() -> None:
    right, across, down = system(20, 20)
    torch.testing.assert_close(
        solve_laplacian(right, across, down, start=1 - right), solve_laplacian(right, across, down), rtol=0, atol=1e-8
    )


def test_no_links_give_the_right_side_and_zero_gives_zero() -> None:
    right, across, down = system(14, 15)
    torch.testing.assert_close(solve_laplacian(right, 0 * across, 0 * down), right)
    assert not solve_laplacian(0 * right, across, down).any()


def test_sum_and_constants_are_kept() -> None:
    right, across, down = system(25, 18)
    smooth = solve_laplacian(right, across, down)
    torch.testing.assert_close(smooth.sum((-2, -1)), right.sum((-2, -1)))
    constant = torch.full_like(right, 0.3)
    torch.testing.assert_close(solve_laplacian(constant, across, down), constant)


def test_stops_at_the_maximum_of_iterations() -> None:
    right, across, down = system(40, 33, decades=4)
    few = solve_laplacian(right, across, down, max_iterations=2)
    assert torch.isfinite(few).all()
    assert not torch.allclose(few, solve_laplacian(right, across, down), atol=1e-9)
