"""Photos are named by sets, and known by the bytes of their files."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from unfilter.errors import UnfilterError
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training.evaluation.pictures import PictureSetRecord, gather, parse


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("kodak=a/b", ("kodak", "a/b", "plain")),
        ("x=a:fivek", ("x", "a", "fivek")),
        ("x=a:raise", ("x", "a", "raise")),
        ("x=a:plain", ("x", "a", "plain")),
        ("x=C:/photos", ("x", "C:/photos", "plain")),  # a drive, not a layout
        ("x=C:/photos:fivek", ("x", "C:/photos", "fivek")),
        ("x=a=b", ("x", "a=b", "plain")),
        ("a/kodak", ("kodak", "a/kodak", "plain")),  # without a name, the folder's own
        ("a/expertC/:fivek", ("expertC", "a/expertC/", "fivek")),
    ],
)
def test_a_word_names_set_folder_and_layout(word: str, expected: tuple[str, str, str]) -> None:
    name, folder, layout = expected
    assert parse(word) == (name, Path(folder), layout)


@pytest.mark.parametrize("word", ["=a", "kodak=", ""])
def test_what_is_not_such_a_word_is_refused_with_an_example(word: str) -> None:
    with pytest.raises(UnfilterError, match="NAME=FOLDER"):
        parse(word)


def test_a_misspelt_layout_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnfilterError, match="unknown layout 'fivk': choose one of plain, fivek, raise"):
        parse(f"x={tmp_path}:fivk")


def test_photos_come_sorted_with_the_digests_of_their_files(photos: Path) -> None:
    (few,) = gather([f"few={photos}"])
    assert [picture.name for picture in few.pictures] == ["a.png", "b.png", "c.png"]
    for picture in few.pictures:
        assert picture.digest == hashlib.sha256((photos / picture.name).read_bytes()).hexdigest()
        np.testing.assert_array_equal(picture.read(), read_photo(photos / picture.name).pixels)
    record = PictureSetRecord.of(few)
    assert (record.found, list(record.pictures)) == (3, ["a.png", "b.png", "c.png"])


def test_the_first_of_each_set_are_taken_and_all_are_counted(photos: Path) -> None:
    one, other = gather([f"one={photos}", f"other={photos}"], first=2)
    for some in (one, other):
        assert [picture.name for picture in some.pictures] == ["a.png", "b.png"]
        assert some.found == 3


def test_a_collection_is_read_in_its_own_way(photos: Path, tmp_path: Path) -> None:
    wide = np.zeros((500, 600, 3), np.uint8)
    write_photo(tmp_path / "a0001-x.png", Photo(wide))
    (fivek,) = gather([f"fivek={tmp_path}:fivek"])
    assert fivek.pictures[0].read().shape == (480, 576, 3)
    with pytest.raises(UnfilterError, match="not a FiveK folder"):
        gather([f"fivek={photos}:fivek"])


def test_a_name_is_given_once_and_a_folder_must_be_there(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(UnfilterError, match="called few are given twice; name them apart"):
        gather([f"few={photos}", f"few={photos}"])
    with pytest.raises(UnfilterError, match="no such folder of photos"):
        gather([f"few={tmp_path / 'none'}"])
