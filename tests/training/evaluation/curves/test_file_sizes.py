"""Our bytes stand beside what a plain file and an AVIF of the same decibels take, photo by photo."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from unfilter_training.evaluation.carriers.jpeg import Jpeg
from unfilter_training.evaluation.carriers.newer_codecs import Avif, WebP
from unfilter_training.evaluation.cells import Cell, Value
from unfilter_training.evaluation.curves import file_sizes
from unfilter_training.evaluation.curves.rate import bytes_at
from unfilter_training.evaluation.measurements.kept_original import KeptOriginal
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.measurements.plain_file import PlainFile
from unfilter_training.evaluation.study import Study

Measure = Callable[[list[Cell]], dict[Cell, Value]]


@pytest.fixture(scope="module")
def two(study: Study) -> Study:
    return replace(study, most_curve_pictures=2)


@pytest.fixture(scope="module")
def values(two: Study, measured: Measure) -> dict[Cell, Value]:
    return measured(list(file_sizes.cells(two)))


def test_a_row_compares_files_of_the_same_decibels(study: Study, values: dict[Cell, Value]) -> None:
    one = replace(study, most_curve_pictures=1)
    (picture,), tiny, carrier = one.curve_pictures, study.subjects[0], Jpeg(80)
    (row,) = (r for r in file_sizes.rows(one, values) if (r.filter, r.carrier) == ("tiny", carrier.name))
    passage, pixels = values[Passage(tiny, picture, carrier)], 40 * 37
    assert row.ours_bpp == pytest.approx(8 * passage["bytes"] / pixels)
    assert row.plain_bpp == pytest.approx(8 * values[PlainFile(tiny, picture, carrier)]["bytes"] / pixels)
    kept = []
    for chroma, found in (("4:2:0", row.avif_420_bpp), ("4:4:4", row.avif_444_bpp)):
        files = [values[KeptOriginal(picture, Avif(quality, chroma))] for quality in file_sizes.AVIF_QUALITIES]
        size = bytes_at([(file["db"], file["bytes"]) for file in files], passage["restoration_db"])
        assert found == (None if size is None else pytest.approx(8 * size / pixels))
        kept += [] if size is None else [8 * size / pixels]
    assert row.kept_bpp == pytest.approx(min(kept))
    assert row.ratio == pytest.approx(row.ours_bpp / (row.plain_bpp + row.kept_bpp))


def test_where_no_avif_is_good_enough_the_original_is_kept_lossless(study: Study, values: dict[Cell, Value]) -> None:
    one = replace(study, most_curve_pictures=1)
    (picture,), tiny, carrier = one.curve_pictures, study.subjects[0], Jpeg(98)
    cell = Passage(tiny, picture, carrier)
    better = dict(values) | {cell: values[cell] | {"restoration_db": 99.0}}
    (row,) = (r for r in file_sizes.rows(one, better) if (r.filter, r.carrier) == ("tiny", carrier.name))
    assert (row.avif_420_bpp, row.avif_444_bpp) == (None, None)
    assert row.kept_bpp == pytest.approx(8 * values[KeptOriginal(picture, WebP(None))]["bytes"] / (40 * 37))


def test_means_are_over_photos_and_then_over_filters(two: Study, values: dict[Cell, Value]) -> None:
    rows = file_sizes.rows(two, values)
    by_name = {(row.filter, row.carrier): row for row in rows}
    carriers = [carrier.name for series in file_sizes.SERIES.values() for carrier in series]
    assert list(by_name) == [(name, carrier) for name in ("tiny", "variable", file_sizes.ALL) for carrier in carriers]
    row = by_name["tiny", "PNG"]
    sizes = [values[Passage(two.subjects[0], picture, file_sizes.Png())]["bytes"] for picture in two.curve_pictures]
    assert row.ours_bpp == pytest.approx((8 * sizes[0] / (40 * 37) + 8 * sizes[1] / (36 * 40)) / 2)
    mean = by_name[file_sizes.ALL, "JPEG 80 4:2:0"]
    assert mean.ours_bpp == pytest.approx(sum(by_name[n, "JPEG 80 4:2:0"].ours_bpp for n in ("tiny", "variable")) / 2)
    assert mean.photos == "few (2)"


def test_one_filter_alone_has_no_mean_over_filters(two: Study, values: dict[Cell, Value]) -> None:
    rows = file_sizes.rows(replace(two, subjects=two.subjects[:1]), values)
    assert {row.filter for row in rows} == {"tiny"}


def test_the_table_marks_where_the_restorable_file_is_smaller(two: Study, values: dict[Cell, Value]) -> None:
    rows = file_sizes.rows(two, values)
    better, worse = (
        rows[0].model_copy(update={"ratio": 0.5}),
        rows[0].model_copy(update={"ratio": 1.5, "avif_420_bpp": None}),
    )
    smaller, larger = file_sizes.markdown([better, worse]).splitlines()[-2:]
    assert smaller.endswith("| **0.50** |")
    assert larger.endswith("| 1.50 |")
    assert " | - | " in larger


@pytest.mark.parametrize(
    ("ratios", "winner", "end"),
    [
        ([0.5, 0.6, 0.7], "JPEG 4:2:0: restorable file.", "the ratio is 0.60."),
        ([1.5, 1.6, 1.7], "JPEG 4:2:0: plain file + original.", "the ratio is 1.60."),
        ([0.5, 0.6, 1.7], "JPEG 4:2:0: it depends.", "the ratio is 0.60; smaller as JPEG 50 4:2:0, JPEG 60 4:2:0."),
    ],
)
def test_the_verdict_names_the_winner_and_gives_the_middle_file_as_an_example(
    ratios: list[float], winner: str, end: str, two: Study, values: dict[Cell, Value]
) -> None:
    rows = [row for row in file_sizes.rows(two, values) if row.filter == file_sizes.ALL][:3]
    (line,) = file_sizes.conclusions([row.model_copy(update={"ratio": r}) for row, r in zip(rows, ratios, strict=True)])
    assert line.startswith(
        f"- **{winner}** As JPEG 60 4:2:0 the restorable file takes {rows[1].ours_bpp:.2f} bits per pixel"
    )
    assert line.endswith(end)


def test_there_is_a_verdict_for_each_kind_of_file(two: Study, values: dict[Cell, Value]) -> None:
    lines = file_sizes.markdown(file_sizes.rows(two, values)).splitlines()
    assert [line.rpartition(": ")[0].split(": ")[0] for line in lines[:3]] == [f"- **{name}" for name in file_sizes.SERIES]
    assert file_sizes.conclusions([]) == []


def test_plots_are_one_of_all_and_one_of_each_filter(two: Study, values: dict[Cell, Value], tmp_path: Path) -> None:
    names = file_sizes.plot(file_sizes.rows(two, values), tmp_path)
    assert names == [
        "file_sizes_who_wins.png",
        "file_sizes_tiny.png",
        "file_sizes_variable.png",
        "file_sizes_all_filters.png",
    ]
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
