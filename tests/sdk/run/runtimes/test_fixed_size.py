"""Law: a photo below the tile fills the upper left corner, `valid` says how far, and only its own part comes back."""

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.format.tiles import TilePlan
from unfilter.run.runtimes.fixed_size import filling

PLAN = TilePlan(tile=16, halo=2, alignment=2)


class Spy:
    """Records what either form of the graph was given, and gives it back."""

    def __init__(self) -> None:
        self.full: list[NDArray[np.float32]] = []
        self.masked: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
        self.graph = filling(PLAN, self._full, self._masked)

    def _full(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        self.full.append(image)
        return image

    def _masked(self, image: NDArray[np.float32], valid: NDArray[np.float32]) -> NDArray[np.float32]:
        self.masked.append((image, valid))
        return image


def test_a_whole_tile_goes_to_the_full_graph() -> None:
    spy, image = Spy(), np.random.default_rng(0).random((16, 16, 3), np.float32)
    np.testing.assert_array_equal(spy.graph(image), image)
    assert (len(spy.full), len(spy.masked)) == (1, 0)
    spy.graph(image.transpose(1, 0, 2))
    assert spy.full[1].flags.c_contiguous


@pytest.mark.parametrize("size", [(2, 2), (2, 16), (16, 2), (14, 16), (6, 10)])
def test_a_smaller_photo_goes_to_the_masked_graph(size: tuple[int, int]) -> None:
    spy, image = Spy(), 1 + np.random.default_rng(0).random((*size, 3), np.float32)
    np.testing.assert_array_equal(spy.graph(image), image)
    assert spy.full == []
    ((padded, valid),) = spy.masked
    assert (padded.shape, padded.dtype, valid.shape, valid.dtype) == ((16, 16, 3), np.float32, (8, 8), np.float32)
    np.testing.assert_array_equal(padded[: size[0], : size[1]], image)
    inside = valid.repeat(2, 0).repeat(2, 1)[..., None]  # cells to pixels
    np.testing.assert_array_equal(padded * (1 - inside), 0)
    assert inside.sum() == size[0] * size[1]
    np.testing.assert_array_equal(inside * (padded > 0), padded > 0)


def test_a_photo_leaves_nothing_behind_for_the_next() -> None:
    spy = Spy()
    spy.graph(np.ones((14, 14, 3), np.float32))
    spy.graph(np.ones((2, 2, 3), np.float32))
    padded, valid = spy.masked[1]
    assert (padded.sum(), valid.sum()) == (12, 1)
