"""A plain folder: PNG and JPEG files, as stored."""

from pathlib import Path

import numpy as np
import pytest

from unfilter.errors import UnfilterError
from unfilter.photo import Photo, write_photo
from unfilter_training.photo_sets import photo_set

PLAIN = photo_set("plain")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate(["b.png", "a.jpg", "c.PNG", "d.JPEG"]):
        write_photo(tmp_path / name, Photo(np.random.default_rng(seed).integers(0, 256, (600, 520, 3), dtype=np.uint8)))
    (tmp_path / "notes.txt").write_text("not a photo")
    (tmp_path / "folder.png").mkdir()
    return tmp_path


def test_photos_are_sorted_whatever_the_case_of_their_suffix(folder: Path) -> None:
    assert [path.name for path in PLAIN.files(folder)] == ["a.jpg", "b.png", "c.PNG", "d.JPEG"]


def test_a_photo_that_two_patterns_match_is_there_once(folder: Path) -> None:
    assert [path.name for path in PLAIN.files(folder, ["a*", "*.jpg", "c*"])] == ["a.jpg", "c.PNG"]


def test_nothing_that_matches_says_what_is_there(folder: Path) -> None:
    with pytest.raises(UnfilterError) as error:
        PLAIN.files(folder, ["x*", "y*"])
    assert str(error.value).endswith(
        "no PNG or JPEG photo matches x*, y*; it holds 5 files, such as a.jpg and 1 folder, called folder.png; "
        "name the folder that the photos lie in, or change the pattern"
    )


def test_pixels_are_those_of_the_file_at_its_own_size(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (600, 520, 3), dtype=np.uint8)
    write_photo(tmp_path / "a.png", Photo(pixels))
    assert np.array_equal(PLAIN.read(tmp_path / "a.png"), pixels)


def test_a_file_that_is_no_photo_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no photo")
    with pytest.raises(UnfilterError, match="is not a photo; give a JPEG"):
        PLAIN.read(tmp_path / "a.png")


def test_a_transparent_photo_is_refused_since_what_is_seen_is_not_what_is_stored(tmp_path: Path) -> None:
    alpha = np.zeros((4, 4), np.uint8)
    write_photo(tmp_path / "a.png", Photo(np.zeros((4, 4, 3), np.uint8), alpha=alpha))
    with pytest.raises(UnfilterError, match="has transparency"):
        PLAIN.read(tmp_path / "a.png")
