"""Laws: a mark is weak, of one filter, the same for ever, and taken away without loss."""

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.format.mark import CELL, CELLS, marked, pattern, unmarked

ONE, OTHER = "0" * 64, "1" * 64


def test_the_pattern_is_the_same_for_ever() -> None:
    assert pattern(ONE)[:2, :6].tolist() == [[0, -3, -1, 3, 3, 0], [-4, -5, -3, 0, 3, 2]]


def test_patterns_are_weak_and_of_one_filter_each() -> None:
    one, other = pattern(ONE).astype(float), pattern(OTHER).astype(float)
    assert np.abs(one).max() <= 8
    assert 2 < one.std() < 4
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.2


def test_a_mark_is_taken_away_without_loss(chelsea: NDArray[np.uint8]) -> None:
    inner = chelsea.clip(8, 247)
    assert np.array_equal(unmarked(marked(inner, ONE), ONE), inner)
    assert np.array_equal(marked(inner, ONE)[..., :2], inner[..., :2])


@pytest.mark.parametrize("corner", [(0, 0), (3, 130), (64, 7)])
def test_a_part_is_marked_as_the_whole_is(corner: tuple[int, int], chelsea: NDArray[np.uint8]) -> None:
    top, left = corner
    assert np.array_equal(marked(chelsea, ONE)[top:, left:], marked(chelsea[top:, left:], ONE, corner))


def test_the_pattern_repeats(chelsea: NDArray[np.uint8]) -> None:
    grey = np.full((CELL * CELLS * 2, CELL * CELLS, 3), 128, np.uint8)
    first, second = np.split(marked(grey, ONE), 2)
    assert np.array_equal(first, second)
