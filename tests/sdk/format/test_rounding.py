"""Law: `floor(clip(x, 0, 1) * 255 + 0.5)` in float32, and bytes survive a trip through floats."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfilter.format.rounding import to_bytes, to_floats

LEVELS = np.arange(256, dtype=np.uint8)


def test_every_level_survives_floats() -> None:
    floats = to_floats(LEVELS)
    assert floats.dtype == np.float32
    assert (floats.min(), floats.max()) == (0, 1)
    np.testing.assert_array_equal(to_bytes(floats), LEVELS)


@pytest.mark.parametrize("parity", [0, 1])  # rounding to even would send the halves above even levels down
def test_half_levels_round_up(parity: int) -> None:
    below = np.arange(parity, 255, 2, dtype=np.float32)
    halves = (below + np.float32(0.5)) / np.float32(255)
    exact = halves * np.float32(255) == below + np.float32(0.5)  # where float32 has the half itself
    assert exact.sum() > 50
    np.testing.assert_array_equal(to_bytes(halves[exact]), below[exact] + 1)


@pytest.mark.parametrize("below", LEVELS[:-1:5])
def test_either_side_of_a_half_level_goes_to_its_own_level(below: int) -> None:
    half = (float(below) + 0.5) / 255
    values = np.array([half - 1e-6, half + 1e-6], np.float32)
    assert to_bytes(values).tolist() == [below, below + 1]


@pytest.mark.parametrize(
    ("value", "level"),
    [(-np.inf, 0), (-1, 0), (-1e-9, 0), (-0.0, 0), (1.0000001, 255), (2, 255), (1e38, 255), (np.inf, 255), (np.nan, 0)],
)
def test_out_of_range_is_clipped_and_nan_is_black(value: float, level: int) -> None:
    assert to_bytes(np.array([value], np.float32)).tolist() == [level]


@given(st.floats(0, 1, width=32))
def test_no_value_moves_by_more_than_half_a_level(value: float) -> None:
    assert abs(int(to_bytes(np.array([value], np.float32))[0]) - value * 255) <= 0.5 + 1e-4


def test_doubles_are_rounded_as_the_floats_nearest_to_them() -> None:
    """In float64 this value lies below a half level, in float32 on it."""
    value = np.array([127.5 / 255 - 1e-12])
    assert to_bytes(value).tolist() == [128]


def test_shape_is_kept() -> None:
    assert to_bytes(np.zeros((0, 4, 3), np.float32)).shape == (0, 4, 3)
    assert to_bytes(np.zeros((2, 4, 3), np.float32)).dtype == np.uint8
