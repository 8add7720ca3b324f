"""Law: lines left over by the alignment move with their neighbour inside, and the rule is its own inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from unfilter.format.remainder import aligned_size, carry_remainder


def random_photo(seed: int, height: int, width: int, low: int = 0, high: int = 256) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(low, high, (height, width, 3), dtype=np.uint8)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.integers(0, 2**32))
def test_is_its_own_inverse_away_from_clipping(height: int, width: int, alignment: int, seed: int) -> None:
    photo = random_photo(seed, height, width, 64, 192)
    rows, columns = aligned_size(height, width, alignment)
    filtered = np.zeros_like(photo)
    filtered[:rows, :columns] = photo[:rows, :columns] + random_photo(seed + 1, rows, columns, 0, 60)
    carry_remainder(photo, filtered, alignment)
    restored = np.zeros_like(photo)
    restored[:rows, :columns] = photo[:rows, :columns]
    carry_remainder(filtered, restored, alignment)
    np.testing.assert_array_equal(restored, photo)


@pytest.mark.parametrize("size", [(5, 4), (4, 5), (5, 5)])  # odd height, odd width, both
def test_a_line_moves_by_what_its_neighbour_moved_by(size: tuple[int, int]) -> None:
    height, width = size
    before, after = random_photo(1, height, width, 100, 150), np.zeros((height, width, 3), np.uint8)
    after[:4, :4] = before[:4, :4] + random_photo(2, 4, 4, 0, 50)
    carry_remainder(before, after, 2)
    moved = after.astype(int) - before
    np.testing.assert_array_equal(moved[4:, :4], moved[3:4, :4].repeat(height - 4, 0))
    np.testing.assert_array_equal(moved[:, 4:], moved[:, 3:4].repeat(width - 4, 1))


@pytest.mark.parametrize("size", [(4, 6), (2, 2), (8, 4)])
def test_an_aligned_photo_is_untouched(size: tuple[int, int]) -> None:
    before, after = random_photo(1, *size), random_photo(2, *size)
    given_after = after.copy()
    carry_remainder(before, after, 2)
    np.testing.assert_array_equal(after, given_after)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (1, 8)])
def test_a_photo_narrower_than_a_cell_is_carried_as_it_is(size: tuple[int, int]) -> None:
    before, after = random_photo(1, *size), np.zeros((*size, 3), np.uint8)
    carry_remainder(before, after, 2)
    np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize(("inside", "line", "expected"), [((100, 200), 250, 255), ((200, 100), 50, 0)])
def test_levels_are_clipped_not_wrapped(inside: tuple[int, int], line: int, expected: int) -> None:
    before, after = np.full((3, 2, 3), inside[0], np.uint8), np.full((3, 2, 3), inside[1], np.uint8)
    before[2] = line
    carry_remainder(before, after, 2)
    assert (after[2] == expected).all()


def test_before_is_not_changed() -> None:
    before = random_photo(1, 5, 5)
    copy = before.copy()
    carry_remainder(before, np.zeros_like(before), 2)
    np.testing.assert_array_equal(before, copy)
