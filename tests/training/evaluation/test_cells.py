"""What was measured is never measured again, and what depends on anything else is never taken for it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from unfilter.errors import UnfilterError
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.carriers.jpeg import Jpeg
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.cells import Cell, Cells, measure
from unfilter_training.evaluation.measurements.kept_original import KeptOriginal
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.measurements.plain_file import PlainFile
from unfilter_training.evaluation.measurements.speed import Speed
from unfilter_training.evaluation.measurements.unfiltered import Unfiltered
from unfilter_training.evaluation.study import Study
from unfilter_training.network import NetworkConfig


@pytest.fixture
def some(study: Study) -> list[Cell]:
    (tiny, variable), (first, second, _) = study.subjects, study.pictures
    return [
        KeptOriginal(first, Png()),
        KeptOriginal(second, Png()),
        Passage(tiny, first, Png()),
        Passage(variable, first, Png()),
        Passage(tiny, second, Png()),
        Passage(tiny, first, Jpeg(80)),
    ]


def test_a_value_is_found_again_as_it_was_measured(some: list[Cell], bench: Bench, tmp_path: Path) -> None:
    first = measure(some, Cells(tmp_path / "cells", "code"), bench)
    asked: list[Cell] = []

    def watch(missing: list[Cell]) -> list[Cell]:
        asked.extend(missing)
        return missing

    second = measure(some, Cells(tmp_path / "cells", "code"), bench, watch)
    assert asked == []
    assert second == first
    assert first[some[0]]["db"] == float("inf")  # infinite decibels come back too


def test_what_other_code_measured_is_measured_again(some: list[Cell], bench: Bench, tmp_path: Path) -> None:
    measure(some[:1], Cells(tmp_path / "cells", "code"), bench)
    assert Cells(tmp_path / "cells", "code").get(some[0]) is not None
    assert Cells(tmp_path / "cells", "other code").get(some[0]) is None


def test_cells_of_one_photo_are_measured_together_and_those_of_one_filter_within(
    some: list[Cell], bench: Bench, tmp_path: Path
) -> None:
    order: list[Cell] = []

    def watch(missing: list[Cell]) -> list[Cell]:
        order.extend(missing)
        return missing

    measure([*some, *some], Cells(tmp_path / "cells", "code"), bench, watch)
    assert order == [some[0], some[2], some[5], some[3], some[1], some[4]]


def test_an_interrupted_run_keeps_what_it_had(some: list[Cell], bench: Bench, tmp_path: Path) -> None:
    def interrupted(missing: list[Cell]) -> Iterator[Cell]:
        yield missing[0]
        yield missing[1]
        raise KeyboardInterrupt

    cells = Cells(tmp_path / "cells", "code")
    with pytest.raises(KeyboardInterrupt):
        measure(some, cells, bench, interrupted)
    assert sum(cells.get(cell) is not None for cell in some) == 2
    left: list[Cell] = []

    def watch(missing: list[Cell]) -> list[Cell]:
        left.extend(missing)
        return missing

    assert set(measure(some, cells, bench, watch)) == set(some)
    assert len(left) == len(some) - 2


def test_a_file_says_what_it_holds_and_nothing_half_written_is_left(some: list[Cell], bench: Bench, tmp_path: Path) -> None:
    cells = Cells(tmp_path / "cells", "code")
    measure(some, cells, bench)
    files = [path for path in (tmp_path / "cells").rglob("*") if path.is_file()]
    assert sorted(files) == sorted(map(cells.path, some))
    assert json.loads(cells.path(some[2]).read_text())["cell"] == some[2].key()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"value": {"db": null}}'])
def test_a_damaged_file_is_named(text: str, some: list[Cell], tmp_path: Path) -> None:
    cells = Cells(tmp_path / "cells", "code")
    path = cells.path(some[0])
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(UnfilterError, match="delete the file") as caught:
        cells.get(some[0])
    assert str(path) in str(caught.value)


def test_whatever_a_value_depends_on_is_in_its_key(study: Study, tmp_path: Path) -> None:
    (tiny, variable), (first, second, _) = study.subjects, study.pictures
    layout = replace(first, layout="raise")
    stronger = (("smoothness", 0.04),)
    distinct: list[Cell] = [
        Passage(tiny, first, Png()),
        Passage(variable, first, Png()),
        Passage(variable, first, Png(), stronger),
        Passage(tiny, second, Png()),
        Passage(tiny, layout, Png()),
        Passage(tiny, first, Jpeg(80)),
        PlainFile(tiny, first, Png()),
        PlainFile(variable, first, Png(), stronger),
        PlainFile(tiny, first, Jpeg(80)),
        Unfiltered(tiny, first),
        Unfiltered(variable, first, stronger),
        KeptOriginal(first, Png()),
        KeptOriginal(layout, Png()),
        Speed((NetworkConfig(),)),
        Speed((NetworkConfig(), NetworkConfig(blocks=2))),
    ]
    cells = Cells(tmp_path, "code")
    assert len(set(map(cells.path, distinct))) == len(distinct)


def test_what_rests_on_the_operator_alone_is_shared_by_filters_of_one_task(study: Study, tmp_path: Path) -> None:
    tiny, first = study.subjects[0], study.pictures[0]
    twin = replace(tiny, label="twin", weights="1" * 64)
    cells = Cells(tmp_path, "code")
    assert cells.path(PlainFile(tiny, first, Png())) == cells.path(PlainFile(twin, first, Png()))
    assert cells.path(Unfiltered(tiny, first)) == cells.path(Unfiltered(twin, first))
    assert cells.path(Passage(tiny, first, Png())) != cells.path(Passage(twin, first, Png()))
