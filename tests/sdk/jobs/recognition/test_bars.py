"""Laws: bars around a picture are found, and nothing of a picture without bars is cut."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unfilter.jobs.recognition.bars import inside


def through_jpeg(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    Image.fromarray(pixels).save(file := BytesIO(), "JPEG", quality=75)
    return np.asarray(Image.open(file))


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("bars", [(30, 30, 0, 0), (0, 0, 17, 40), (11, 50, 23, 9)])
def test_bars_are_found_to_a_few_pixels_after_compression(
    level: int, bars: tuple[int, int, int, int], chelsea: NDArray[np.uint8]
) -> None:
    top, bottom, left, right = bars
    framed = np.pad(chelsea, ((top, bottom), (left, right), (0, 0)), constant_values=level)
    found = inside(through_jpeg(framed))
    assert found is not None
    height, width = chelsea.shape[:2]
    for part, before, length in ((found[0], top, height), (found[1], left, width)):
        assert before <= part.start <= before + 5
        assert before + length - 5 <= part.stop <= before + length


def test_a_picture_without_bars_is_left_alone(chelsea: NDArray[np.uint8]) -> None:
    assert inside(chelsea) is None


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_is_no_bar(level: int) -> None:
    assert inside(np.full((200, 200, 3), level, np.uint8)) is None


def test_thin_lines_are_a_photos_own(chelsea: NDArray[np.uint8]) -> None:
    assert inside(np.pad(chelsea, ((2, 2), (2, 2), (0, 0)))) is None


@pytest.mark.parametrize("size", [(1, 1), (30, 20_000), (20_000, 30)])
def test_hostile_sizes_are_answered(size: tuple[int, int]) -> None:
    assert inside(np.zeros((*size, 3), np.uint8)) is None
