"""The simulated JPEG gives exactly what libjpeg decodes from its own file, and the soft JPEG's gradient besides."""

import io
from pathlib import Path

import jaxtyping
import numpy as np
import pytest
import torch
from PIL import Image

import unfilter_converters
from unfilter.photo import Subsampling
from unfilter_training.degradation import rounding, simulated_jpeg
from unfilter_training.degradation.soft_jpeg import soft_jpeg

PHOTOS = sorted((Path(unfilter_converters.__file__).parent / "golden_photos").glob("*.webp"))
QUALITIES = [60, 75, 85, 90, 98]
SUBSAMPLINGS: list[Subsampling] = ["4:4:4", "4:2:0"]

each_subsampling = pytest.mark.parametrize("subsampling", SUBSAMPLINGS)


def as_images(levels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(levels.copy()).permute(2, 0, 1)[None] / 255


def as_levels(images: torch.Tensor) -> np.ndarray:
    scaled = images[0].permute(1, 2, 0).double().numpy() * 255
    levels = np.rint(scaled)
    np.testing.assert_allclose(scaled, levels, atol=1e-4)  # nothing lies between two levels
    return levels.astype(np.uint8)


def by_libjpeg(levels: np.ndarray, quality: int, subsampling: Subsampling) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file))


def assert_equal_to_libjpeg(levels: np.ndarray, quality: int, subsampling: Subsampling) -> None:
    """Every level, with the libjpeg-turbo in Pillow's wheels. Another build may differ by one here and there."""
    simulated = as_levels(simulated_jpeg(as_images(levels), quality, subsampling))
    np.testing.assert_array_equal(simulated, by_libjpeg(levels, quality, subsampling))


@each_subsampling
@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("photo", PHOTOS, ids=lambda path: path.stem)
def test_photos_equal_libjpeg(photo: Path, quality: int, subsampling: Subsampling) -> None:
    assert_equal_to_libjpeg(np.asarray(Image.open(photo).convert("RGB")), quality, subsampling)


@each_subsampling
@pytest.mark.parametrize(
    "quality", [1, 25, 49, 50, 100]
)  # both branches of the scaling, and both limits of a table's entries
def test_qualities_that_no_recipe_draws_equal_libjpeg(quality: int, subsampling: Subsampling) -> None:
    assert_equal_to_libjpeg(np.asarray(Image.open(PHOTOS[0]).convert("RGB"))[:61, :83], quality, subsampling)


@each_subsampling
@pytest.mark.parametrize(
    ("height", "width"),
    [
        (1, 1),
        (7, 4),  # two columns of chroma: no triangle
        (5, 5),  # three: a triangle
        (16, 16),
        (18, 8),  # even, yet no whole block: chroma repeats its own last row
        (8, 18),
        (33, 47),
        (50, 49),
    ],
)
def test_every_size_equals_libjpeg(height: int, width: int, subsampling: Subsampling) -> None:
    levels = np.asarray(Image.open(PHOTOS[1]).convert("RGB"))[100 : 100 + height, 90 : 90 + width]
    for quality in QUALITIES:
        assert_equal_to_libjpeg(levels, quality, subsampling)


