"""BWP_FIXED: local, the same for every photo, and in the style of BWP."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from unfilter_training.operators.bwp import BWP
from unfilter_training.operators.bwp_fixed import BWP_FIXED, LEVELS, REACH
from unfilter_training.operators.exemplar import gradient_magnitude
from unfilter_training.operators.laplacian_pyramid import grey

GRID = 2 ** (LEVELS - 1)


def noise(*size: int, dtype: torch.dtype = torch.float64, batch: int = 1) -> Tensor:
    return torch.rand(batch, 3, *size, dtype=dtype, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("change", [slice(0, 64), slice(128, 192)], ids=["left", "right"])
@pytest.mark.parametrize("turn", [False, True], ids=["columns", "rows"])
def test_pixels_beyond_the_reach_of_a_change_stay_the_same(change: slice, turn: bool) -> None:
    images = noise(192, 192)
    changed = images.clone()
    changed[..., change] = 1
    results = [BWP_FIXED(each.mT).mT if turn else BWP_FIXED(each) for each in (images, changed)]
    moved = (results[0] != results[1]).any(dim=-2)[0, 0].nonzero()
    nearest = 63 if change.start == 0 else 128
    farthest = int((moved - nearest).abs()[(moved < change.start) | (moved >= change.stop)].max())
    assert REACH * 3 // 4 < farthest <= REACH  # and the reach is no rough bound


def test_reach_is_60_pixels() -> None:
    assert REACH == 60


@pytest.mark.parametrize("axis", [-1, -2])
def test_shift_by_the_pyramids_grid_shifts_the_result(axis: int) -> None:
    images = noise(176, 176)
    size = images.shape[axis]
    shifted = BWP_FIXED(images.narrow(axis, GRID, size - GRID))
    inside = size - GRID - 2 * REACH
    torch.testing.assert_close(
        shifted.narrow(axis, REACH, inside),
        BWP_FIXED(images).narrow(axis, GRID + REACH, inside),
        rtol=0,
        atol=1e-12,
    )


def test_crop_of_the_result_is_the_result_of_a_wider_crop() -> None:
    images = noise(160, 160)
    crop = BWP_FIXED(images[..., :144, :144])[..., : 144 - REACH, : 144 - REACH]
    torch.testing.assert_close(crop, BWP_FIXED(images)[..., : 144 - REACH, : 144 - REACH], rtol=0, atol=1e-12)


def test_looks_like_bwp_on_photos(oracles: Callable[[str], list[Any]]) -> None:
    for oracle in oracles("BWP"):
        images = oracle.images(torch.float64)
        fixed, own = BWP_FIXED(images)[:, 0], BWP(images)[:, 0]
        ranks = torch.stack([plane.flatten().argsort().argsort().double() for plane in (fixed, own)])
        assert torch.corrcoef(ranks)[0, 1] > 0.94, oracle.name  # 0.955 to 0.996 measured
        edges = torch.stack([plane.diff(dim=-1).flatten() for plane in (fixed, own)])
        assert torch.corrcoef(edges)[0, 1] > 0.85, oracle.name  # 0.88 to 0.985 measured


def test_photos_get_deep_shadows_and_stronger_local_contrast(oracles: Callable[[str], list[Any]]) -> None:
    for oracle in oracles("BWP"):
        images = oracle.images(torch.float64)
        before, after = grey(images), BWP_FIXED(images)[:, :1]
        assert after.mean() < before.mean(), oracle.name
        contrast = [gradient_magnitude(planes).mean() / planes.mean() for planes in (before, after)]
        assert contrast[1] > 1.3 * contrast[0], oracle.name


def test_float32_agrees_with_float64_to_60_db() -> None:
    images = noise(96, 80)
    error = BWP_FIXED(images) - BWP_FIXED(images.float()).double()
    assert -10 * error.square().mean().log10() > 60


def test_constant_images_stay_constant_and_keep_their_order() -> None:
    tones = torch.linspace(0, 1, 33, dtype=torch.float64)
    result = BWP_FIXED(tones.reshape(-1, 1, 1, 1).expand(-1, 3, 20, 21))
    torch.testing.assert_close(result, result[..., :1, :1].expand_as(result), rtol=0, atol=1e-12)
    assert (result[:, 0, 0, 0].diff() > 0).all()


def test_result_is_one_grey_plane_in_0_to_1() -> None:
    result = BWP_FIXED(noise(40, 53).round())  # the strongest contrasts there are
    assert torch.equal(result[:, :1].expand(-1, 3, -1, -1), result)
    assert result.min() >= 0 and result.max() <= 1


def test_no_small_change_becomes_a_large_one() -> None:
    images = noise(64, 64)
    moved = BWP_FIXED((images + 1e-6).clamp(max=1)) - BWP_FIXED(images)
    assert moved.abs().max() < 1e-5  # BWP itself jumps by whole levels


def test_batch_equals_one_by_one() -> None:
    images = noise(24, 31, batch=3)
    alone = torch.cat([BWP_FIXED(image[None]) for image in images])
    torch.testing.assert_close(BWP_FIXED(images), alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("size", [(9, 1), (1, 9), (1, 1), (2, 2), (2, 3), (33, 31)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_narrow_and_odd_images_are_finite(size: tuple[int, int], dtype: torch.dtype) -> None:
    images = noise(*size, dtype=dtype)
    result = BWP_FIXED(images)
    assert result.shape == images.shape and result.dtype == dtype
    assert torch.isfinite(result).all()
