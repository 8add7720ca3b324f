"""Resizing agrees with the software that it imitates, and passes its gradient through."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import interpolate

from unfilter_training.degradation.resizing import Kernel, resized

SIZES = [((64, 48), (32, 36)), ((50, 61), (33, 44)), ((40, 40), (40, 40)), ((31, 47), (13, 46))]
PILLOW: dict[Kernel, Image.Resampling] = {
    "lanczos": Image.Resampling.LANCZOS,
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "area": Image.Resampling.BOX,
}


def planes(height: int, width: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(height).random((1, 3, height, width), np.float32))


@pytest.mark.parametrize("kernel", PILLOW)
@pytest.mark.parametrize(("before", "after"), SIZES)
def test_it_equals_pillows_resize_of_float_images(kernel: Kernel, before: tuple[int, int], after: tuple[int, int]) -> None:
    images = planes(*before)
    expected = [
        np.asarray(Image.fromarray(plane.numpy()).resize((after[1], after[0]), PILLOW[kernel])) for plane in images[0]
    ]
    np.testing.assert_allclose(resized(images, *after, kernel)[0], np.stack(expected), atol=1e-5)


@pytest.mark.parametrize(("before", "after"), SIZES)
def test_aliased_bilinear_equals_interpolation_without_antialiasing(before: tuple[int, int], after: tuple[int, int]) -> None:
    images = planes(*before)
    expected = interpolate(images, after, mode="bilinear")
    torch.testing.assert_close(resized(images, *after, "bilinear_aliased"), expected, atol=2e-5, rtol=0)


@pytest.mark.parametrize("kernel", [*PILLOW, "bilinear_aliased"])
def test_a_constant_picture_stays_constant_and_takes_a_gradient(kernel: Kernel) -> None:
    images = torch.full((1, 3, 20, 30), 0.25, requires_grad=True)
    small = resized(images, 11, 13, kernel)
    torch.testing.assert_close(small, torch.full((1, 3, 11, 13), 0.25))
    small.sum().backward()
    assert images.grad is not None
    assert float(images.grad.sum()) == pytest.approx(3 * 11 * 13, rel=1e-5)
