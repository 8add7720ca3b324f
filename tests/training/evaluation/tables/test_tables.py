"""Rows hold the means of the measured values, beside the paper's figures of the same operator; what is absent says so."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from unfilter.format.hyper_parameter import HyperParameter
from unfilter.photo import read_photo
from unfilter_training import checkpoint
from unfilter_training.evaluation.cells import Cell, Value
from unfilter_training.evaluation.pictures import PictureSet
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.evaluation.tables import compression, speed, table_1, table_2, table_3, table_4, table_5
from unfilter_training.scoring import score

Measured = Callable[[list[Cell]], dict[Cell, Value]]


def lines(markdown: str) -> list[list[str]]:
    """Cells of each row below the head."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines()[2:]]


def named(subject: Subject, label: str, group: str = "filter") -> Subject:
    return replace(subject, label=label, group=group)


@pytest.fixture(scope="module")
def expected(tiny: Subject, photos: Path) -> checkpoint.PhotoScore:
    """By `unfilter score`."""
    pixels = [read_photo(path).pixels for path in sorted(photos.iterdir())]
    return score(checkpoint.load(tiny.folder)[0], tiny.task(), pixels, "few")[0]


def test_table_1_has_the_means_that_unfilter_score_has(
    study: Study, measured: Measured, expected: checkpoint.PhotoScore, photos: Path
) -> None:
    row, other = table_1.rows(study, measured(list(table_1.cells(study))))
    assert (row.filter, other.filter, row.photos) == ("tiny", "variable", "few (3)")
    assert row.scores.unfiltered_db == pytest.approx(expected.unfiltered)
    assert row.scores.approximation_db == pytest.approx(expected.approximation)
    assert row.scores.restoration_db == pytest.approx(expected.restoration)
    # written anew by the same encoder, an original has the size it has on disk
    assert row.original_png_bytes == pytest.approx(np.mean([path.stat().st_size for path in photos.iterdir()]))
    assert row.plain_png_bytes > 0
    assert lines(table_1.markdown([row]))[0][3] == "-"


def test_table_1_stands_beside_the_papers_figures(
    tiny: Subject, photo_sets: tuple[PictureSet, ...], measured: Measured
) -> None:
    study = Study((named(tiny, "l0"),), photo_sets)
    (line,) = lines(table_1.markdown(table_1.rows(study, measured(list(table_1.cells(study))))))
    assert (line[0], line[3], line[5]) == ("`l0`", "32.54 / 0.952", "36.46 / 0.975")


def test_table_2_has_a_row_per_set_and_says_what_is_not_present(
    study: Study, photo_sets: tuple[PictureSet, ...], measured: Measured
) -> None:
    two = replace(study, sets=(*photo_sets, replace(photo_sets[0], name="fewer", pictures=photo_sets[0].pictures[:1])))
    rows = table_2.rows(two, measured(list(table_2.cells(two))))
    assert [(row.filter, row.photos, row.count) for row in rows[:4]] == [
        ("tiny", "few", 3),
        ("tiny", "fewer", 1),
        ("tiny", "fivek", 0),
        ("tiny", "raise", 0),
    ]
    assert rows[0].scores is not None and rows[1].scores is not None
    assert rows[0].scores.restoration_db != rows[1].scores.restoration_db
    assert lines(table_2.markdown(rows))[2][1:4] == ["fivek", "not present", "not present"]


def test_table_2_shows_the_papers_rows_for_llf_whatever_is_present(
    tiny: Subject, photo_sets: tuple[PictureSet, ...]
) -> None:
    llf = replace(tiny, description=tiny.description.model_copy(update={"recipe": _with_operator(tiny, "llf")}))
    rows = table_2.rows(Study((llf,), ()), {})
    assert lines(table_2.markdown(rows))[1][4:] == ["32.17 / 0.985", "not present", "36.20 / 0.992"]


def _with_operator(subject: Subject, name: str) -> object:
    return subject.description.recipe.model_copy(update={"operator": name})


def test_a_collection_that_is_given_is_present(
    tiny: Subject, photo_sets: tuple[PictureSet, ...], measured: Measured
) -> None:
    pictures = tuple(replace(picture, set="experts", layout="fivek") for picture in photo_sets[0].pictures[:1])
    study = Study((tiny,), (PictureSet("experts", "fivek", pictures, 1),))
    rows = table_2.rows(study, measured(list(table_2.cells(study))))
    assert [(row.photos, row.scores is None) for row in rows] == [("experts", False), ("raise", True)]


def test_table_3_varies_each_hyper_parameter_alone(study: Study, measured: Measured) -> None:
    rows = table_3.rows(study, measured(list(table_3.cells(study))))
    assert [(row.parameter, row.value) for row in rows] == [
        *(("smoothness", value) for value in (0.01, 0.02, 0.04)),  # the default is the middle, by factors
        *(("kappa", value) for value in (1.5, 2, 2.25, 3)),
    ]
    assert {row.filter for row in rows} == {"variable"}
    smoothness = [row.scores.unfiltered_db for row in rows[:3]]
    assert smoothness == sorted(smoothness, reverse=True)
    assert rows[1].scores == rows[4].scores  # both at the defaults
    shown = lines(table_3.markdown(rows))
    assert (shown[0][1], shown[0][4], shown[0][6]) == ("smoothness 0.01", "32.83", "37.20")
    assert shown[3][4] == "-"


