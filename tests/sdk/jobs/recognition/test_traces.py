"""Laws: traces have a bound in cost, are the same for the same picture, and are finite for every picture."""

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.jobs.recognition.traces import COUNT, LEAST, SIDE, traces


@pytest.mark.parametrize("size", [(1, 1), (30, 20_000), (20_000, 30), (LEAST - 1, 400)])
def test_a_picture_that_is_too_small_has_no_traces(size: tuple[int, int]) -> None:
    assert traces(np.zeros((*size, 3), np.uint8)).shape == (0, COUNT)


@pytest.mark.parametrize(("size", "squares"), [((64, 64), 1), ((511, 511), 1), ((512, 300), 2), ((2000, 3000), 4)])
def test_no_more_than_four_squares_are_looked_at(size: tuple[int, int], squares: int) -> None:
    assert traces(np.zeros((*size, 3), np.uint8)).shape == (squares, COUNT)


@pytest.mark.parametrize("level", [0, 127, 255])
def test_flat_pictures_have_finite_traces(level: int) -> None:
    assert np.isfinite(traces(np.full((100, 90, 3), level, np.uint8))).all()


def test_traces_are_of_the_pixels_in_the_middle_alone(chelsea: NDArray[np.uint8]) -> None:
    wide = np.pad(chelsea, ((40, 40), (40, 40), (0, 0)), mode="reflect")
    altered = wide.copy()
    altered[:20] = 0
    assert wide.shape[0] < 2 * SIDE
    assert np.array_equal(traces(wide), traces(altered))
