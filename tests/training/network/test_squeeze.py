"""The squeeze is a change of basis and loses nothing; orthonormal, so that no error grows on the way back, but for YCbCr."""

import pytest
import torch

from unfilter_training.network.squeeze import HaarSqueeze, NoSqueeze, Squeeze, UnshuffleSqueeze, haar_weight, squeeze

SIZES = [(2, 2), (6, 10), (64, 32)]
SQUEEZES: dict[str, Squeeze] = {
    "haar": HaarSqueeze(),
    "haar_ycc": HaarSqueeze("ycc"),
    "haar_ycc_by_colours": HaarSqueeze("ycc", "colours"),
    "haar_rgb": HaarSqueeze("rgb"),
    "unshuffle": UnshuffleSqueeze(),
    "unshuffle_ycc": UnshuffleSqueeze("ycc"),
    "none": NoSqueeze(),
}
CELLS = {name: form for name, form in SQUEEZES.items() if name != "none"}
ORTHONORMAL = {name: form for name, form in CELLS.items() if "ycc" not in name}


def random(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("form", ORTHONORMAL.values(), ids=ORTHONORMAL)
def test_weight_is_orthonormal_and_its_own_way_back(form: HaarSqueeze | UnshuffleSqueeze) -> None:
    rows = form.weight.reshape(12, 12).double()
    torch.testing.assert_close(rows @ rows.T, torch.eye(12, dtype=torch.float64), rtol=0, atol=1e-7)
    assert torch.equal(form.weight, form.back)


def test_haar_weight_is_that_of_the_default() -> None:
    assert torch.equal(haar_weight(), HaarSqueeze().weight)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", SQUEEZES.values(), ids=SQUEEZES)
def test_unsqueeze_undoes_squeeze(form: Squeeze, size: tuple[int, int]) -> None:
    image = random(2, 3, *size)
    torch.testing.assert_close(form.unsqueeze(form.squeeze(image)), image, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", CELLS.values(), ids=CELLS)
def test_squeeze_undoes_unsqueeze(form: Squeeze, size: tuple[int, int]) -> None:
    bands = random(2, 12, *size)
    torch.testing.assert_close(form.squeeze(form.unsqueeze(bands)), bands, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", ORTHONORMAL.values(), ids=ORTHONORMAL)
def test_both_directions_keep_the_norm(form: Squeeze, size: tuple[int, int]) -> None:
    image, bands = random(1, 3, *size), random(1, 12, *size)
    torch.testing.assert_close(form.squeeze(image).norm(), image.norm())
    torch.testing.assert_close(form.unsqueeze(bands).norm(), bands.norm())


def test_grey_lies_in_the_luma_band_alone() -> None:
    bands = HaarSqueeze().squeeze(torch.full((1, 3, 4, 4), 0.5))
    torch.testing.assert_close(bands[:, 0], torch.full((1, 2, 2), 0.5 * 12**0.5))  # 12 values of the cell, one norm
    assert bands[:, 1:].abs().max() < 1e-6


@pytest.mark.parametrize("colours", ["opponent", "ycc"])
def test_split_by_colours_gathers_luma_in_the_first_four_channels(colours: str) -> None:
    grey = random(1, 1, 8, 8).expand(1, 3, 8, 8)
    bands = HaarSqueeze(colours, "colours").squeeze(grey)
    assert bands[:, :4].abs().amin(dim=(0, 2, 3)).min() > 0
    assert bands[:, 4:].abs().max() < 1e-6


@pytest.mark.parametrize("colours", ["opponent", "ycc", "rgb"])
def test_flat_colour_lies_in_the_low_bands_alone(colours: str) -> None:
    bands = HaarSqueeze(colours).squeeze(random(1, 3, 1, 1).expand(1, 3, 8, 8))
    assert bands[:, 3:].abs().max() < 1e-6


def test_y_cb_and_cr_are_jpegs() -> None:
    image = random(1, 3, 2, 2)
    red, green, blue = image[0]
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    expected = torch.stack([luma, (blue - luma) / 1.772, (red - luma) / 1.402])
    pixels = UnshuffleSqueeze("ycc").squeeze(image).reshape(4, 3).T.reshape(3, 2, 2)
    torch.testing.assert_close(pixels, expected, rtol=0, atol=1e-6)


def test_unshuffled_rgb_is_torchs_pixel_unshuffle_pixel_by_pixel() -> None:
    image = random(2, 3, 6, 4)
    expected = torch.nn.functional.pixel_unshuffle(image, 2).unflatten(1, (3, 4)).transpose(1, 2).flatten(1, 2)
    assert torch.equal(UnshuffleSqueeze("rgb").squeeze(image), expected)


@pytest.mark.parametrize(("form", "kind"), [("haar", HaarSqueeze), ("unshuffle", UnshuffleSqueeze), ("none", NoSqueeze)])
def test_forms_are_made_by_name(form: str, kind: type) -> None:
    assert type(squeeze(form)) is kind