@each_subsampling
@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("values", [256, 2], ids=["noise", "corners"])  # corners of the RGB cube overshoot the most
def test_extremes_equal_libjpeg(values: int, quality: int, subsampling: Subsampling) -> None:
    drawn = np.random.default_rng(0).integers(0, values, (61, 75, 3))
    assert_equal_to_libjpeg((drawn * (255 // (values - 1))).astype(np.uint8), quality, subsampling)


@each_subsampling
def test_values_are_saved_as_eight_bits_first(subsampling: Subsampling) -> None:
    images = 3 * torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0)) - 1
    assert torch.equal(simulated_jpeg(images, 90, subsampling), simulated_jpeg(rounding(images), 90, subsampling))


@each_subsampling
def test_batch_equals_one_by_one(subsampling: Subsampling) -> None:
    levels = [np.asarray(Image.open(photo).convert("RGB"))[:97, :83] for photo in PHOTOS]
    images = torch.cat([as_images(photo) for photo in levels])
    together = simulated_jpeg(images, 75, subsampling)
    assert torch.equal(together, torch.cat([simulated_jpeg(image[None], 75, subsampling) for image in images]))
    lying_otherwise = images.contiguous(memory_format=torch.channels_last)
    assert torch.equal(together, simulated_jpeg(lying_otherwise, 75, subsampling))


@each_subsampling
@pytest.mark.parametrize("level", [0, 1, 127, 128, 200, 255])
def test_flat_grey_stays_flat(level: int, subsampling: Subsampling) -> None:
    images = torch.full((1, 3, 19, 21), level / 255)
    saved = simulated_jpeg(images, 98, subsampling)
    assert saved.unique().numel() == 1
    assert (saved - images).abs().max() <= 1.001 / 255


@each_subsampling
def test_flat_colours_equal_libjpeg(subsampling: Subsampling) -> None:
    for colour in [(255, 0, 0), (0, 255, 0), (0, 0, 255), (12, 200, 77)]:
        levels = np.full((17, 23, 3), colour, np.uint8)
        for quality in QUALITIES:
            assert_equal_to_libjpeg(levels, quality, subsampling)


@each_subsampling
def test_autocast_changes_nothing(subsampling: Subsampling) -> None:
    images = as_images(np.asarray(Image.open(PHOTOS[0]).convert("RGB"))[:40, :40]).requires_grad_()
    plain = simulated_jpeg(images, 85, subsampling)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        cast = simulated_jpeg(images, 85, subsampling)
    assert cast.dtype == torch.float32
    assert torch.equal(cast, plain)
    assert torch.equal(*(torch.autograd.grad(saved.square().sum(), images)[0] for saved in (plain, cast)))


def gradient_of(images: torch.Tensor, weights: torch.Tensor, subsampling: Subsampling) -> torch.Tensor:
    images = images.clone().requires_grad_()
    (gradient,) = torch.autograd.grad((simulated_jpeg(images, 75, subsampling) * weights).sum(), images)
    return gradient


@each_subsampling
@pytest.mark.parametrize("size", [(1, 1), (8, 3), (33, 47)])
def test_gradient_is_finite_and_nowhere_zero(size: tuple[int, int], subsampling: Subsampling) -> None:
    generator = torch.Generator().manual_seed(0)
    images = 3 * torch.rand(2, 3, *size, generator=generator) - 1  # clamping included
    gradient = gradient_of(images, torch.rand(images.shape, generator=generator) + 0.5, subsampling)
    assert gradient.isfinite().all()
    assert (gradient != 0).all()


@each_subsampling
def test_gradient_is_the_soft_jpegs(subsampling: Subsampling) -> None:
    photo = as_images(np.asarray(Image.open(PHOTOS[0]).convert("RGB"))[:51, :83])
    weights = torch.rand(photo.shape, generator=torch.Generator().manual_seed(0))
    for images in (photo, 3 * photo - 1):  # clamping included
        soft = images.clone().requires_grad_()
        (expected,) = torch.autograd.grad((soft_jpeg(soft, 75, subsampling) * weights).sum(), soft)
        assert torch.equal(gradient_of(images, weights, subsampling), expected)


def test_gradient_asks_for_no_chroma_detail_that_4_2_0_cannot_hold() -> None:
    checkers = (-1.0) ** (torch.arange(32)[:, None] + torch.arange(32))
    chroma = checkers * torch.tensor([1.0, -2.0, 1.0])[:, None, None]  # no luma: the channels add up to nothing
    gradient = gradient_of(torch.full((1, 3, 32, 32), 0.5), chroma[None], "4:2:0")
    inside = gradient[..., 2:-2, 2:-2]  # repeated samples weigh more in the corners
    torch.testing.assert_close(inside, torch.zeros_like(inside), atol=1e-6, rtol=0)
    luma = checkers.expand(1, 3, 32, 32)
    along = (gradient_of(0.5 + 0.2 * luma, luma, "4:2:0") * luma).sum()
    assert along > 0.9 * luma.square().sum()


@each_subsampling
def test_gradient_pulls_towards_what_the_file_can_hold(subsampling: Subsampling) -> None:
    """Descent through the simulation alone brings what comes back closer to a target."""
    target = as_images(np.asarray(Image.open(PHOTOS[2]).convert("RGB"))[80:128, 80:128])
    images = torch.full_like(target, 0.5)
    before = (simulated_jpeg(images, 75, subsampling) - target).square().mean()
    for _ in range(5):
        missed = simulated_jpeg(images, 75, subsampling) - target
        images = images - 0.5 * gradient_of(images, missed, subsampling)
    assert (simulated_jpeg(images, 75, subsampling) - target).square().mean() < before / 20


@pytest.mark.parametrize("quality", [0, 101, -5])
def test_quality_out_of_range_is_refused(quality: int) -> None:
    with pytest.raises(ValueError, match=rf"within 1\.\.100, got {quality}"):
        simulated_jpeg(torch.zeros(1, 3, 8, 8), quality, "4:4:4")


def test_other_subsampling_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # what a user meets, without the tests' shape checks
    with pytest.raises(ValueError, match="4:4:4, 4:2:0, got '4:2:2'"):
        simulated_jpeg(torch.zeros(1, 3, 8, 8), 75, "4:2:2")  # type: ignore[arg-type]


def test_not_a_number_is_not_hidden() -> None:
    images = torch.full((1, 3, 8, 8), 0.5)
    images[0, 0, 3, 4] = torch.nan
    for subsampling in SUBSAMPLINGS:
        assert simulated_jpeg(images, 75, subsampling).isnan().any()  # so that the trainer can stop
