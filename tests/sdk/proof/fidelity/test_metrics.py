"""Laws: PSNR is 10 log10(255^2 / mean squared error) over all RGB values; SSIM is scikit-image's."""

import math
from pathlib import Path

import numpy as np
import pytest

from unfilter.photo import read_photo
from unfilter.proof.fidelity.metrics import SSIM_SIDE, psnr, ssim

BLACK = np.zeros((4, 6, 3), np.uint8)


def test_equal_photos_have_infinite_psnr() -> None:
    assert psnr(BLACK, BLACK.copy()) == math.inf


@pytest.mark.parametrize(("level", "expected"), [(1, 48.1308036086791), (255, 0.0), (51, 20 * math.log10(5))])
def test_a_known_error_has_its_exact_value_in_both_orders(level: int, expected: float) -> None:
    other = np.full_like(BLACK, level)
    assert psnr(BLACK, other) == pytest.approx(expected, abs=1e-12)
    assert psnr(other, BLACK) == psnr(BLACK, other)  # 8-bit differences must not wrap


def test_every_value_of_every_channel_counts_alike() -> None:
    for channel in range(3):
        other = BLACK.copy()
        other[1, 2, channel] = 255
        assert psnr(BLACK, other) == pytest.approx(10 * math.log10(BLACK.size))


@pytest.mark.parametrize("shape", [(6, 4, 3), (4, 6, 1), (4, 6), (1, 1, 3)])  # some of these would broadcast
def test_different_shapes_are_refused_with_both(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shapes differ") as caught:
        psnr(BLACK, np.zeros(shape, np.uint8))
    assert str(shape) in str(caught.value)


@pytest.fixture(scope="module")
def crop() -> np.ndarray:
    """Part of a photo that never changes, with odd sides."""
    pixels = read_photo(Path(__file__).parents[3] / "fixtures/bundle-schema-1/photo.png").pixels
    return np.ascontiguousarray(pixels[60:145, 80:179])


def changed(photo: np.ndarray, how: str) -> np.ndarray:
    changes = {"negative": 255 - photo, "darker": photo // 2, "shifted": np.roll(photo, 1, 1), "coarse": photo // 16 * 16}
    return changes[how]


@pytest.mark.parametrize(
    ("how", "expected"),
    # scikit-image 0.26.0, structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    # data_range=255, channel_axis=-1)
    [
        ("negative", 0.11584987837632234),
        ("darker", 0.7505975348584268),
        ("shifted", 0.8580586841659187),
        ("coarse", 0.8813286799944814),
    ],
)
def test_ssim_is_that_of_scikit_image_in_both_orders(how: str, expected: float, crop: np.ndarray) -> None:
    other = changed(crop, how)
    assert ssim(crop, other) == pytest.approx(expected, abs=1e-12)
    assert ssim(other, crop) == pytest.approx(expected, abs=1e-12)


def test_ssim_of_the_smallest_photo_is_that_of_its_one_window(crop: np.ndarray) -> None:
    smallest = crop[:SSIM_SIDE, :SSIM_SIDE]
    assert ssim(smallest, smallest // 2) == pytest.approx(0.7496353655361608, abs=1e-12)  # scikit-image, as above


@pytest.mark.parametrize("height", [SSIM_SIDE, 42, 43, 85])  # one strip of rows, just filled, one row more, several
def test_ssim_of_equal_photos_is_one_whatever_their_height(height: int, crop: np.ndarray) -> None:
    assert ssim(crop[:height], crop[:height].copy()) == pytest.approx(1, abs=1e-12)


def test_ssim_is_the_mean_over_channels(crop: np.ndarray) -> None:
    other = changed(crop, "shifted")
    each = [ssim(crop[..., k : k + 1], other[..., k : k + 1]) for k in range(3)]
    assert ssim(crop, other) == pytest.approx(np.mean(each), abs=1e-12)


def test_ssim_refuses_different_shapes_and_photos_smaller_than_its_window() -> None:
    with pytest.raises(ValueError, match=r"ssim: shapes differ: \(12, 11, 3\) and \(11, 12, 3\)"):
        ssim(np.zeros((12, 11, 3), np.uint8), np.zeros((11, 12, 3), np.uint8))
    for shape in ((10, 40, 3), (40, 10, 3), (40, 40)):
        with pytest.raises(ValueError, match="sides of 11 pixels or more"):
            ssim(np.zeros(shape, np.uint8), np.zeros(shape, np.uint8))
