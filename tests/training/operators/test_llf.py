"""LLF and its pyramid: the authors' own results, and what the method promises without them."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from unfilter_training.operators.laplacian_pyramid import collapse, double, gaussian_pyramid, halve, level_count
from unfilter_training.operators.llf import LLF


def noise(*size: int, dtype: torch.dtype = torch.float64, batch: int = 1) -> Tensor:
    return torch.rand(batch, 3, *size, dtype=dtype, generator=torch.Generator().manual_seed(0))


def test_float64_equals_the_authors_program_to_the_last_byte(oracles: Callable[[str], list[Any]]) -> None:
    for oracle in oracles("LLF"):
        result = LLF(oracle.images(torch.float64))[0].permute(1, 2, 0).numpy()
        levels = np.floor(np.clip(result, 0, 1) * 255 + 0.5)  # in float64, as the authors' program rounds
        np.testing.assert_array_equal(levels, oracle.expected, err_msg=oracle.name)


def test_float64_equals_the_authors_program_before_rounding(oracles: Callable[[str], list[Any]], data: Path) -> None:
    for oracle in (each for each in oracles("LLF") if each.name.startswith("tiny_")):
        expected = np.load(data / "oracles" / "LLF" / f"{oracle.name}.npy")
        result = LLF(oracle.images(torch.float64))[0].permute(1, 2, 0).numpy()
        np.testing.assert_allclose(result, expected, rtol=0, atol=1e-12, err_msg=oracle.name)


def test_float32_agrees_with_the_authors_program_to_60_db(oracles: Callable[[str], list[Any]]) -> None:
    scores = [oracle.psnr(LLF(oracle.images(torch.float32))) for oracle in oracles("LLF")]
    assert np.mean(scores) >= 60  # 98.6 measured


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("colour", [(0.2, 0.5, 0.9), (0, 0, 0), (1, 1, 1), (0, 0, 1)])
def test_constant_image_stays_constant(colour: tuple[float, float, float], dtype: torch.dtype) -> None:
    images = torch.tensor(colour, dtype=dtype)[None, :, None, None].expand(1, 3, 9, 14)
    result = LLF(images)
    assert result.dtype == dtype
    torch.testing.assert_close(result, images, rtol=0, atol=1e-5)


def test_batch_equals_one_by_one_with_parameters_per_image() -> None:
    images = noise(12, 17, batch=3)
    factor, sigma = torch.tensor([2.0, 5.0, 8.0]), torch.tensor([0.05, 0.1, 0.2])
    alone = torch.cat(
        [LLF(image[None], factor=float(f), sigma=float(s)) for image, f, s in zip(images, factor, sigma, strict=True)]
    )
    torch.testing.assert_close(LLF(images, factor=factor, sigma=sigma), alone, rtol=0, atol=1e-6)


def test_greater_factor_strengthens_details_and_0_changes_nothing() -> None:
    images = 0.4 + 0.02 * noise(32, 40)
    torch.testing.assert_close(LLF(images, factor=0.0), images, rtol=0, atol=1e-12)
    spread = [float(LLF(images, factor=factor).std()) for factor in (0.0, 2.0, 5.0, 8.0)]
    assert spread == sorted(spread)
    assert spread[-1] > 3 * spread[0]


def test_edge_above_sigma_stays_without_halo() -> None:
    images = torch.full((1, 3, 40, 64), 0.25, dtype=torch.float64)
    images[..., 32:] += 0.5
    # A detail of that size would be strengthened several times.
    torch.testing.assert_close(LLF(images), images, rtol=0, atol=0.02)


def test_transposed_image_gives_the_transposed_result() -> None:
    images = noise(20, 27)
    torch.testing.assert_close(LLF(images.mT), LLF(images).mT, rtol=0, atol=1e-12)


def test_colours_keep_their_ratio_to_grey() -> None:
    images = 0.1 + 0.8 * noise(16, 16)
    ratio = LLF(images) / images
    torch.testing.assert_close(ratio[:, 1:], ratio[:, :2], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("size", [(9, 1), (1, 9), (1, 1), (2, 2), (2, 3), (33, 31)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_narrow_and_odd_images_are_finite(size: tuple[int, int], dtype: torch.dtype) -> None:
    images = noise(*size, dtype=dtype).round()  # black, white and full colours
    result = LLF(images)
    assert result.shape == images.shape
    assert torch.isfinite(result).all()
    assert (result[images == 0] == 0).all()


def test_images_are_not_changed_in_place() -> None:
    images = noise(8, 8)
    before = images.clone()
    LLF(images)
    assert torch.equal(images, before)


KERNEL = torch.tensor([0.05, 0.25, 0.4, 0.25, 0.05], dtype=torch.float64)


def filtered(rows: Tensor) -> Tensor:
    """One axis filtered with black outside."""
    return torch.nn.functional.conv1d(rows[:, None], KERNEL[None, None], padding=2)[:, 0]


@pytest.mark.parametrize("length", range(1, 9))
def test_halve_filters_normalises_and_keeps_every_second_sample(length: int) -> None:
    rows = noise(4, length)[0, 0]
    along = (filtered(rows) / filtered(torch.ones_like(rows)))[:, ::2]
    torch.testing.assert_close(halve(rows[:1].expand(3, -1))[0], along[0])  # equal rows: only the other axis counts
    torch.testing.assert_close(halve(rows[:1].expand(3, -1).mT), halve(rows[:1].expand(3, -1)).mT)


@pytest.mark.parametrize("length", range(1, 9))
def test_double_spreads_samples_filters_and_normalises(length: int) -> None:
    coarse = noise(1, (length + 1) // 2)[0, 0]
    spread, mask = torch.zeros(2, 1, length, dtype=torch.float64)
    spread[:, ::2], mask[:, ::2] = coarse, 1
    expected = filtered(spread) / filtered(mask)
    torch.testing.assert_close(double(coarse, 1, length), expected)
    torch.testing.assert_close(double(coarse.mT, length, 1), expected.mT)


@pytest.mark.parametrize("size", [(1, 1), (7, 1), (2, 9), (33, 46)])
def test_collapsed_pyramid_is_the_image(size: tuple[int, int]) -> None:
    planes = noise(*size)[:, :1]
    gaussian = gaussian_pyramid(planes, level_count(*size))
    details = [fine - double(coarse, *fine.shape[-2:]) for fine, coarse in pairwise(gaussian)]
    torch.testing.assert_close(collapse([*details, gaussian[-1]]), planes, rtol=0, atol=1e-12)
