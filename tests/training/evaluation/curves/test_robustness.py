"""Curves hold the means of what was restored, and their plots are pictures that can be read."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unfilter_training.evaluation.carriers.jpeg import Jpeg
from unfilter_training.evaluation.cells import Cell, Value
from unfilter_training.evaluation.curves import robustness
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.tables import table_5


@pytest.fixture(scope="module")
def rows(study: Study, measured: Callable[[list[Cell]], dict[Cell, Value]]) -> tuple[robustness.Row, ...]:
    two = replace(study, most_curve_pictures=2)
    return robustness.rows(two, measured(list(robustness.cells(two))))


def test_a_row_is_the_mean_over_the_photos_of_the_curves(
    rows: tuple[robustness.Row, ...], study: Study, measured: Callable[[list[Cell]], dict[Cell, Value]]
) -> None:
    (row,) = (row for row in rows if (row.filter, row.carrier) == ("tiny", "JPEG 80 4:2:0"))
    cells: list[Cell] = [Passage(study.subjects[0], study.pictures[index], Jpeg(80)) for index in (0, 1)]
    values = measured(cells)
    assert row.restoration_db == pytest.approx(np.mean([values[cell]["restoration_db"] for cell in cells]))
    assert (row.series, row.quality, row.photos) == ("JPEG 4:2:0", 80, "few (2)")


def test_every_filter_has_every_curve(rows: tuple[robustness.Row, ...]) -> None:
    for name in ("tiny", "variable"):
        own = [row for row in rows if row.filter == name]
        assert len(own) == len(list(robustness.carriers())) == len({row.carrier for row in own})
        assert {row.series for row in own} == {*robustness.SINGLE, *robustness.SERIES}


def test_jpeg_qualities_reach_from_50_to_98_and_hold_those_of_table_5() -> None:
    for chroma in ("4:2:0", "4:4:4"):
        qualities = list(robustness.SERIES[f"JPEG {chroma}"])
        assert (qualities[0], qualities[-1]) == (50, 98)
        assert {carrier.quality for carrier in table_5.CARRIERS} <= set(qualities)


def test_the_table_has_a_column_per_filter(rows: tuple[robustness.Row, ...]) -> None:
    table = robustness.markdown(rows).splitlines()
    assert table[0] == "| file | `tiny` | `variable` |"
    (row,) = (row for row in rows if (row.filter, row.carrier) == ("variable", "PNG at 75 % and back"))
    (line,) = (line for line in table if line.startswith("| PNG at 75 %"))
    assert line.endswith(f" {row.restoration_db:.2f} |")


def test_plots_are_one_of_all_filters_and_one_of_each(rows: tuple[robustness.Row, ...], tmp_path: Path) -> None:
    names = robustness.plot(rows, tmp_path)
    assert names == ["robustness_jpeg.png", "robustness_tiny.png", "robustness_variable.png"]
    for name in names:
        with Image.open(tmp_path / name) as image:
            assert min(image.size) > 400
            assert len(set(image.convert("RGB").getdata())) > 100  # something is drawn
