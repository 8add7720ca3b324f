"""Coloured pencil drawing with fixed curves: what makes it learnable by a local network."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from unfilter.photo import read_photo
from unfilter_training.data import image_tensor
from unfilter_training.operators.cpd import CPD
from unfilter_training.operators.cpd_fixed import CPD_FIXED, pencil_tone, reach
from unfilter_training.operators.studio_luma import studio_luma

PHOTO = next(iter(sorted((Path(__file__).parents[3] / "converters/unfilter_converters/golden_photos").glob("*.webp"))))


def noise(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.rand(*shape, dtype=dtype, generator=torch.Generator().manual_seed(0))


def photo(dtype: torch.dtype) -> Tensor:
    return image_tensor(read_photo(PHOTO).pixels, dtype)[..., :150, :150]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kernel_size", [3, 8])
def test_a_far_change_changes_nothing_at_all(dtype: torch.dtype, kernel_size: int) -> None:
    images = noise(1, 3, 40, 90, dtype=dtype)
    changed = images.clone()
    changed[..., 50:] = 1 - changed[..., 50:] / 2
    before, after = (CPD_FIXED(each, kernel_size=kernel_size) for each in (images, changed))
    edge = 50 - reach(kernel_size)
    assert torch.equal(before[..., :edge], after[..., :edge])
    assert not torch.equal(before[..., edge : edge + 3], after[..., edge : edge + 3])


def test_a_patch_gives_what_the_photo_gives_there() -> None:
    images = noise(1, 3, 70, 80)
    patch = CPD_FIXED(images[..., 5:65, 10:75])
    inner = slice(reach(), -reach())
    torch.testing.assert_close(patch[..., inner, inner], CPD_FIXED(images)[..., 5:65, 10:75][..., inner, inner])


def test_turned_and_mirrored_photos_give_turned_and_mirrored_drawings() -> None:
    images = noise(1, 3, 33, 42)
    result = CPD_FIXED(images)
    for quarter in range(4):
        for mirror in ([], [-1]):
            move = lambda each: torch.rot90(each.flip(mirror), quarter, (-2, -1))  # noqa: B023, E731
            torch.testing.assert_close(CPD_FIXED(move(images)), move(result))


@pytest.mark.parametrize("value", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (13, 7), (40, 40)])
def test_a_flat_image_gives_a_flat_drawing_on_the_curve(size: tuple[int, int], value: float) -> None:
    result = CPD_FIXED(torch.full((1, 3, *size), value))
    expected = pencil_tone(torch.tensor([value])).item()
    torch.testing.assert_close(result, torch.full((1, 3, *size), expected), rtol=0, atol=1e-5)


def test_the_curve_rises_from_dark_grey_to_white() -> None:
    tones = pencil_tone(torch.linspace(0, 1, 256, dtype=torch.float64))
    assert (tones.diff() > 0).all()
    assert tones[0] == pytest.approx(0.26)
    assert 0.98 < tones[-1] < 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_batch_equals_its_images_one_by_one(dtype: torch.dtype) -> None:
    images = noise(3, 3, 21, 26, dtype=dtype)
    images[1] *= 0.1
    torch.testing.assert_close(CPD_FIXED(images), torch.cat([CPD_FIXED(each[None]) for each in images]))


def test_float32_gives_what_float64_gives() -> None:
    exact = CPD_FIXED(photo(torch.float64))
    assert (CPD_FIXED(photo(torch.float32)) - exact).abs().max() < 1e-4


def test_an_edge_becomes_a_dark_stroke_and_gain_darkens_it() -> None:
    images = torch.full((1, 3, 60, 60), 0.4)
    images[..., 30:] = 0.8
    weak, usual, strong = (CPD_FIXED(images, stroke_gain=gain)[0, 0, 30] for gain in (1.0, 2.5, 5.0))
    assert usual[29] < min(usual[20], usual[40]) - 0.3
    assert strong[29] < usual[29] < weak[29]
    assert strong.min() >= -1e-6


def test_higher_gamma_draws_darker() -> None:
    images = noise(1, 3, 40, 40)
    assert CPD_FIXED(images, gamma_tone=2.0).mean() < CPD_FIXED(images).mean() - 0.01


def test_on_a_photo_it_draws_what_cpd_draws() -> None:
    images = photo(torch.float64)
    inner = (..., slice(20, -20), slice(20, -20))
    drawings = torch.stack([studio_luma(each(images))[inner].flatten() for each in (CPD, CPD_FIXED)])
    assert torch.corrcoef(drawings)[0, 1] > 0.8
