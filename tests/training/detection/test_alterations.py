"""Laws: the same draws give the same files; what is cropped off the grid is off it; JPEG files have the quality they say."""

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.jobs.detection.detector import MADE
from unfilter_training.detection import alterations
from unfilter_training.detection.alterations import DRAWS, HELD_OUT, QUALITIES, Sample, draw_samples

CLASSES = {MADE, "unfiltered", "resized", "cropped off the grid", "recoloured"}
EXACT = CLASSES | {"JPEG of quality 50", "recompressed", "turned", HELD_OUT}


@pytest.fixture
def filtered() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (130, 171, 3), dtype=np.uint8)


def drawn(filtered: NDArray[np.uint8], seed: int = 0, jpeg: bool = True) -> list[Sample]:
    return draw_samples(np.random.default_rng(seed), 255 - filtered, filtered, jpeg)


def test_every_class_is_there_and_own_files_several_times(filtered: NDArray[np.uint8]) -> None:
    samples = drawn(filtered)
    exact, lossy = ([one for one in samples if (one.quality is None) == of_exact] for of_exact in (True, False))
    assert {one.name for one in exact} == EXACT
    assert {one.name for one in lossy} == CLASSES
    for carrier in (exact, lossy):
        assert sum(one.name == MADE for one in carrier) == DRAWS
    np.testing.assert_array_equal(samples[0].pixels, filtered)
    assert all(one.quality is None or QUALITIES[0] <= one.quality <= QUALITIES[1] for one in samples)


def test_a_filter_that_saves_no_jpeg_gets_none(filtered: NDArray[np.uint8]) -> None:
    assert {one.quality for one in drawn(filtered, jpeg=False)} == {None}


def test_equal_draws_give_equal_files(filtered: NDArray[np.uint8]) -> None:
    for one, again in zip(drawn(filtered, 7), drawn(filtered, 7), strict=True):
        assert one[::2] == again[::2]
        np.testing.assert_array_equal(one.pixels, again.pixels)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("phase", [0, 1])
def test_crops_lie_on_the_grid_or_off_it(phase: int, seed: int) -> None:
    rows, columns = np.mgrid[:96, :128]
    pixels = np.stack([rows, columns, rows], axis=2).astype(np.uint8)
    top, left = alterations._cropped(np.random.default_rng(seed), pixels, phase)[0, 0, :2]
    assert bool(top % 2 or left % 2) == bool(phase)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_altered_is_no_longer_what_was_filtered(seed: int, filtered: NDArray[np.uint8]) -> None:
    for one in drawn(filtered, seed):
        if one.name != MADE:
            assert one.pixels.dtype == np.uint8
            assert one.pixels.shape != filtered.shape or not np.array_equal(one.pixels, filtered)
