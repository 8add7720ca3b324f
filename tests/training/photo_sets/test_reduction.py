"""Reduction: small 8-bit sRGB photos are untouched, larger ones averaged down, and everything is rounded once."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unfilter_training.photo_sets.reduction import at_480p, reduced
from unfilter_training.photo_sets.stored import Stored


def stored(samples: np.ndarray, profile: bytes | None = None) -> Stored:
    return Stored(Path("a.tif"), samples, profile)


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("size", [(480, 640), (1000, 480), (5, 7)])
def test_8_bit_photos_that_are_not_larger_come_out_as_they_are(size: tuple[int, int]) -> None:
    assert np.array_equal(reduced(stored(noise(*size))), noise(*size))


def test_16_bits_become_the_nearest_8() -> None:
    every = np.arange(65536, dtype=np.uint16)
    picture = np.stack([every.reshape(256, 256)] * 3, axis=-1)
    assert np.array_equal(reduced(stored(picture))[..., 1].ravel(), np.rint(every / 257))


@pytest.mark.parametrize(
    ("size", "result"),
    [
        ((481, 700), (480, 699)),
        ((3264, 4928), (480, 725)),
        ((4928, 3264), (725, 480)),
        ((481, 48100), (480, 48000)),
    ],
)
def test_the_short_side_becomes_480_and_the_long_side_follows(size: tuple[int, int], result: tuple[int, int]) -> None:
    assert at_480p(np.zeros((*size, 3), np.float32)).shape == (*result, 3)


def test_a_pixel_averages_all_that_it_covers() -> None:
    """A checkerboard of single pixels, which picking or interpolating pixels would turn into a pattern, becomes grey."""
    board = np.indices((1920, 2400)).sum(axis=0) % 2 * np.uint8(255)
    small = reduced(stored(np.stack([board.astype(np.uint8)] * 3, axis=-1)))
    assert small.shape == (480, 600, 3)
    assert np.abs(small.astype(int) - 127.5).max() <= 1


def test_8_bit_photos_come_close_to_pillow() -> None:
    """Pillow's own way through 8 bits rounds and clips after each direction: hence levels away from the ends."""
    photo = noise(700, 900) // 2 + np.uint8(64)
    expected = np.asarray(Image.fromarray(photo).resize((617, 480), Image.Resampling.LANCZOS))
    difference = np.abs(reduced(stored(photo)).astype(int) - expected.astype(int))
    assert difference.max() <= 1


def test_overshoot_is_clipped() -> None:
    edge = np.zeros((960, 960, 3), np.uint16)
    edge[:, 480:] = 65535
    small = reduced(stored(edge))
    assert small.min() == 0 and small.max() == 255 and (small[:, 300] == 255).all()
