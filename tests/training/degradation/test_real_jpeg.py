"""Law: the values are those of a JPEG file that Pillow saved and read back; the gradient goes straight through."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import unfilter_converters
from unfilter.format.rounding import to_floats
from unfilter.photo import Subsampling, read_photo
from unfilter_training.degradation import identity, real_jpeg

PHOTO = Path(unfilter_converters.__file__).parent / "golden_photos" / "chelsea.webp"


def photos() -> tuple[np.ndarray, torch.Tensor]:
    pixels = read_photo(PHOTO).pixels[:65, :83]
    both = np.stack([pixels, pixels[::-1]])
    return both, torch.from_numpy(to_floats(both)).permute(0, 3, 1, 2)


@pytest.mark.parametrize("quality", [60, 80, 98])
@pytest.mark.parametrize(("subsampling", "number"), [("4:4:4", 0), ("4:2:0", 2)])
def test_values_are_those_of_the_file(quality: int, subsampling: Subsampling, number: int, tmp_path: Path) -> None:
    pixels, images = photos()
    results = real_jpeg(images, quality, subsampling)
    for image, result in zip(pixels, results, strict=True):
        Image.fromarray(image).save(tmp_path / "p.jpg", quality=quality, subsampling=number)
        expected = torch.from_numpy(to_floats(read_photo(tmp_path / "p.jpg").pixels)).permute(2, 0, 1)
        torch.testing.assert_close(result, expected, rtol=0, atol=1e-6)


def test_values_outside_0_to_1_are_clipped_as_in_a_file() -> None:
    images = torch.full((1, 3, 8, 8), 1.5)
    torch.testing.assert_close(real_jpeg(images, 90, "4:4:4"), torch.ones(1, 3, 8, 8))


def test_gradient_goes_straight_through() -> None:
    images = photos()[1].requires_grad_()
    (2 * real_jpeg(images, 80, "4:2:0")).sum().backward()
    assert torch.equal(images.grad, torch.full_like(images, 2))


def test_lower_quality_costs_more() -> None:
    images = photos()[1]
    errors = [float((real_jpeg(images, quality, "4:2:0") - images).square().mean()) for quality in (98, 80, 60)]
    assert errors == sorted(errors)
    assert errors[0] > 0


def test_identity_changes_nothing() -> None:
    images = photos()[1] + 3
    assert identity(images) is images
