"""Weighted median filter: the authors' own results, the definition by brute force, and what a median promises."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from unfilter.errors import UnfilterError
from unfilter_training.operators import wmf as module
from unfilter_training.operators.wmf import WMF


def noise(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """Random 8-bit levels."""
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(0)).to(dtype) / 255


def need_opencv() -> None:
    cv2 = pytest.importorskip("cv2", reason="opencv-contrib-python-headless is not installed")
    if not hasattr(cv2, "ximgproc"):
        pytest.skip("this OpenCV is without its contributed modules")


def by_definition(image: Tensor, radius: int, sigma: float) -> Tensor:
    """The weighted median of one image of 8-bit levels, pixel by pixel."""
    levels = (image * 255).round().long()
    colours = (levels // 4).to(torch.float64)
    _, height, width = image.shape
    result = torch.empty_like(levels)
    for y in range(height):
        for x in range(width):
            rows, columns = slice(max(0, y - radius), y + radius + 1), slice(max(0, x - radius), x + radius + 1)
            distance = (colours[:, rows, columns] - colours[:, y, x, None, None]).square().sum(dim=0)
            weights = torch.exp(-distance / (2 * (sigma / 4) ** 2)).flatten()
            for channel in range(3):
                ordered, order = levels[channel, rows, columns].flatten().sort()
                # The filter's own weights are whole numbers, so its sums are no closer than this.
                reached = weights[order].cumsum(0) >= weights.sum() * (0.5 - 1e-6)
                result[channel, y, x] = ordered[reached][0]
    return result.to(image.dtype) / 255


def test_agrees_with_the_authors_program_to_40_db(oracles: Callable[[str], list[Any]]) -> None:
    smaller = [oracle for oracle in oracles("WMF") if oracle.photo.size < 120_000]  # four of eight: quicker
    scores = [oracle.psnr(WMF(oracle.images(torch.float32))) for oracle in smaller]
    assert np.mean(scores) >= 40  # 44.3 measured over all eight
    assert min(scores) >= 33  # 40.2 measured over all eight


def test_opencv_equals_the_authors_program_to_the_last_byte(oracles: Callable[[str], list[Any]]) -> None:
    need_opencv()
    for oracle in oracles("WMF"):
        assert oracle.psnr(WMF(oracle.images(torch.float32), implementation="opencv")) == 99, oracle.name


def test_missing_opencv_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(UnfilterError, match=r"unfilter\[opencv\]"):
        WMF(noise(1, 3, 4, 4), implementation="opencv")


def test_unknown_implementation_is_refused() -> None:
    with pytest.raises(UnfilterError, match="choose torch or opencv"):
        WMF(noise(1, 3, 4, 4), implementation="scipy")


@pytest.mark.parametrize(("radius", "sigma"), [(1, 25.5), (3, 25.5), (10, 25.5), (2, 100.0), (2, 1.0)])
def test_equals_the_definition(radius: int, sigma: float) -> None:
    # Smoothed, so that many colours are near each other and weights lie between 0 and 1.
    images = torch.nn.functional.avg_pool2d(noise(1, 3, 16, 17), 5, stride=1)
    images = (images * 255).round() / 255
    expected = by_definition(images[0], radius, sigma)[None]
    torch.testing.assert_close(WMF(images, radius=float(radius), sigma=sigma), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", [(1, 1), (1, 14), (15, 1), (7, 5)])
@pytest.mark.parametrize("level", [0, 77, 255])
def test_constant_image_stays_constant(level: int, size: tuple[int, int], dtype: torch.dtype) -> None:
    images = torch.full((1, 3, *size), level, dtype=dtype) / 255
    result = WMF(images)
    assert result.dtype == dtype
    torch.testing.assert_close(result, images, rtol=0, atol=0)


def test_float32_equals_float64() -> None:
    images = noise(1, 3, 15, 19)
    assert torch.equal(WMF(images.float()) * 255, (WMF(images) * 255).float())


@pytest.mark.parametrize("implementation", ["torch", "opencv"])
def test_batch_equals_one_by_one(implementation: str) -> None:
    if implementation == "opencv":
        need_opencv()
    images = noise(3, 3, 13, 22)
    one_by_one = torch.cat([WMF(image[None], implementation=implementation) for image in images])
    assert torch.equal(WMF(images, implementation=implementation), one_by_one)


def test_strips_give_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    images = noise(2, 3, 23, 9)
    whole = WMF(images, radius=4.0)
    monkeypatch.setattr(module, "PIXELS_AT_ONCE", {"cpu": 40})
    assert torch.equal(WMF(images, radius=4.0), whole)


def test_flipping_photo_and_result_together_gives_another_pair() -> None:
    images = noise(1, 3, 12, 15)
    for axes in ((-1,), (-2,), (-1, -2)):
        assert torch.equal(WMF(images.flip(axes), radius=3.0), WMF(images, radius=3.0).flip(axes))


def test_every_value_is_one_of_its_window() -> None:
    images = noise(1, 3, 6, 7)
    result = WMF(images, radius=10.0)
    for channel in range(3):
        assert set(result[0, channel].unique().tolist()) <= set(images[0, channel].unique().tolist())


def test_values_between_levels_are_rounded_first() -> None:
    images = noise(1, 3, 9, 9)
    moved = (images + 0.3 / 255).clamp(0, 1)
    assert torch.equal(WMF(moved, radius=2.0), WMF(images, radius=2.0))


def test_radius_is_rounded_halves_up() -> None:
    images = noise(1, 3, 12, 12)
    assert torch.equal(WMF(images, radius=2.5), WMF(images, radius=3.0))
    assert torch.equal(WMF(images, radius=2.4), WMF(images, radius=2.0))


def test_edge_stays_and_noise_goes() -> None:
    images = 0.04 * noise(1, 3, 24, 30) + 0.2
    images[..., 15:] += 0.5
    result = WMF(images, radius=4.0)
    assert result[..., 15:].min() - result[..., :15].max() > 0.45
    assert result[..., :15].std() < 0.4 * images[..., :15].std()


def test_larger_window_smooths_more() -> None:
    images = 0.1 * noise(1, 3, 30, 30) + 0.4
    spread = [WMF(images, radius=radius).std().item() for radius in (1.0, 3.0, 6.0)]
    assert spread == sorted(spread, reverse=True)


def test_larger_sigma_ends_in_the_plain_median() -> None:
    images = noise(1, 3, 9, 9)
    plain = torch.nn.functional.unfold(images, 5)[0].view(3, 25, 25).median(dim=1).values.view(3, 5, 5)
    result = WMF(images, radius=2.0, sigma=1e5)[0, :, 2:-2, 2:-2]
    torch.testing.assert_close(result, plain, rtol=0, atol=1e-12)
