"""Scores are taken from files that were saved and read back."""

import math
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from unfilter.fidelity import psnr
from unfilter.photo import Photo, read_photo, write_photo
from unfilter.rounding import to_bytes
from unfilter_training.data import image_tensor
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.operators import operator
from unfilter_training.scoring import BORDER, border_loss, score, score_picture

PHOTOS = Path(__file__).parents[2] / "converters/unfilter_converters/golden_photos"
STRENGTH = {"smoothness": 0.02}
FRESH = QuasiInvertibleNetwork(NetworkConfig(blocks=2, subnet_width=4, auxiliary_width=4, fusion_width=4)).eval()
"""The identity."""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A crop with odd sides, so that lines are left over."""
    pixels = read_photo(PHOTOS / "chelsea.png").pixels[60:145, 80:179]
    write_photo(tmp_path / "photo.png", Photo(np.ascontiguousarray(pixels)))
    return tmp_path / "photo.png"


def test_scores_are_those_of_the_files_left_behind(
    photo: Path, tmp_path: Path, noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork]
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    result = score_picture(noisy(FRESH.config), "l0", STRENGTH, photo, folder)
    pixels, filtered, restored = (
        read_photo(path).pixels for path in (photo, folder / "filtered.png", folder / "restored.png")
    )
    assert filtered.shape == restored.shape == pixels.shape
    target = to_bytes(operator("l0")(image_tensor(pixels), **STRENGTH)[0].permute(1, 2, 0).numpy())
    assert result.unfiltered == psnr(pixels, target)
    assert result.approximation == psnr(filtered, target)
    assert result.restoration == psnr(restored, pixels)
    assert result.restoration_border == border_loss(restored, pixels)
    best_jpeg = run_whole(noisy(FRESH.config), "inverse", read_photo(folder / "filtered.jpg").pixels)
    assert result.restoration_jpeg[-1] == psnr(best_jpeg, pixels)
    assert list(result.restoration_jpeg) == sorted(result.restoration_jpeg)
    assert 10 < result.restoration < 80


def test_doing_nothing_scores_as_the_photo_and_restores_exactly(photo: Path, tmp_path: Path) -> None:
    result = score_picture(FRESH, "l0", STRENGTH, photo, tmp_path)
    assert result.approximation == result.unfiltered
    assert result.restoration == math.inf
    assert result.restoration_border == 0


def test_mean_is_over_pictures_in_the_order_of_the_files(
    photo: Path, small_network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    flat = tmp_path / "other.png"
    write_photo(flat, Photo(read_photo(photo).pixels[:40, :48] // 2))
    seen: list[Path] = []

    def progress(files: list[Path]) -> Iterable[Path]:
        for path in files:
            seen.append(path)
            yield path

    mean, pictures = score(small_network, "l0", STRENGTH, [photo, flat], "two", progress)
    assert seen == [photo, flat]
    assert (mean.photos, mean.count, len(pictures)) == ("two", 2, 2)
    assert pictures[1] == score_picture(small_network, "l0", STRENGTH, flat, tmp_path)
    for name in pictures[0]._fields:
        expected = np.mean([getattr(picture, name) for picture in pictures], axis=0)
        np.testing.assert_allclose(getattr(mean, name), expected)


def with_error(ring: int, centre: int, side: int = 48) -> tuple[np.ndarray, np.ndarray]:
    truth = np.full((side, side, 3), 100, np.uint8)
    result = truth + np.uint8(ring)
    result[BORDER:-BORDER, BORDER:-BORDER] = 100 + centre
    return result, truth


@pytest.mark.parametrize(
    ("ring", "centre", "loss"),
    [
        (2, 2, 0.0),
        (2, 1, 20 * math.log10(2)),  # worse at the border: positive
        (1, 4, -20 * math.log10(4)),
        (3, 0, 0.0),  # the centre is exact
        (0, 3, 0.0),  # the ring is exact
        (0, 0, 0.0),
    ],
)
def test_border_loss_compares_the_ring_with_the_centre(ring: int, centre: int, loss: float) -> None:
    assert border_loss(*with_error(ring, centre)) == pytest.approx(loss)


@pytest.mark.parametrize("size", [(2 * BORDER, 200), (200, 2 * BORDER), (1, 1)])
def test_border_loss_of_a_photo_without_centre_is_zero(size: tuple[int, int]) -> None:
    truth = np.zeros((*size, 3), np.uint8)
    assert border_loss(truth + np.uint8(1), truth) == 0.0
