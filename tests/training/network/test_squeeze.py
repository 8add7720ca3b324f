"""The squeeze is an orthonormal change of basis, so nothing is lost and no error grows on the way back."""

import pytest
import torch

from unfilter_training.network.squeeze import HaarSqueeze, NoSqueeze, haar_weight

SIZES = [(2, 2), (6, 10), (64, 32)]


def random(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def test_haar_weight_is_orthonormal() -> None:
    rows = haar_weight().reshape(12, 12).double()
    torch.testing.assert_close(rows @ rows.T, torch.eye(12, dtype=torch.float64), rtol=0, atol=1e-7)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("squeeze", [HaarSqueeze(), NoSqueeze()], ids=["haar", "none"])
def test_unsqueeze_undoes_squeeze(squeeze: HaarSqueeze | NoSqueeze, size: tuple[int, int]) -> None:
    image = random(2, 3, *size)
    torch.testing.assert_close(squeeze.unsqueeze(squeeze.squeeze(image)), image, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", SIZES)
def test_squeeze_undoes_unsqueeze(size: tuple[int, int]) -> None:
    bands = random(2, 12, *size)
    torch.testing.assert_close(HaarSqueeze().squeeze(HaarSqueeze().unsqueeze(bands)), bands, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", SIZES)
def test_both_directions_keep_the_norm(size: tuple[int, int]) -> None:
    image, bands = random(1, 3, *size), random(1, 12, *size)
    torch.testing.assert_close(HaarSqueeze().squeeze(image).norm(), image.norm())
    torch.testing.assert_close(HaarSqueeze().unsqueeze(bands).norm(), bands.norm())


def test_grey_lies_in_the_luma_band_alone() -> None:
    bands = HaarSqueeze().squeeze(torch.full((1, 3, 4, 4), 0.5))
    torch.testing.assert_close(bands[:, 0], torch.full((1, 2, 2), 0.5 * 12**0.5))  # 12 values of the cell, one norm
    assert bands[:, 1:].abs().max() < 1e-6


def test_flat_colour_lies_in_the_low_bands_alone() -> None:
    bands = HaarSqueeze().squeeze(random(1, 3, 1, 1).expand(1, 3, 8, 8))
    assert bands[:, 3:].abs().max() < 1e-6
