"""Laws: the strongest mark is the right one, at the right size and in the right orientation; a picture without a mark stays
below the threshold; what was found is taken off again.
"""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unfilter.format.mark import marked
from unfilter.jobs.recognition.mark_search import LEAST, THRESHOLD, strongest, upright, without
from unfilter.photo import read_photo

ONE, OTHER = "0" * 64, "1" * 64


@pytest.fixture(scope="module")
def coffee(golden_photos: Path) -> NDArray[np.uint8]:
    return read_photo(golden_photos / "coffee.webp").pixels


def smaller(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    image = Image.fromarray(pixels)
    return np.asarray(image.resize((round(image.width * scale), round(image.height * scale))))


def test_a_mark_is_found_and_taken_off(coffee: NDArray[np.uint8]) -> None:
    plain, arrived = (smaller(pixels, 0.8) for pixels in (coffee, marked(coffee, ONE)))
    found = strongest(arrived, [OTHER, ONE])
    assert found is not None
    assert (found.restoration, found.turns, found.mirrored) == (ONE, 0, False)
    assert found.deviations >= THRESHOLD
    assert abs(found.scale - 0.8) < 0.02
    freed = without(arrived, ONE, found.scale)
    before, after = (float(np.std(pixels[..., 2].astype(float) - plain[..., 2])) for pixels in (arrived, freed))
    assert after < 0.8 * before


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_mark_is_found_in_every_orientation(mirrored: bool, coffee: NDArray[np.uint8]) -> None:
    pixels = marked(coffee, ONE)
    turned = np.rot90(pixels[:, ::-1] if mirrored else pixels, 1)
    found = strongest(turned, [ONE])
    assert found is not None
    assert (found.turns, found.mirrored) == (1, mirrored)
    assert np.array_equal(upright(turned, found.turns, found.mirrored), pixels)


def test_a_picture_without_a_mark_has_none(coffee: NDArray[np.uint8]) -> None:
    found = strongest(coffee, [ONE, OTHER])
    assert found is not None
    assert found.deviations < THRESHOLD


@pytest.mark.parametrize("size", [(1, 1), (30, 20_000), (LEAST - 1, LEAST)])
def test_too_few_pixels_have_no_mark(size: tuple[int, int]) -> None:
    assert strongest(np.zeros((*size, 3), np.uint8), [ONE]) is None


def test_flat_pictures_have_no_mark() -> None:
    found = strongest(np.full((100, 100, 3), 128, np.uint8), [ONE])
    assert found is None or found.deviations < THRESHOLD
