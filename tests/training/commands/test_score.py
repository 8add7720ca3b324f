"""`unfilter score` as a user calls it: what it prints and writes is what was measured."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unfilter.cli import main
from unfilter.format.hyper_parameter import HyperParameter
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training import checkpoint
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.photo_sets import photo_set
from unfilter_training.scoring import Task, score, task

GOLDEN = Path(__file__).parents[3] / "converters/unfilter_converters/golden_photos/chelsea.webp"
RANGES = (
    HyperParameter(name="smoothness", low=0.01, high=0.04, default=0.02, scale="log"),
    HyperParameter(name="kappa", low=1.5, high=3, default=2),
)


@pytest.fixture
def fixed(small_network: QuasiInvertibleNetwork, save: Callable[..., Path], tmp_path: Path) -> Path:
    return save(tmp_path / "fixed", small_network, "tiny")


@pytest.fixture
def variable(variable_network: QuasiInvertibleNetwork, save: Callable[..., Path], tmp_path: Path) -> Path:
    return save(tmp_path / "variable", variable_network, "tiny", *RANGES)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two crops, the larger one named as a photo of FiveK."""
    folder = tmp_path / "few"
    folder.mkdir()
    pixels = read_photo(GOLDEN).pixels
    write_photo(folder / "a0001-cat.png", Photo(np.ascontiguousarray(pixels[60:100, 80:121])))
    write_photo(folder / "b.png", Photo(np.ascontiguousarray(pixels[:36, :40])))
    return folder


def scores(folder: Path) -> dict[str, checkpoint.PhotoScore]:
    return {one.photos: one for one in checkpoint.read_description(folder).scores}


def rows(folder: Path) -> list[str]:
    """Of the card's first table, without its head."""
    lines = (folder / checkpoint.CARD).read_text().partition("\nHow it looks:")[0].splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| photos |")]


def test_it_prints_a_row_per_photo_and_the_mean(fixed: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(fixed), str(photos)]) == 0
    network, description = checkpoint.load(fixed)
    pixels = [read_photo(path).pixels for path in sorted(photos.iterdir())]
    mean, pictures = score(network, task(description.recipe), pixels, "few")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["photo", "a0001-cat.png", "b.png", "mean"]
    for line, row in zip(lines[1:4], [*pictures, mean], strict=True):
        numbers = [row.unfiltered, row.approximation, row.restoration, *row.restoration_jpeg_420, *row.restoration_jpeg_444]
        assert line.replace(",", "").split()[1:] == [f"{db:.2f}" for db in numbers]
    assert lines[4].startswith("outermost 16 px below the centre: approximation ")
    assert scores(fixed) == {}  # not asked to write


def test_writing_puts_a_row_per_label_on_the_card(fixed: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(fixed), str(photos), "--write"]) == 0
    assert f"written to {fixed / checkpoint.CARD}" in capsys.readouterr().out
    (photos / "b.png").unlink()
    assert main(["score", str(fixed), str(photos), "--label", "one", "--write"]) == 0
    assert {name: one.count for name, one in scores(fixed).items()} == {"few": 2, "one": 1}
    assert main(["score", str(fixed), str(photos), "--write"]) == 0  # again: the row is replaced
    assert {name: one.count for name, one in scores(fixed).items()} == {"few": 1, "one": 1}
    assert [row.split(" | ")[0] for row in rows(fixed)] == ["| one (1)", "| few (1)"]
    checkpoint.load(fixed)  # weights and digest are as they were


