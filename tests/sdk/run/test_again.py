"""Laws: restoring again comes nearer to the photo from an exact file, and never goes farther from the file."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from unfilter.run.again import ROUNDS, again

Floats = NDArray[np.float32]
PHOTO = np.random.default_rng(0).uniform(0.2, 0.8, (8, 8, 3)).astype(np.float32)


def forward(image: Floats) -> Floats:
    return (0.25 + image / 2).astype(np.float32)


def nearly(image: Floats) -> Floats:
    """The inverse, but for a tenth of what lies beside the mean."""
    whole: Floats = (image - 0.25) * 2
    return (whole - 0.1 * (whole - whole.mean())).astype(np.float32)


def test_each_round_leaves_a_part_of_what_was_missed() -> None:
    file = forward(PHOTO)
    missed = [
        float(np.abs(restored - PHOTO).max())
        for restored in (nearly(file), *(again(nearly, forward, rounds)(file) for rounds in (1, 2, 3)))
    ]
    assert all(after < 0.15 * before for before, after in pairwise(missed))


def test_it_is_done_as_often_as_the_rule_says() -> None:
    asked: list[Floats] = []

    def counted(image: Floats) -> Floats:
        asked.append(image)
        return forward(image)

    again(nearly, counted)(forward(PHOTO))
    assert len(asked) == ROUNDS == 2


def test_a_round_that_goes_farther_from_the_file_is_undone() -> None:
    def overshooting(image: Floats) -> Floats:
        return (5 * (image - image.mean()) + image.mean()).astype(np.float32)

    file = forward(PHOTO)
    np.testing.assert_array_equal(again(overshooting, forward)(file), overshooting(file).clip(0, 1))


def test_what_a_file_clips_is_no_difference() -> None:
    def bright(image: Floats) -> Floats:
        return (image * 2).astype(np.float32)

    def half(image: Floats) -> Floats:
        return (image / 2).astype(np.float32)

    file = bright(PHOTO).clip(0, 1)
    restored = again(half, bright)(file)
    np.testing.assert_array_equal(restored[file == 1], 0.5)
