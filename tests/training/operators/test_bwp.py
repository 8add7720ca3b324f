"""BWP and its exemplars: the authors' own results, and what the method promises without them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from unfilter.errors import PhotoError, UnfilterError
from unfilter_training.operators.bwp import BWP
from unfilter_training.operators.exemplar import BINS, Exemplar, cumulative_histogram, gradient_magnitude
from unfilter_training.operators.laplacian_pyramid import grey


def photo(*size: int, dtype: torch.dtype = torch.float64, batch: int = 1) -> Tensor:
    """Smooth blobs with some noise, in colour, low in contrast."""
    generator = torch.Generator().manual_seed(0)
    blobs = torch.rand(batch, 3, 4, 5, dtype=dtype, generator=generator)
    smooth = torch.nn.functional.interpolate(blobs, size=size, mode="bilinear", align_corners=True)
    return 0.3 + 0.35 * smooth + 0.03 * torch.rand(batch, 3, *size, dtype=dtype, generator=generator)


# Steep curves: 1e-7 on the photo may move pixels by a level and more, so bytes differ between machines.
@pytest.mark.parametrize(
    ("dtype", "mean", "worst"),
    [(torch.float64, 70, 45), (torch.float32, 38, 38)],  # 99 (every byte equal) and 81.9, worst 50.2, measured
    ids=["float64", "float32"],
)
def test_agrees_with_the_authors_program(
    dtype: torch.dtype, mean: float, worst: float, oracles: Callable[[str], list[Any]], data: Path
) -> None:
    exemplar = data / "oracles" / "exemplar" / "exemplar_gray.png"
    scores = [oracle.psnr(BWP(oracle.images(dtype), exemplar=exemplar)) for oracle in oracles("BWP")]
    assert np.mean(scores) >= mean
    assert min(scores) >= worst


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_result_is_one_grey_plane_in_0_to_1(dtype: torch.dtype) -> None:
    images = photo(40, 53, dtype=dtype)
    result = BWP(images)
    assert result.shape == images.shape and result.dtype == dtype
    assert torch.equal(result[:, :1].expand(-1, 3, -1, -1), result)
    assert result.min() >= 0 and result.max() <= 1


def test_tones_become_the_exemplars() -> None:
    levels = torch.linspace(0, 1, 11, dtype=torch.float64)
    result = BWP(photo(60, 80))[:, 0]
    reached = torch.stack([(result <= level).double().mean() for level in levels])
    expected = Exemplar.computed().intensity_cdf[(levels * (BINS - 1)).long()]
    torch.testing.assert_close(reached, expected, rtol=0, atol=0.03)


def test_more_iterations_bring_local_contrast_nearer_to_the_exemplars() -> None:
    expected = (1 - Exemplar.computed().gradient_cdf).mean()
    contrast = [gradient_magnitude(BWP(photo(60, 80), iterations=count)[:, :1]).mean() for count in range(4)]
    away = [float((each - expected).abs()) for each in contrast]
    assert away == sorted(away, reverse=True)
    assert away[-1] < 0.1 * away[0]


def test_no_iterations_keep_the_order_of_tones() -> None:
    images = photo(60, 80)
    result, order = BWP(images, iterations=0)[:, :1], grey(images).flatten().argsort()
    assert (result.flatten()[order].diff() >= 0).all()


def test_dark_exemplar_gives_a_darker_result_than_a_bright_one(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 255, 64), (48, 1))
    means = {}
    for name, values in {"dark": ramp / 4, "bright": 255 - ramp / 4}.items():
        Image.fromarray(values.astype(np.uint8)).save(tmp_path / f"{name}.png")
        means[name] = float(BWP(photo(40, 50), exemplar=tmp_path / f"{name}.png").mean())
    assert means["dark"] < 0.2 and means["bright"] > 0.8


def test_exemplar_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="no such file"):
        BWP(photo(8, 8), exemplar=tmp_path / "missing.png")
    Image.fromarray(np.zeros((1, 9), np.uint8)).save(tmp_path / "row.png")
    with pytest.raises(UnfilterError, match=r"row.png: an exemplar needs at least 2 x 2 pixels"):
        BWP(photo(8, 8), exemplar=tmp_path / "row.png")


def test_computed_exemplar_is_a_full_range_landscape() -> None:
    exemplar = Exemplar.computed()
    for cdf in (exemplar.intensity_cdf, exemplar.gradient_cdf):
        assert cdf.shape == (BINS,)
        assert (cdf.diff() >= 0).all() and cdf[0] < 0.01 and abs(cdf[-1] - 1) < 1e-9
    tones = [float(exemplar.intensity_cdf[int(level * (BINS - 1))]) for level in (0.1, 0.3, 0.75)]
    assert tones[0] > 0.15 and tones[1] > 0.5 and tones[2] < 0.92  # deep shadows, and bright lights too


def test_edge_between_bins_belongs_to_the_lower_bin() -> None:
    planes = torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0], dtype=torch.float64).reshape(1, 1, 1, 5)
    counts = 5 * cumulative_histogram(planes, 3)  # bins centred at 0, 0.5 and 1
    torch.testing.assert_close(counts, torch.tensor([[2.0, 4.0, 5.0]], dtype=torch.float64))


def test_batch_equals_one_by_one() -> None:
    images = photo(24, 31, batch=3) * torch.tensor([1.0, 0.5, 0.2], dtype=torch.float64).reshape(3, 1, 1, 1)
    assert torch.equal(BWP(images), torch.cat([BWP(image[None]) for image in images]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("tone", [0, 0.1, 0.25, 76.8 / 255, 1])
def test_constant_image_becomes_its_grey(tone: float, dtype: torch.dtype) -> None:
    images = torch.full((1, 3, 9, 14), tone, dtype=dtype)
    torch.testing.assert_close(BWP(images), images, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", [(9, 1), (1, 9), (1, 1), (2, 2), (2, 3), (33, 31)])
def test_narrow_odd_and_black_and_white_images_are_finite(size: tuple[int, int]) -> None:
    for images in (photo(*size), photo(*size).gt(0.5).double()):
        result = BWP(images)
        assert torch.isfinite(result).all()
        assert result.min() >= 0 and result.max() <= 1


def test_images_are_not_changed_in_place() -> None:
    images = photo(8, 8)
    before = images.clone()
    BWP(images)
    assert torch.equal(images, before)
