"""`unfilter operate` and `unfilter operators` as a user calls them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from unfilter import Photo, read_photo, write_photo
from unfilter.cli import main
from unfilter_training.data import image_tensor
from unfilter_training.operators import OPERATORS, operator
from unfilter_training.operators.saving import saved_levels


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    write_photo(path, Photo(np.random.default_rng(0).integers(0, 256, (20, 25, 3), dtype=np.uint8)))
    return path


def test_operate_writes_what_the_operator_gives(photo: Path, tmp_path: Path) -> None:
    assert main(["operate", "l0", str(photo), str(tmp_path / "out.png"), "--smoothness", "0.05"]) == 0
    expected = saved_levels(operator("l0")(image_tensor(read_photo(photo).pixels, torch.float64), smoothness=0.05))
    np.testing.assert_array_equal(read_photo(tmp_path / "out.png").pixels, expected)


def test_whole_parameters_are_read_as_such(photo: Path, tmp_path: Path) -> None:
    assert main(["operate", "rtv", str(photo), str(tmp_path / "out.png"), "--iterations=1"]) == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["l9", "PHOTO", "OUT"], "unknown operator 'l9'"),
        (["l0", "PHOTO", "OUT", "--smooth", "1"], "has no parameter --smooth; it has: --smoothness, --kappa"),
        (["l0", "PHOTO", "OUT", "--smoothness", "much"], "--smoothness much: not a number"),
        (["l0", "PHOTO", "OUT", "--smoothness", "99"], "smoothness must lie in"),
        (["l0", "PHOTO", "OUT", "--smoothness"], "parameters are given as --NAME VALUE"),
        (["rtv", "PHOTO", "OUT", "--iterations", "1.5"], "--iterations 1.5: not a number"),
        (["l0", "missing.png", "OUT"], "missing.png: no such file"),
        (["l0", "PHOTO", "no/folder/out.png"], "no/folder does not exist"),
        (["scream", "PHOTO", "OUT", "--weights", "no/weights"], "no/weights"),
        (["cpd", "PHOTO", "OUT", "--texture", "no/texture.png"], "no/texture.png"),
        (["bwp", "PHOTO", "OUT", "--exemplar", "no/model.png"], "no/model.png"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_nothing_is_written(
    words: list[str], message: str, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.png"
    assert main(["operate", *(w.replace("PHOTO", str(photo)).replace("OUT", str(out)) for w in words)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_style_networks_say_that_their_weights_are_the_users_to_bring(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("UNFILTER_STYLE_WEIGHTS", raising=False)
    assert main(["operate", "scream", str(photo), str(tmp_path / "out.png")]) == 2
    assert "UNFILTER_STYLE_WEIGHTS" in capsys.readouterr().err


def test_the_list_shows_every_operator_with_every_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operators", "list"]) == 0
    printed = capsys.readouterr().out
    for name, each in OPERATORS.items():
        assert f"\n{name}: {each.summary}" in "\n" + printed
        for parameter in each.parameters:
            assert f"--{parameter} (" in printed


def test_the_benchmark_measures_each_operator(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operators", "bench", "l0", "exposure", "--batch", "2", "--side", "32", "--repeat", "1"]) == 0
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split()[0] for row in rows] == ["l0", "exposure"]
    assert all(float(row.split()[1]) >= 0 and float(row.split()[2]) > 0 for row in rows)


def test_the_contact_sheet_holds_the_photo_and_says_what_is_left_out(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("UNFILTER_STYLE_WEIGHTS", raising=False)
    assert main(["operators", "sheet", str(photo), str(tmp_path / "sheet.png")]) == 0
    sheet, pixels = read_photo(tmp_path / "sheet.png").pixels, read_photo(photo).pixels
    np.testing.assert_array_equal(sheet[8 + 24 : 8 + 24 + 20, 8 : 8 + 25], pixels)
    assert capsys.readouterr().out.count("left out: ") == 2
