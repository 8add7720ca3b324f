"""Law: PSNR is 10 log10(255^2 / mean squared error) over all RGB values."""

import math

import numpy as np
import pytest

from unfilter.fidelity.metrics import psnr

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
