"""What people see: error at smaller sizes, and a pattern of two pixels in flat areas, which noise is not."""

import numpy as np
import pytest

from unfilter_training.look import grid, look

FLAT = np.full((96, 128, 3), 120, np.uint8)


def test_a_grid_of_two_pixels_is_measured_at_its_amplitude() -> None:
    pattern = np.indices(FLAT.shape[:2]).sum(0) % 2 * 2 - 1  # a chequerboard, one level up and down
    assert grid((FLAT + 3 * pattern[..., None]).astype(np.uint8), FLAT) == pytest.approx(3)


def test_noise_and_a_shift_of_all_pixels_are_no_grid() -> None:
    noise = np.random.default_rng(0).normal(0, 4, FLAT.shape)
    assert grid(np.clip(FLAT + noise, 0, 255).astype(np.uint8), FLAT) < 4 / 8
    assert grid(FLAT + 5, FLAT) == 0


def test_only_flat_areas_are_looked_at() -> None:
    texture = np.random.default_rng(0).integers(0, 256, FLAT.shape, dtype=np.uint8)
    assert grid(255 - texture, texture) == 0


def test_an_error_of_single_pixels_fades_with_the_size_and_one_of_areas_stays() -> None:
    pattern = np.indices(FLAT.shape[:2]).sum(0) % 2 * 2 - 1
    fine = look((FLAT + 4 * pattern[..., None]).astype(np.uint8), FLAT)
    assert fine.psnr[1] == np.inf
    coarse = look(FLAT + 4, FLAT)
    assert coarse.psnr[0] == coarse.psnr[1] == coarse.psnr[2]


def test_ssim_is_nan_where_its_window_does_not_fit() -> None:
    assert np.isnan(look(FLAT[:20, :20], FLAT[:20, :20]).ssim).tolist() == [False, True, True]
