"""Law: sums over photos give what the photos side by side give."""

import math

import numpy as np
import pytest

from unfilter.proof.fidelity import psnr
from unfilter.proof.fidelity.difference import Difference


def test_sums_over_photos_are_those_of_the_photos_side_by_side() -> None:
    random = np.random.default_rng(7)
    pairs = [random.integers(0, 256, (2, 5, width, 3), np.uint8) for width in (4, 9)]
    difference = Difference()
    for found, expected in pairs:
        difference.add(found, expected)
    found, expected = np.concatenate(pairs, axis=2)
    assert difference.psnr == pytest.approx(psnr(found, expected), abs=1e-9)
    assert difference.levels == int(np.abs(found.astype(int) - expected).max())
    assert difference.differing == np.count_nonzero(found != expected) / found.size


def test_nothing_and_equal_photos_do_not_differ() -> None:
    difference = Difference()
    for _ in range(2):
        assert (difference.psnr, difference.levels, difference.differing) == (math.inf, 0, 0.0)
        difference.add(np.full((2, 2, 3), 9, np.uint8), np.full((2, 2, 3), 9, np.uint8))


def test_one_photo_that_is_exact_does_not_hide_another() -> None:
    difference = Difference()
    black = np.zeros((2, 2, 3), np.uint8)
    difference.add(black, black)
    difference.add(black, black + 1)
    assert difference.psnr == pytest.approx(48.1308036 + 10 * math.log10(2))
