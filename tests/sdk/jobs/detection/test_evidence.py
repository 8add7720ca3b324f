"""Laws: the sample is the same for the same photo, small whatever its size, and lies on the network's grid; what is too
small or flat is not measured; recolouring shows in the histogram.
"""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from unfilter.format.rounding import to_bytes, to_floats
from unfilter.format.tiles import TilePlan
from unfilter.jobs.detection.evidence import CELL, LEAST, NAMES, cells, measure

PLAN = TilePlan(tile=768, halo=60, alignment=2)


def identity(image: NDArray[np.float32]) -> NDArray[np.float32]:
    return image


@given(st.integers(LEAST, 9000), st.sampled_from([(1, None), (2, None), (4, None), (2, 16)]))
def test_squares_lie_on_the_grid_inside_the_photo_and_apart(length: int, steps: tuple[int, int | None]) -> None:
    plan = TilePlan(tile=768, halo=64, alignment=steps[0], grid=steps[1])
    found = cells(length, plan)
    for span in found:
        assert 0 <= span.start < span.stop <= length
        assert span.start % plan.step == (span.stop - span.start) % plan.alignment == 0
        assert 0 < span.keep_start < span.keep_stop < span.stop - span.start
    assert sum(span.stop - span.start for span in found) <= 2 * CELL
    assert all(a.stop <= b.start for a, b in pairwise(found))


def test_the_graphs_see_at_most_256_x_256_pixels_of_a_large_photo_and_the_same_ones_again() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (901, 1203, 3), dtype=np.uint8)
    seen: list[NDArray[np.float32]] = []

    def spy(image: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.append(image.copy())
        return image

    first, second = (measure(spy, spy, pixels, PLAN) for _ in range(2))
    assert first == second
    assert [image.shape for image in seen] == [(256, 256, 3)] * 4
    np.testing.assert_array_equal(seen[0], seen[2])


def test_every_measure_has_a_name_and_is_a_number(chelsea: NDArray[np.uint8]) -> None:
    measures = measure(identity, identity, chelsea, PLAN)
    assert measures is not None
    assert len(measures) == len(NAMES)
    assert np.isfinite(measures).all()


def test_a_graph_that_keeps_everything_leaves_no_residual(chelsea: NDArray[np.uint8]) -> None:
    measures = dict(zip(NAMES, measure(identity, identity, chelsea, PLAN) or (), strict=True))
    assert {measures[name] for name in ("residual", "residual_fine", "residual_coarse", "moved", "beyond_range")} == {-7}
    assert measures["fine_given"] == measures["fine_restored"] == measures["fine_again"] > -7


@pytest.mark.parametrize("shape", [(LEAST - 1, 400, 3), (400, LEAST - 1, 3), (1, 1, 3)])
def test_a_small_photo_is_not_measured(shape: tuple[int, ...]) -> None:
    assert measure(identity, identity, np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8), PLAN) is None


def test_a_flat_photo_is_not_measured() -> None:
    assert measure(identity, identity, np.full((300, 300, 3), 77, np.uint8), PLAN) is None


def test_nearly_nothing_is_still_measured_in_numbers() -> None:
    pixels = np.zeros((300, 300, 3), np.uint8)
    pixels[70:90, 70:90] = 255
    assert np.isfinite(measure(identity, identity, pixels, PLAN) or (np.nan,)).all()


@pytest.mark.parametrize("power", [0.8, 1.25])
def test_recolouring_shows_in_the_histogram(power: float, chelsea: NDArray[np.uint8]) -> None:
    recoloured = to_bytes((to_floats(chelsea) ** power).astype(np.float32))
    before, after = (
        dict(zip(NAMES, measure(identity, identity, pixels, PLAN) or (), strict=True)) for pixels in (chelsea, recoloured)
    )
    assert after["comb"] > before["comb"] + 0.2
    assert after["comb_levels"] > before["comb_levels"] + 0.1
