"""FiveK: the folder of one version is read; what lies around it is told apart and answered with what to do."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from unfilter.errors import UnfilterError
from unfilter_training.photo_sets import photo_set

FIVEK = photo_set("fivek")


def touch(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


def refusal(folder: Path, *patterns: str) -> str:
    with pytest.raises(UnfilterError) as error:
        FIVEK.files(folder, patterns or ("*",))
    message = str(error.value)
    assert message.startswith(f"{folder}: ") and "\n" not in message
    return message.removeprefix(f"{folder}: ")


@pytest.mark.parametrize("name", ["tiff16_c", "expertC", "input", "whatever"])
def test_a_folder_of_numbered_photos_is_taken_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    names = ["a0001-jmac_DSC1459.tif", "a0002.png", "a0003_x.JPG", "a4999.tiff"]
    folder = touch(tmp_path / name, *reversed(names), "Thumbs.db", "._a0001-jmac_DSC1459.tif", "a0004.dng")
    assert [path.name for path in FIVEK.files(folder)] == names


def test_patterns_choose_and_may_go_down_from_the_parent(tmp_path: Path) -> None:
    folder = touch(tmp_path / "expertC", "a0001.png", "a0002.png", "a1000.png")
    touch(tmp_path / "expertD", "a0001.png")
    assert [path.name for path in FIVEK.files(folder, ["a0*"])] == ["a0001.png", "a0002.png"]
    assert [path.parent.name for path in FIVEK.files(tmp_path, ["expertD/*"])] == ["expertD"]


@pytest.mark.parametrize("name", ["a001.png", "a00001.png", "a0001b.png", "b0001.png", "kodim01.png", "xa0001.png"])
def test_photos_of_another_name_are_no_fivek_folder(name: str, tmp_path: Path) -> None:
    assert refusal(touch(tmp_path, "a0001.png", name)) == (
        f"not a FiveK folder: 1 of its 2 photos are not named like a0001-jmac_DSC1459.tif (one is {name}); "
        'name a folder of FiveK photos alone, or narrow the pattern, or use layout = "plain"'
    )


def test_the_parent_is_answered_with_its_folders(tmp_path: Path) -> None:
    for name in ["input", "expertA", "deeper/expertC"]:
        touch(tmp_path / name, "a0001.png")
    touch(tmp_path / "other", "x.png")
    assert refusal(tmp_path) == (
        "holds no photos itself; name the one of its folders that is meant: deeper/expertC, expertA, input"
    )


def test_many_folders_are_not_all_listed(tmp_path: Path) -> None:
    for index in range(10):
        touch(tmp_path / f"version{index}", "a0001.png")
    assert refusal(tmp_path).endswith("version6, version7 and 2 more")


@pytest.mark.parametrize("below", ["", "fivek_dataset/raw_photos", "fivek_dataset/raw_photos/HQa1to700/photos"])
def test_the_archive_of_raw_files_is_recognised_at_every_level(below: str, tmp_path: Path) -> None:
    if not below:
        tmp_path = tmp_path / "fivek_dataset"
    touch(tmp_path / below / "", "filesAdobe.txt") if below else touch(tmp_path, "filesAdobe.txt")
    photos = tmp_path / "fivek_dataset/raw_photos/HQa1to700/photos" if below else tmp_path / "raw_photos/HQa1to700/photos"
    touch(photos, "a0001-jmac_DSC1459.dng")
    message = refusal(tmp_path / below)
    assert message.startswith("holds camera raw files (DNG) alone")
    assert "export them as 8-bit sRGB TIFF, PNG or JPEG" in message and "tiff16_a to tiff16_e" in message


def test_an_export_beside_the_raw_files_is_what_is_named(tmp_path: Path) -> None:
    touch(tmp_path, "a0001.dng")
    touch(tmp_path / "exported", "a0001.png")
    assert refusal(tmp_path).endswith("name the one of its folders that is meant: exported")


def test_a_pattern_that_matches_nothing_says_so(tmp_path: Path) -> None:
    message = refusal(touch(tmp_path, "a0001.png", "a0002.png"), "a9*")
    assert message == "no FiveK photo in it matches a9*; it holds 2 files, such as a0001.png; change the pattern"


@pytest.mark.parametrize(("names", "found"), [((), "nothing"), (("notes.txt",), "1 file, called notes.txt")])
def test_any_other_folder_is_answered_with_what_is_expected(names: tuple[str, ...], found: str, tmp_path: Path) -> None:
    assert refusal(touch(tmp_path, *names)) == (
        f"not a FiveK folder: it holds {found}; expected TIFF, PNG or JPEG files named like a0001-jmac_DSC1459.tif "
        "(from https://data.csail.mit.edu/graphics/fivek/)"
    )


def test_an_experts_tiff_becomes_8_bits_at_480p(tmp_path: Path) -> None:
    path = tmp_path / "a0001-x.tif"
    tifffile.imwrite(path, np.full((960, 1440, 3), 257 * 100, np.uint16), photometric="rgb", compression="lzw")
    pixels = FIVEK.read(path)
    assert pixels.shape == (480, 720, 3) and pixels.dtype == np.uint8
    assert (pixels == 100).all()


def test_the_development_photos_are_read(data: Path) -> None:
    folder = data / "dev" / "fivek"
    assert refusal(folder).endswith("expertC, input")
    files = FIVEK.files(folder / "expertC")
    assert len(files) == 8
    for path in files:
        height, width = FIVEK.read(path).shape[:2]
        with Image.open(path) as image:
            assert min(height, width) == min(480, *image.size)
            assert abs(width / height - image.width / image.height) < 0.005
            if image.mode == "RGBA":  # small and sRGB: the very pixels, without their opaque alpha
                assert np.array_equal(FIVEK.read(path), np.array(image)[..., :3])