def test_shared_files_are_added_to_the_score_that_is_there(
    fixed: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", str(fixed), str(photos), "--write"]) == 0
    whole = scores(fixed)["few"]
    description = checkpoint.read_description(fixed)
    bare = tuple(one.model_copy(update={"shared": (), "arrived": ()}) for one in description.scores)
    checkpoint.describe(fixed, description.model_copy(update={"scores": bare}))
    assert main(["score", str(fixed), str(photos), "--shared", "--write"]) == 0
    added = scores(fixed)["few"]
    assert added.shared == pytest.approx(whole.shared)
    assert added.arrived == pytest.approx(whole.arrived)
    assert added.model_copy(update={"shared": (), "arrived": ()}) == bare[0]
    assert main(["score", str(fixed), str(photos), "--shared", "--write", "--label", "other"]) == 2
    assert "has no score of other" in capsys.readouterr().err
    (photos / "b.png").unlink()
    assert main(["score", str(fixed), str(photos), "--shared", "--write"]) == 2
    assert "of few is of 2 photos, and these are 1" in capsys.readouterr().err


def test_a_hyper_parameter_is_set_by_name_and_stands_in_the_label(variable: Path, photos: Path) -> None:
    for words in ([], ["--set", "smoothness=0.04"], ["--set", "smoothness=0.01", "--set", "kappa=3"]):
        assert main(["score", str(variable), str(photos), "--write", *words]) == 0
    written = scores(variable)
    assert list(written) == ["few", "few smoothness=0.04", "few smoothness=0.01 kappa=3"]
    network, description = checkpoint.load(variable)
    pixels = [read_photo(path).pixels for path in sorted(photos.iterdir())]
    for label, values in (("few", {}), ("few smoothness=0.01 kappa=3", {"smoothness": 0.01, "kappa": 3.0})):
        assert written[label] == score(network, task(description.recipe, values), pixels, label)[0]
    assert len({one.unfiltered for one in written.values()}) == 3
    assert len(rows(variable)) == 3


def test_layout_says_what_the_folder_holds(
    fixed: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fivek = tmp_path / "expertC"
    fivek.mkdir()
    (photos / "a0001-cat.png").rename(fivek / "a0001-cat.png")
    assert main(["score", str(fixed), str(fivek), "--layout", "fivek", "--write"]) == 0
    network, description = checkpoint.load(fixed)
    pixels = photo_set("fivek").read(fivek / "a0001-cat.png")
    assert scores(fixed)["expertC"] == score(network, task(description.recipe), [pixels], "expertC")[0]
    capsys.readouterr()
    assert main(["score", str(fixed), str(photos), "--layout", "fivek"]) == 2
    assert "not a FiveK folder" in capsys.readouterr().err


def test_odd_measures_the_left_over_column(fixed: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(fixed), str(photos), "--odd", "--write"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2 photos cut to an odd width")
    assert lines[1].count(" dB") == 2
    assert scores(fixed) == {}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "smoothnes=0.02"], "no parameter 'smoothnes'; did you mean smoothness? it has: smoothness 0.01..0.04"),
        (["--set", "smoothness=0.5"], "smoothness must lie in 0.01..0.04, got 0.5"),
        (["--set", "smoothness"], "a hyper-parameter is set as NAME=NUMBER"),
        (["--set", "smoothness=much"], "a hyper-parameter is set as NAME=NUMBER"),
        (["--set", "kappa=2", "--set", "kappa=3"], "kappa is set twice"),
    ],
)
def test_a_value_that_the_filter_has_not_learned_is_refused_in_one_line(
    words: list[str], message: str, variable: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", str(variable), str(photos), *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_filter_without_hyper_parameters_takes_none(fixed: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(fixed), str(photos), "--set", "smoothness=0.02"]) == 2
    assert "no parameter 'smoothness'; it has: none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "message"), [("nowhere", "cannot read the checkpoint"), ("PHOTOS", "cannot read the checkpoint")]
)
def test_what_is_no_checkpoint_is_refused(name: str, message: str, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", name.replace("PHOTOS", str(photos)), str(photos)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_filter_is_measured_on_another_look_that_is_named(
    fixed: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "negative.cube").write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
    arguments = ["score", str(fixed), str(photos), "--from", str(tmp_path / "negative.cube")]
    assert main([*arguments, "--label", "negative", "--write"]) == 0
    pixels = [read_photo(path).pixels for path in sorted(photos.iterdir())]
    network, _ = checkpoint.load(fixed)
    negative = Task("look", {}, (), lambda photo: 255 - photo)
    expected, _ = score(network, negative, pixels, "negative")
    assert scores(fixed)["negative"].unfiltered == pytest.approx(expected.unfiltered, abs=0.01)
    assert main([*arguments, "--write"]) == 2
    assert "give one with --label" in capsys.readouterr().err
