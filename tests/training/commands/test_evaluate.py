"""`unfilter evaluate` as a user calls it: one command makes everything, and the same command goes on where it stopped."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unfilter.cli import main
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training.commands.evaluate import SECTIONS
from unfilter_training.evaluation import sections
from unfilter_training.evaluation.report import Results
from unfilter_training.network import QuasiInvertibleNetwork

GOLDEN = Path(__file__).parents[3] / "converters/unfilter_converters/golden_photos/chelsea.webp"


@pytest.fixture
def arguments(small_network: QuasiInvertibleNetwork, save: Callable[..., Path], tmp_path: Path) -> list[str]:
    """One tiny filter, one ablation, two small photos."""
    photos = tmp_path / "photos"
    photos.mkdir()
    pixels = read_photo(GOLDEN).pixels
    write_photo(photos / "a.png", Photo(np.ascontiguousarray(pixels[60:92, 80:112])))
    write_photo(photos / "b.png", Photo(np.ascontiguousarray(pixels[:32, :36])))
    own = save(tmp_path / "own", small_network, "own")
    save(tmp_path / "short" / "ablation_full", small_network, "ablation_full")
    words = ["evaluate", f"few={photos}", "--filter", str(own), "--out", str(tmp_path / "out")]
    return [*words, "--ablations", str(tmp_path / "short")]


def read(folder: Path) -> Results:
    return Results.model_validate_json((folder / "results.json").read_text(encoding="utf-8"))


def test_one_command_makes_tables_results_and_plots(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from unfilter_training.evaluation.measurements import speed

    monkeypatch.setattr(speed, "HEIGHT", 16)
    monkeypatch.setattr(speed, "WIDTH", 16)
    assert main(arguments) == 0
    out = tmp_path / "out"
    assert str(out / "tables.md") in capsys.readouterr().out
    found = read(out)
    for name in SECTIONS:
        assert getattr(found, name) is not None
    assert [one.label for one in found.subjects] == ["own", "ablation_full"]
    assert {path.suffix for path in out.iterdir() if path.is_file()} == {".md", ".json", ".png"}
    before = {path: path.stat().st_mtime_ns for path in (out / "cells").rglob("*.json")}
    assert main(arguments) == 0
    assert read(out) == found
    assert {path: path.stat().st_mtime_ns for path in (out / "cells").rglob("*.json")} == before


def test_one_section_alone_is_made_where_it_is_asked_for(arguments: list[str], tmp_path: Path) -> None:
    assert main([*arguments, "--only", "table_2", "--only", "table_1", "--first", "1"]) == 0
    found = read(tmp_path / "out")
    assert found.table_1 is not None and found.table_2 is not None
    assert found.table_5 is None and found.robustness is None
    assert [(one.found, len(one.pictures)) for one in found.photos] == [(2, 1)]


def test_sections_of_the_command_are_those_there_are() -> None:
    assert list(sections.SECTIONS) == list(SECTIONS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--ablations", "nowhere"], "nowhere: no such folder of short trainings"),
        (["--first", "0"], "--first 0: at least one photo"),
        (["--curve-photos", "-1"], "--curve-photos -1"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    words: list[str], message: str, arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([*arguments, *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_that_is_none_is_refused_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--filter", "l00", "few=nowhere"], ["few=nowhere", "--filter", "l00"]):
        assert main(["evaluate", *words]) == 2
        assert "shipped filters: " in capsys.readouterr().err


@pytest.mark.parametrize(("word", "message"), [("few=", "NAME=FOLDER"), ("other=nowhere", "no such folder of photos")])
def test_photos_that_are_none_are_refused_in_one_line(
    word: str, message: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", word, *arguments[2:]]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_report_may_lie_apart_from_what_was_measured(arguments: list[str], tmp_path: Path) -> None:
    report = tmp_path / "docs" / "evaluation"
    assert main([*arguments, "--only", "table_4", "--only", "pareto", "--report", str(report)]) == 0
    assert {path.name for path in report.iterdir()} == {"tables.md", "results.json", "quality_against_cost.png"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"cells", "targets"}


def test_a_polite_kill_ends_it_cleanly_and_it_goes_on(arguments: list[str], tmp_path: Path) -> None:
    cells = tmp_path / "out" / "cells"
    command = [sys.executable, "-m", "unfilter", *arguments, "--only", "robustness"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not any(cells.rglob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.terminate()
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error.splitlines()[-1].startswith("unfilter: interrupted")
    assert "Traceback" not in error
    kept = {path: path.stat().st_mtime_ns for path in cells.rglob("*.json")}
    assert kept
    assert main([*arguments, "--only", "robustness"]) == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
