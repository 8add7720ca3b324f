"""Relative total variation."""

import pytest
import torch

from unfilter.errors import UnfilterError
from unfilter_training.operators.rtv import RTV

DTYPES = [torch.float32, torch.float64]


def photo(height: int = 20, width: int = 27, batch: int = 1) -> torch.Tensor:
    return torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(7), dtype=torch.float64)


def test_agrees_with_the_exact_operator_in_float32(oracles) -> None:
    agreement = [oracle.psnr(RTV(oracle.images(torch.float32))) for oracle in oracles("RTV_EXACT")]
    assert sum(agreement) / len(agreement) >= 80, agreement


def test_equals_the_exact_operator_in_float64(oracles) -> None:
    for oracle in oracles("RTV_EXACT"):
        assert oracle.psnr(RTV(oracle.images(torch.float64))) == 99, oracle.name


def test_stays_near_the_loosely_solved_operator(oracles) -> None:
    agreement = [oracle.psnr(RTV(oracle.images(torch.float32))) for oracle in oracles("RTV")]
    assert sum(agreement) / len(agreement) >= 40, agreement


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_constant_stays_constant(value: float, dtype: torch.dtype) -> None:
    images = torch.full((1, 3, 17, 9), value, dtype=dtype)
    torch.testing.assert_close(RTV(images), images, rtol=0, atol=1e-6)


def test_a_batch_equals_one_by_one() -> None:
    images = torch.cat((photo(batch=2), torch.ones(1, 3, 20, 27, dtype=torch.float64)))
    alone = torch.cat([RTV(each[None]) for each in images])
    torch.testing.assert_close(RTV(images), alone, rtol=0, atol=1e-7)


def test_smoothness_per_image() -> None:
    images = photo(batch=2)
    both = RTV(images, smoothness=torch.tensor([0.002, 0.05], dtype=torch.float64))
    for at, smoothness in enumerate((0.002, 0.05)):
        torch.testing.assert_close(both[at : at + 1], RTV(images[at : at + 1], smoothness=smoothness), rtol=0, atol=1e-7)


@pytest.mark.parametrize("size", [(1, 1), (1, 13), (13, 1), (2, 3), (15, 9)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_odd_and_narrow_sizes_black_and_white_are_finite(size: tuple[int, int], dtype: torch.dtype) -> None:
    images = photo(*size).to(dtype)
    for each in (images, images.round(), torch.zeros_like(images), torch.ones_like(images)):
        result = RTV(each)
        assert result.shape == each.shape
        assert result.dtype == dtype
        assert torch.isfinite(result).all()
        assert result.min() >= each.min() - 1e-5
        assert result.max() <= each.max() + 1e-5


def test_rows_for_columns_gives_the_same() -> None:
    images = photo()
    torch.testing.assert_close(RTV(images.mT), RTV(images).mT, rtol=0, atol=1e-7)


def test_keeps_structure_and_takes_texture_away() -> None:
    step = torch.full((1, 3, 48, 48), 0.3, dtype=torch.float64)
    step[..., 24:] = 0.7
    texture = 0.05 * (torch.arange(48) % 2 * 2 - 1)
    smooth = RTV(step + texture + texture[:, None])
    assert (smooth[..., 26:] - smooth[..., 21:-5].roll(0))[..., 20, 0].min() > 0.3
    assert smooth[..., 10:38, 8:20].std((-2, -1)).max() < 0.2 * (texture + texture[:, None]).std()


def test_more_smoothness_smooths_more() -> None:
    images = photo()
    variation = [float(RTV(images, smoothness=each).diff(dim=-1).abs().mean()) for each in (0.002, 0.01, 0.05)]
    assert variation[0] > variation[1] > variation[2]


def test_keeps_the_mean_of_every_colour() -> None:
    images = photo()
    torch.testing.assert_close(RTV(images).mean((-2, -1)), images.mean((-2, -1)), rtol=0, atol=1e-7)


def test_refuses_no_iterations() -> None:
    with pytest.raises(UnfilterError, match=r"rtv: iterations must lie in"):
        RTV(photo(), iterations=0)
