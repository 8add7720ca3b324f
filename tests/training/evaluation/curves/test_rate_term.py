"""Bytes of files that restore the same decibels, and what stands where there is nothing to compare."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from unfilter_training.evaluation.cells import Cell, Value
from unfilter_training.evaluation.curves import rate_term
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.study import Study


@pytest.fixture
def three(study: Study) -> Study:
    """The reference and two that had a rate term, one photo."""
    tiny, variable = study.subjects
    subjects = (
        replace(variable, label="ablation_rate_b", group="ablation"),
        replace(tiny, label="ablation_full", group="ablation"),
        replace(tiny, label="ablation_rate_a", group="ablation", weights="other"),
    )
    return replace(study, subjects=subjects, most_curve_pictures=1)


def values(study: Study, share: float) -> dict[Cell, Value]:
    """A JPEG restores as many dB as its number in the row; the rate terms take that share of the reference's bytes."""

    def value(cell: Cell) -> Value:
        assert isinstance(cell, Passage)
        number = rate_term.JPEGS.index(cell.carrier) if cell.carrier in rate_term.JPEGS else 9
        part = 1 if cell.subject.label == "ablation_full" else share
        qualities = dict.fromkeys(("approximation_db", "approximation_ssim", "restoration_ssim"), 0.5)
        return {"restoration_db": 30.0 + number, "bytes": part * 1000 * 2**number, **qualities}

    return {cell: value(cell) for cell in rate_term.cells(study)}


def test_bytes_are_compared_at_the_references_decibels(three: Study) -> None:
    rows = rate_term.rows(three, values(three, 0.75))
    assert list(dict.fromkeys(row.recipe for row in rows)) == ["ablation_full", "ablation_rate_a", "ablation_rate_b"]
    compared = {carrier.name for carrier in rate_term.COMPARED}
    for row in rows:
        share = 1 if row.recipe == "ablation_full" else 0.75
        equal = pytest.approx(share * row.reference_bytes) if row.carrier in compared else None
        assert row.bytes_at_equal_restoration == equal


def test_gains_are_shown_as_signed_percentages_and_the_references_own_are_not(three: Study) -> None:
    lines = rate_term.markdown(rate_term.rows(three, values(three, 0.75))).splitlines()
    shown = {tuple(line.strip("| ").split(" | ")[:2]): line.strip("| ").split(" | ")[5:] for line in lines[4:]}
    assert shown["`ablation_rate_a`", "JPEG 80 4:2:0"] == ["-25.0 %", "-25.0 %"]
    assert shown["`ablation_rate_a`", "PNG"] == ["-25.0 %", "-"]
    assert shown["`ablation_full`", "JPEG 80 4:2:0"] == ["-", "-"]


def test_a_curve_that_does_not_reach_the_reference_compares_nothing(three: Study) -> None:
    measured = {
        cell: value if cell.subject.label == "ablation_full" else value | {"restoration_db": 20.0}
        for cell, value in values(three, 1).items()
    }
    assert {row.bytes_at_equal_restoration for row in rate_term.rows(three, measured) if row.recipe != "ablation_full"} == {
        None
    }


def test_real_files_make_rows_and_a_plot(
    three: Study, measured: Callable[[list[Cell]], dict[Cell, Value]], tmp_path: Path
) -> None:
    rows = rate_term.rows(three, measured(list(rate_term.cells(three))))
    assert len(rows) == 3 * (len(rate_term.JPEGS) + 1)
    sizes = [row.bytes for row in rows[: len(rate_term.JPEGS)]]
    assert sizes == sorted(sizes)
    assert rate_term.plot(rows, tmp_path) == ["rate_term.png"]


def test_without_the_reference_or_another_there_is_nothing_to_compare(three: Study, study: Study, tmp_path: Path) -> None:
    for some in (study, replace(three, subjects=three.subjects[:1]), replace(three, subjects=three.subjects[1:2])):
        assert list(rate_term.cells(some)) == []
        rows = rate_term.rows(some, {})
        assert "Not trained here" in rate_term.markdown(rows)
        assert rate_term.plot(rows, tmp_path) == []
