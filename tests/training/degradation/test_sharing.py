"""A shared batch comes back smaller, as JPEGs of the drawn qualities, and is compared with photos of the same size."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from unfilter_training.degradation import Mixture, Sharing, SharingRanges, of_step, reference
from unfilter_training.degradation.resizing import resized

CHAIN = Sharing(0.75, "lanczos", (0, 0), saved=((90, "4:2:0"), (85, "4:4:4")), posted=((80, "4:2:0"), (70, "4:2:0")))


def jpeg(levels: np.ndarray, quality: int, subsampling: str) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file))


def test_it_gives_the_levels_that_real_files_give() -> None:
    images = torch.rand(2, 3, 48, 64, generator=torch.Generator().manual_seed(0))
    arrived = CHAIN(images)
    assert arrived.shape == (2, 3, 36, 48)
    for image, saved, posted, result in zip(images, CHAIN.saved, CHAIN.posted, arrived, strict=True):
        levels = np.floor(image.permute(1, 2, 0).numpy() * 255 + 0.5).astype(np.uint8)
        decoded = torch.from_numpy(jpeg(levels, *saved) / np.float32(255)).permute(2, 0, 1)[None]
        small = resized(decoded, 36, 48, "lanczos")[0].permute(1, 2, 0).numpy()
        expected = jpeg(np.floor(small.clip(0, 1) * 255 + 0.5).astype(np.uint8), *posted)
        np.testing.assert_array_equal(np.round(result.permute(1, 2, 0).numpy() * 255), expected)


def test_the_gradient_reaches_every_pixel_through_both_files_and_the_resizing() -> None:
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1)).requires_grad_()
    CHAIN(images).square().sum().backward()
    assert images.grad is not None
    assert torch.isfinite(images.grad).all()
    assert float((images.grad != 0).float().mean()) > 0.99


def test_what_comes_back_is_compared_with_the_photo_at_that_size_and_other_degradations_with_the_photo() -> None:
    photo = torch.rand(2, 3, 32, 48)
    assert reference(CHAIN, photo).shape == (2, 3, 24, 36)
    assert reference(Mixture().draw(np.random.default_rng(0)), photo) is photo
    whole = Sharing(1.0, "area", (0, 0), CHAIN.saved, CHAIN.posted)
    assert reference(whole, photo) is photo


def test_a_crop_off_any_grid_is_compared_with_the_photo_cropped_alike() -> None:
    photo = torch.rand(2, 3, 32, 48)
    cropped = Sharing(1.0, "area", (3, 6), CHAIN.saved, CHAIN.posted)
    torch.testing.assert_close(reference(cropped, photo), photo[..., 3:31, 6:])  # 29 rows are left, and sides come out even
    assert cropped(photo).shape == (2, 3, 28, 42)


def test_chains_that_keep_the_size_and_crops_are_drawn_as_often_as_said() -> None:
    mixture = Mixture(sharing=SharingRanges(weight=1.0, as_large=0.25, crop=15))
    drawn = [of_step(mixture, 5, step, range(2)) for step in range(200)]
    assert 25 < sum(one.scale == 1 for one in drawn if isinstance(one, Sharing)) < 80
    assert {cut for one in drawn if isinstance(one, Sharing) for cut in one.crop} == set(range(16))


def test_a_step_draws_by_its_seed_and_number_and_shares_about_as_often_as_said() -> None:
    mixture = Mixture(sharing=SharingRanges(weight=0.4))
    drawn = [of_step(mixture, 5, step, range(2)) for step in range(200)]
    shared = [one for one in drawn if isinstance(one, Sharing)]
    assert 50 < len(shared) < 110
    assert [one for step in range(200) if isinstance(one := of_step(mixture, 5, step, range(2)), Sharing)] == shared
    assert {one.kernel for one in shared} == set(SharingRanges().kernels)
    assert all(0.4 <= one.scale <= 1 for one in shared)
    assert all(80 <= quality <= 96 for one in shared for quality, _ in one.saved)


def test_a_share_of_a_batch_draws_what_the_whole_batch_draws_for_it() -> None:
    mixture = Mixture(sharing=SharingRanges(weight=1.0))
    whole, second = of_step(mixture, 0, 3, range(2)), of_step(mixture, 0, 3, [1])
    assert isinstance(whole, Sharing)
    assert isinstance(second, Sharing)
    assert (second.scale, second.kernel) == (whole.scale, whole.kernel)
    assert (second.saved, second.posted) == (whole.saved[1:], whole.posted[1:])


def test_a_mixture_without_sharing_is_written_as_before() -> None:
    assert "sharing" not in Mixture().model_dump()
    assert Mixture.model_validate(Mixture(sharing=SharingRanges(weight=0.5)).model_dump()).sharing.weight == 0.5


@pytest.mark.parametrize("ranges", [{"saved": (90, 80)}, {"posted": (0, 80)}, {"scale": (0.0, 1.0)}, {"scale": (0.9, 0.5)}])
def test_ranges_that_cannot_be_drawn_from_are_refused(ranges: dict[str, tuple[float, float]]) -> None:
    with pytest.raises(ValidationError, match="must rise within"):
        SharingRanges.model_validate(ranges)