def test_table_3_says_that_there_is_nothing_to_vary(tiny: Subject, photo_sets: tuple[PictureSet, ...]) -> None:
    study = Study((tiny,), photo_sets)
    assert list(table_3.cells(study)) == []
    assert "hyper-parameters" in table_3.markdown(table_3.rows(study, {}))


@pytest.mark.parametrize(
    ("one", "values"),
    [
        (HyperParameter(name="a", low=0, high=1, default=0.5), (0, 0.5, 1)),
        (HyperParameter(name="a", low=0, high=1, default=0), (0, 0.5, 1)),
        (HyperParameter(name="a", low=0.1, high=1.6, default=1, scale="log"), (0.1, 0.4, 1, 1.6)),
    ],
)
def test_values_are_ends_middle_and_default_each_once(one: HyperParameter, values: tuple[float, ...]) -> None:
    assert table_3.settings(one) == values


def test_table_4_shows_budgets_and_what_was_not_trained(
    tiny: Subject, photo_sets: tuple[PictureSet, ...], measured: Measured, expected: checkpoint.PhotoScore
) -> None:
    trained = (
        named(tiny, "ablation_wide", "ablation"),
        named(tiny, "ablation_full", "ablation"),
        named(tiny, "baseline_ied_l0", "baseline"),
    )
    study = Study((tiny, *trained), photo_sets)
    rows = table_4.rows(study, measured(list(table_4.cells(study))))
    assert [row.recipe for row in rows[:5]] == [
        "ablation_no_restoration",
        "ablation_no_auxiliary",
        "ablation_4_blocks",
        "ablation_full",
        "ablation_wide",
    ]
    shown = {line[0]: line for line in lines(table_4.markdown(rows))}
    assert shown["`ablation_4_blocks`"][1:4] == ["not trained here", "-", "31.26 / 0.947"]
    assert shown["`ablation_full`"][1] == "7 steps x 3 patches of 32 x 32"
    assert shown["`baseline_ied_l0`"][3] == "32.19 / 0.961"
    full = rows[3]
    assert full.scores is not None
    assert full.scores.restoration_db == pytest.approx(expected.restoration)
    assert full.restoration_jpeg_80_db == pytest.approx(expected.restoration_jpeg_420[1])
    assert "`tiny`" not in shown


def test_table_5_has_the_means_that_unfilter_score_has(
    study: Study, measured: Measured, expected: checkpoint.PhotoScore
) -> None:
    rows = [row for row in table_5.rows(study, measured(list(table_5.cells(study)))) if row.filter == "tiny"]
    assert [(row.quality, row.subsampling) for row in rows] == [
        (quality, chroma) for chroma in ("4:2:0", "4:4:4") for quality in (70, 80, 90)
    ]
    restored = [row.restoration_db for row in rows]
    assert restored == pytest.approx([*expected.restoration_jpeg_420, *expected.restoration_jpeg_444])
    assert rows[0].bytes < rows[2].bytes
    assert rows[0].plain_bytes > 0
    assert lines(table_5.markdown(rows))[0][4] == "26.95 / 0.711"


def test_compression_compares_what_the_trainings_saw(
    tiny: Subject, photo_sets: tuple[PictureSet, ...], measured: Measured, expected: checkpoint.PhotoScore
) -> None:
    names = ("ablation_full", "ablation_wide", "ablation_no_compression")
    study = Study(tuple(named(tiny, name, "ablation") for name in names), photo_sets)
    rows = compression.rows(study, measured(list(compression.cells(study))))
    assert [row.recipe for row in rows] == ["ablation_no_compression", "ablation_full"]
    assert rows[0].scores.restoration_db == pytest.approx(expected.restoration)
    assert rows[0].restoration_jpeg_420_db == pytest.approx(expected.restoration_jpeg_420)
    assert rows[0].restoration_jpeg_444_db == pytest.approx(expected.restoration_jpeg_444)
    assert lines(compression.markdown(rows))[0][1:3] == ["rounding alone", "7 steps x 3 patches of 32 x 32"]


def test_compression_says_that_nothing_was_trained(study: Study) -> None:
    assert list(compression.cells(study)) == []
    assert compression.markdown(compression.rows(study, {})).startswith("Not trained here: `ablation_no_compression`")


def test_speed_has_one_row_per_form_and_the_papers_for_comparison(study: Study, tiny: Subject) -> None:
    twins = replace(study, subjects=(*study.subjects, named(tiny, "twin")))
    (cell,) = speed.cells(twins)
    value = {f"{index} {direction}": index + 1.5 for index in range(3) for direction in ("forward", "inverse")}
    rows = speed.rows(twins, {cell: value})
    assert [row.networks for row in rows] == [("tiny", "twin"), ("variable",), ("paper",)]
    assert [row.forward_seconds for row in rows] == [1.5, 2.5, 3.5]
    assert rows[2].kmac_inverse > 200
    assert lines(speed.markdown(rows))[0][:2] == ["`tiny`, `twin`", "1.500 s"]
