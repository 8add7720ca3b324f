"""The soft JPEG: values near the file's, and the gradient that each quantised coefficient earns by its size."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

import unfilter_converters
from unfilter.photo import Subsampling, read_photo
from unfilter_training.degradation import real_jpeg
from unfilter_training.degradation.soft_jpeg import soft_jpeg

PHOTOS = sorted((Path(unfilter_converters.__file__).parent / "golden_photos").glob("*.webp"))
SUBSAMPLINGS: list[Subsampling] = ["4:4:4", "4:2:0"]
LEAST = 0.15
GREY = 128 / 255

each_subsampling = pytest.mark.parametrize("subsampling", SUBSAMPLINGS)


def as_images(levels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(levels.copy()).permute(2, 0, 1)[None].float() / 255


def gradient_of(images: torch.Tensor, weights: torch.Tensor, quality: int, subsampling: Subsampling) -> torch.Tensor:
    images = images.clone().requires_grad_()
    (gradient,) = torch.autograd.grad((soft_jpeg(images, quality, subsampling) * weights).sum(), images)
    return gradient


def cosine(down: int, across: int) -> torch.Tensor:
    """One DCT coefficient of 1 in a block of 8 x 8 (ITU T.81, A.3.3)."""
    place = (2 * torch.arange(8) + 1) * math.pi / 16

    def along(frequency: int) -> torch.Tensor:
        return torch.cos(frequency * place) * (0.5 if frequency else math.sqrt(1 / 8))

    return along(down)[:, None] * along(across)


def passed(gradient: torch.Tensor, pattern: torch.Tensor) -> float:
    """How much of a gradient that asks for `pattern` came back."""
    return float((gradient * pattern).sum() / pattern.square().sum())


# Measured on the golden photos: a mean of 0.43 to 1.10 levels, where the JPEG itself changes 0.4 to 4.3.
@each_subsampling
@pytest.mark.parametrize("quality", [60, 80, 98])
@pytest.mark.parametrize("photo", PHOTOS, ids=lambda path: path.stem)
def test_values_are_close_to_the_files(photo: Path, quality: int, subsampling: Subsampling) -> None:
    images = as_images(read_photo(photo).pixels)
    away = 255 * (soft_jpeg(images, quality, subsampling) - real_jpeg(images, quality, subsampling)).abs()
    assert away.mean() < 1.5


# The luma step of this coefficient is 10 at quality 75: T.81's 19 halved, rounded up.
@pytest.mark.parametrize(
    ("size", "part"),
    [
        (0.0, LEAST),
        (2.5, LEAST + (1 - LEAST) / 4),  # half of half a step
        (5.0, 1.0),  # half a step
        (200.0, 1.0),
        (-200.0, 1.0),
    ],
)
@each_subsampling
def test_a_coefficient_passes_the_gradient_that_its_size_earns(size: float, part: float, subsampling: Subsampling) -> None:
    pattern = cosine(1, 3).repeat(2, 2).expand(1, 3, 16, 16)  # grey, so that chroma says nothing
    gradient = gradient_of(GREY + size * pattern / 255, pattern, 75, subsampling)
    assert passed(gradient, pattern) == pytest.approx(part, abs=2e-3)


def test_a_large_coefficient_beside_it_lends_a_zero_one_nothing() -> None:
    large, zero = (cosine(*place).expand(1, 3, 8, 8) for place in ((0, 1), (1, 0)))
    images = GREY + 300 * large / 255
    assert passed(gradient_of(images, large, 75, "4:4:4"), large) == pytest.approx(1)
    assert passed(gradient_of(images, zero, 75, "4:4:4"), zero) == pytest.approx(LEAST)


def test_gradient_of_strong_detail_in_all_colours_passes_whole() -> None:
    pattern = cosine(2, 2) * torch.tensor([1.0, -0.5, 0.25])[:, None, None]  # luma and both chromas
    weights = cosine(2, 2) * torch.tensor([0.3, 0.2, -0.7])[:, None, None]
    gradient = gradient_of(GREY + 4 * pattern[None], weights[None], 75, "4:4:4")
    torch.testing.assert_close(gradient, weights[None], rtol=0, atol=2e-5)


def test_nothing_asks_for_chroma_detail_that_4_2_0_cannot_hold() -> None:
    checkers = (-1.0) ** (torch.arange(32)[:, None] + torch.arange(32))
    chroma = (checkers * torch.tensor([1.0, -2.0, 1.0])[:, None, None])[
        None
    ]  # as a gradient without luma: it sums to nothing
    images = GREY + 0.2 * chroma
    inside = np.s_[..., 2:-2, 2:-2]  # repeated samples weigh more at the edge
    none = gradient_of(images, chroma, 98, "4:2:0")[inside]
    torch.testing.assert_close(none, torch.zeros_like(none), rtol=0, atol=1e-6)
    assert passed(gradient_of(images, chroma, 98, "4:4:4"), chroma) > 0.99


@each_subsampling
@pytest.mark.parametrize("size", [(1, 1), (8, 3), (7, 4), (17, 9), (16, 24), (33, 47)])
def test_every_size_keeps_its_size_and_has_a_finite_gradient_everywhere(
    size: tuple[int, int], subsampling: Subsampling
) -> None:
    generator = torch.Generator().manual_seed(0)
    images = 3 * torch.rand(2, 3, *size, generator=generator) - 1  # far outside 0..1 too
    for quality in (1, 60, 100):
        saved = soft_jpeg(images, quality, subsampling)
        assert saved.shape == images.shape
        assert saved.dtype == torch.float32
        assert saved.isfinite().all()
        gradient = gradient_of(images, torch.rand(images.shape, generator=generator) + 0.5, quality, subsampling)
        assert gradient.isfinite().all()
        assert (gradient != 0).all()


@each_subsampling
def test_what_lies_beyond_a_whole_block_is_repeated_and_cut_off(subsampling: Subsampling) -> None:
    images = as_images(read_photo(PHOTOS[0]).pixels)[..., 60:93, 100:147]
    height, width = images.shape[-2:]
    padded = torch.nn.functional.pad(images, (0, -width % 16, 0, -height % 16), mode="replicate")
    expected = soft_jpeg(padded, 75, subsampling)[..., :height, :width]
    torch.testing.assert_close(soft_jpeg(images, 75, subsampling), expected, rtol=0, atol=1e-6)


@each_subsampling
def test_batch_equals_one_by_one(subsampling: Subsampling) -> None:
    images = torch.cat([as_images(read_photo(photo).pixels)[..., :57, :71] for photo in PHOTOS])
    one_by_one = torch.cat([soft_jpeg(image[None], 75, subsampling) for image in images])
    torch.testing.assert_close(soft_jpeg(images, 75, subsampling), one_by_one, rtol=0, atol=1e-6)


def test_not_a_number_is_not_hidden() -> None:
    images = torch.full((1, 3, 8, 8), 0.5)
    images[0, 0, 3, 4] = torch.nan
    assert soft_jpeg(images, 75, "4:4:4").isnan().any()
