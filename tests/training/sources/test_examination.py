"""What is told of a look before it is trained: each property is found where it is, and what cannot be is refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

import unfilter_converters
from unfilter.errors import UnfilterError
from unfilter.photo import read_photo
from unfilter_training.sources.examination import examine

PHOTOS = Path(unfilter_converters.__file__).parent / "golden_photos"
Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def photos() -> list[Pixels]:
    return [read_photo(PHOTOS / f"{name}.webp").pixels for name in ("coffee", "chelsea")]


def blurred(photo: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(3)))


def stretched(photo: Pixels) -> Pixels:
    low, high = photo[: photo.shape[0] // 2].min() + 20, float(photo.mean() * 1.7)
    return np.clip((photo.astype(float) - low) / (high - low) * 255, 0, 255).astype(np.uint8)


def shaded(photo: Pixels) -> Pixels:
    return (photo * np.linspace(0.5, 1, photo.shape[1])[None, :, None]).astype(np.uint8)


def grain(photo: Pixels) -> Pixels:
    return np.clip(photo + np.random.default_rng().normal(0, 12, photo.shape), 0, 255).astype(np.uint8)


def test_a_curve_is_the_same_everywhere(photos: list[Pixels]) -> None:
    found = examine(lambda photo: 255 - photo, photos)
    assert (found.deterministic, found.reach, found.symmetry) == (True, 0, "square")
    assert found.unfiltered < 15


def test_a_blur_reaches_some_pixels(photos: list[Pixels]) -> None:
    assert examine(blurred, photos).reach == 16


def test_what_looks_at_the_whole_photo_is_found(photos: list[Pixels]) -> None:
    found = examine(stretched, photos)
    assert found.reach is None
    assert any("whole photo" in line for line in found.lines)


def test_what_draws_anew_is_found(photos: list[Pixels]) -> None:
    found = examine(grain, photos)
    assert not found.deterministic
    assert any("draws anew every time" in line for line in found.lines)


def test_what_does_not_commute_with_flips_is_shown_upright(photos: list[Pixels]) -> None:
    assert examine(shaded, photos).symmetry == "none"


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (lambda photo: np.full_like(photo, 128), "nothing can bring back"),
        (lambda photo: photo.copy(), "changes nothing"),
        (lambda photo: np.resize(np.arange(251, dtype=np.uint8), photo.shape), "whatever the photo"),
        (lambda photo: photo[::2, ::2], "a restorable filter keeps the size"),
    ],
)
def test_what_no_training_can_help_is_refused(look: Callable[[Pixels], Pixels], said: str, photos: list[Pixels]) -> None:
    same_size = [photo[:200, :256] for photo in photos]
    with pytest.raises(UnfilterError, match=said):
        examine(look, same_size)
