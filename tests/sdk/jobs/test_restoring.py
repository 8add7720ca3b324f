"""Laws: a file that kept every level comes back nearer than by the inverse alone; every other is restored once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.format.tag import HIDDEN_COLOURS
from unfilter.jobs.filter import Filter
from unfilter.jobs.restoring import kept_every_level
from unfilter.photo import Photo, read_photo, write_photo
from unfilter.proof.fidelity.metrics import psnr

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def l0(small_bundle: Path) -> Filter:
    return Filter.open(small_bundle, runtime="onnx")


@pytest.fixture
def photo(chelsea: Pixels, tmp_path: Path) -> Path:
    write_photo(tmp_path / "photo.png", Photo(chelsea[:160, :200]))
    return tmp_path / "photo.png"


@pytest.mark.parametrize(
    ("name", "options", "kept"),
    [
        ("f.png", {}, True),
        ("f.webp", {}, True),
        ("f.png", {"mark": True}, True),
        ("f.jpg", {"quality": 100}, False),
        ("f.png", {"carry": "payload"}, False),
        ("f.png", {"top_up": "52dB"}, False),
    ],
    ids=str,
)
def test_exact_files_kept_every_level_where_nothing_else_is_in_their_pixels(
    name: str, options: dict[str, object], kept: bool, l0: Filter, photo: Path, tmp_path: Path
) -> None:
    l0.apply_file(photo, tmp_path / name, **options)  # type: ignore[arg-type]
    assert kept_every_level(l0.graphs, read_photo(tmp_path / name)) == kept


@pytest.mark.parametrize("name", ["f.png", "f.webp"])
def test_it_comes_nearer_to_the_photo(name: str, l0: Filter, photo: Path, tmp_path: Path) -> None:
    truth = read_photo(photo).pixels
    l0.apply_file(photo, filtered := tmp_path / name)
    l0.restore_file(filtered, again := tmp_path / "again.png")
    l0.restore_file(filtered, once := tmp_path / "once.png", once=True)
    filtered_pixels = read_photo(filtered).pixels
    np.testing.assert_array_equal(read_photo(once).pixels, l0.restore(filtered_pixels))
    assert psnr(read_photo(again).pixels, truth) > psnr(read_photo(once).pixels, truth) + 1
    l0.restore_file(filtered, again)  # what stands there is the same result, whichever way it was made
    l0.restore_file(filtered, once)


def test_altered_pixels_hidden_colours_and_foreign_files_are_restored_once(l0: Filter, photo: Path, tmp_path: Path) -> None:
    l0.apply_file(photo, filtered := tmp_path / "f.png")
    saved = read_photo(filtered)
    assert saved.tag is not None
    assert kept_every_level(l0.graphs, saved)
    altered = saved.pixels.copy()
    altered[0, 0] ^= 1
    alpha = np.full(altered.shape[:2], 255, np.uint8)
    alpha[0, 0] = 0
    for other in (
        replace(saved, pixels=altered),
        replace(saved, alpha=alpha, tag=saved.tag.model_copy(update={"requires": (HIDDEN_COLOURS,)})),
        replace(saved, tag=None),
        replace(saved, codec="jpeg"),
    ):
        assert not kept_every_level(l0.graphs, other)


def test_graphs_of_another_precision_would_not_make_the_file_again(
    shipped_bundle: Path, chelsea: Pixels, tmp_path: Path
) -> None:
    exact, half = (Filter.open(shipped_bundle, runtime="onnx", precision=each) for each in ("fp32", "fp16"))
    write_photo(tmp_path / "photo.png", Photo(chelsea[:64, :64]))
    exact.apply_file(tmp_path / "photo.png", tmp_path / "f.png")
    saved = read_photo(tmp_path / "f.png")
    assert (kept_every_level(exact.graphs, saved), kept_every_level(half.graphs, saved)) == (True, False)
