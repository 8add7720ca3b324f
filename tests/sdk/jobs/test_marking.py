"""Laws: where nobody says, a JPEG is marked and an exact file is not; a look without colour is never marked."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter import Filter, Photo, read_photo, write_photo
from unfilter.jobs.marking import hides_colour, pays


def grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(pixels.mean(2, keepdims=True), 3, axis=2).astype(np.uint8)


def test_grey_and_evenly_tinted_looks_hide_colour(chelsea: NDArray[np.uint8]) -> None:
    tinted = grey(chelsea) // 2 + np.array([90, 60, 30], np.uint8)
    for look in (grey(chelsea), tinted):
        assert hides_colour([(chelsea, look)])
    for look in (chelsea, 255 - chelsea, chelsea // 2):
        assert not hides_colour([(chelsea, look)])


def test_a_grey_photo_has_no_colour_to_hide(chelsea: NDArray[np.uint8]) -> None:
    assert not hides_colour([(grey(chelsea), grey(chelsea))])
    assert not hides_colour([])


@pytest.mark.parametrize(("name", "marked"), [("f.jpg", True), ("f.png", False), ("f.webp", False)])
def test_a_jpeg_is_marked_and_an_exact_file_is_not(
    name: str, marked: bool, small_bundle: Path, chelsea: NDArray[np.uint8], tmp_path: Path
) -> None:
    write_photo(tmp_path / "photo.png", Photo(chelsea))
    opened = Filter.open(small_bundle)
    for said, expected in ((None, marked), (True, True), (False, False)):
        opened.apply_file(tmp_path / "photo.png", tmp_path / name, mark=said)
        tag = read_photo(tmp_path / name).tag
        assert tag is not None
        assert tag.marked is expected


def test_a_folder_of_marked_jpegs_is_resumed(small_bundle: Path, chelsea: NDArray[np.uint8], tmp_path: Path) -> None:
    write_photo(tmp_path / "photo.png", Photo(chelsea))
    opened = Filter.open(small_bundle)
    for skipped in (False, True):
        (outcome,) = opened.apply_many([tmp_path / "photo.png"], tmp_path / "out", codec="jpeg")
        assert (outcome.error, outcome.skipped) == (None, skipped)


def test_a_filter_whose_goldens_are_grey_does_not_mark(bundle_copy: Path) -> None:
    opened = Filter.open(bundle_copy)
    assert pays(opened.bundle, "jpeg")
    fields = json.loads((bundle_copy / "manifest.json").read_text())
    for golden in fields["goldens"]:
        write_photo(bundle_copy / golden["filtered"], Photo(grey(read_photo(bundle_copy / golden["photo"]).pixels)))
        entry = next(entry for entry in fields["files"] if entry["path"] == golden["filtered"])
        content = (bundle_copy / golden["filtered"]).read_bytes()
        entry.update(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
    (bundle_copy / "manifest.json").write_text(json.dumps(fields))
    assert not pays(Filter.open(bundle_copy).bundle, "jpeg")
