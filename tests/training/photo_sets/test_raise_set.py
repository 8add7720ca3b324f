"""RAISE: its TIFF files are read; the index and the camera raw files are told apart."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from unfilter.errors import UnfilterError
from unfilter_training.photo_sets import photo_set

RAISE = photo_set("raise")
INDEX = "File,NEF,TIFF,Set,Device\nr000da54ft,http://x/r000da54ft.NEF,http://x/r000da54ft.TIF,D1,Nikon D7000\n"


def refusal(folder: Path) -> str:
    with pytest.raises(UnfilterError) as error:
        RAISE.files(folder)
    return str(error.value).removeprefix(f"{folder}: ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "RAISE_1k.csv").write_text(INDEX)
    return tmp_path


def test_tiff_files_are_the_photos_and_index_and_raw_files_are_passed_over(folder: Path) -> None:
    for name in ["r001d260dt.TIF", "r000da54ft.TIF", "r000da54ft.NEF", "r002fc3e2t.tif"]:
        (folder / name).write_bytes(b"")
    assert [path.name for path in RAISE.files(folder)] == ["r000da54ft.TIF", "r001d260dt.TIF", "r002fc3e2t.tif"]


@pytest.mark.parametrize("name", ["r000da54f.TIF", "r000da54gt.TIF", "r000da54ftt.TIF", "a0001.tif"])
def test_photos_of_another_name_are_no_raise_folder(name: str, folder: Path) -> None:
    (folder / name).write_bytes(b"")
    assert refusal(folder).startswith("not a RAISE folder: 1 of its 1 photos are not named like r000da54ft.TIF")


def test_raw_files_alone_are_refused_with_the_way_to_the_tiff_files(folder: Path) -> None:
    (folder / "NEF").mkdir()
    (folder / "NEF" / "r000da54ft.NEF").write_bytes(b"")
    assert refusal(folder / "NEF").startswith(
        "holds camera raw files (NEF) alone, which are not read: download the files that the TIFF column of the index"
    )
    assert refusal(folder).startswith("holds camera raw files (NEF) alone (in NEF), which are not read")


def test_the_parent_is_answered_with_its_folder_of_tiff_files(folder: Path) -> None:
    for name in ["NEF/r000da54ft.NEF", "TIFF/r000da54ft.TIF"]:
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(b"")
    assert refusal(folder) == "holds no photos itself; name the one of its folders that is meant: TIFF"


def test_the_index_alone_is_answered_with_what_is_expected(folder: Path) -> None:
    assert refusal(folder) == (
        "not a RAISE folder: it holds 1 file, called RAISE_1k.csv; expected TIFF, PNG or JPEG files named like "
        "r000da54ft.TIF (from http://loki.disi.unitn.it/RAISE/)"
    )


def test_a_tiff_comes_at_480p(tmp_path: Path) -> None:
    path = tmp_path / "r000da54ft.TIF"
    tifffile.imwrite(path, np.full((984, 652, 3), 77, np.uint8), photometric="rgb")  # 4928 x 3264 in small, on its side
    pixels = RAISE.read(path)
    assert pixels.shape == (724, 480, 3)
    assert (pixels == 77).all()
