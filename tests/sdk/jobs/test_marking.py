"""Laws: where nobody says, a JPEG is marked and an exact file is not; a look without colour is never marked."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter import Filter, Photo, read_photo, write_photo
from unfilter.format.bundle import Bundle, digest
from unfilter.format.manifest import MANIFEST
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


@pytest.mark.parametrize("colourful", [True, False])
def test_the_goldens_tell_whether_a_filter_hides_colour(
    colourful: bool, small_bundle: Path, chelsea: NDArray[np.uint8], tmp_path: Path
) -> None:
    folder = tmp_path / "l0"
    shutil.copytree(small_bundle, folder)
    fields = json.loads((folder / MANIFEST).read_text())
    look = chelsea // 2 if colourful else grey(chelsea)
    for name, pixels in (("photo", chelsea), ("filtered", look), ("restored", chelsea)):
        write_photo(folder / f"{name}.png", Photo(pixels))
        size = (folder / f"{name}.png").stat().st_size
        entry = {"path": f"{name}.png", "sha256": digest(folder / f"{name}.png"), "bytes": size, "volatile": False}
        fields["files"].append(entry)
    files = {name: f"{name}.png" for name in ("photo", "filtered", "restored")}
    fields["goldens"] = [{"name": "chelsea", "licence": "CC0", **files}]
    (folder / MANIFEST).write_text(json.dumps(fields))
    assert pays(Bundle(folder), "jpeg") is colourful
    assert not pays(Bundle(folder), "png")


def test_the_goldens_of_a_bundle_are_looked_at_once(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "fixtures/bundle-variable", tmp_path / "variable")
    bundle = Bundle(tmp_path / "variable")
    assert pays(bundle, "jpeg")
    shutil.rmtree(tmp_path / "variable/goldens")
    assert pays(bundle, "jpeg")
