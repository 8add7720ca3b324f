"""What is written says the same in all its files, and is read back as it was."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from unfilter_training.evaluation.cells import Cell, Value
from unfilter_training.evaluation.report import RESULTS, TABLES, Results, results, write
from unfilter_training.evaluation.sections import SECTIONS, all_cells
from unfilter_training.evaluation.study import Study

NAMES = ("table_1", "table_2", "table_3", "table_4", "table_5", "shared", "compression", "file_sizes", "rate_term", "pareto")


@pytest.fixture(scope="module")
def found(study: Study, measured: Callable[[list[Cell]], dict[Cell, Value]]) -> Results:
    one = replace(study, most_curve_pictures=1)
    return results(one, measured(list(all_cells(NAMES, one))), NAMES)


def test_results_read_back_are_the_results(found: Results, tmp_path: Path) -> None:
    write(found, tmp_path)
    text = (tmp_path / RESULTS).read_text(encoding="utf-8")
    assert Results.model_validate_json(text) == found
    assert json.loads(text)["version"] == 1
    assert json.loads(text)["robustness"] is None  # not asked for


@pytest.mark.parametrize("change", [{"version": 2}, {"more": 1}])
def test_other_versions_and_unknown_fields_are_refused(change: dict[str, int], found: Results) -> None:
    with pytest.raises(ValidationError):
        Results.model_validate(found.model_dump() | change)


def test_infinite_decibels_survive(found: Results) -> None:
    assert found.table_1 is not None
    scores = found.table_1[0].scores.model_copy(update={"restoration_db": float("inf")})
    row = found.table_1[0].model_copy(update={"scores": scores})
    exact = found.model_copy(update={"table_1": (row,)})
    assert Results.model_validate_json(exact.model_dump_json()) == exact


def test_the_page_shows_every_section_that_was_asked_for_and_every_plot(found: Results, tmp_path: Path) -> None:
    write(found, tmp_path)
    page = (tmp_path / TABLES).read_text(encoding="utf-8")
    for name, section in SECTIONS.items():
        assert (f"## {section.TITLE}\n" in page) is (name in NAMES)
    plots = {path.name for path in tmp_path.iterdir()} - {RESULTS, TABLES}
    assert plots
    assert all(f"]({name})" in page for name in plots)
    assert "Photos: few: 3." in page


def test_a_study_of_some_photos_says_so(study: Study, tmp_path: Path) -> None:
    some = replace(study, subjects=(), sets=(replace(study.sets[0], pictures=study.sets[0].pictures[:2]),))
    write(results(some, {}, ()), tmp_path)
    assert "few: 2 (the first of 3)" in (tmp_path / TABLES).read_text(encoding="utf-8")


def test_weights_for_research_only_are_named_on_the_page(study: Study, tmp_path: Path) -> None:
    tiny = study.subjects[0]
    recipe = tiny.description.recipe.model_copy(update={"research_only": "borrowed"})
    borrowed = replace(tiny, description=tiny.description.model_copy(update={"recipe": recipe}))
    write(results(replace(study, subjects=(borrowed,)), {}, ()), tmp_path)
    assert "For research only: tiny." in (tmp_path / TABLES).read_text(encoding="utf-8")


def test_every_section_has_a_field_of_the_results() -> None:
    assert set(SECTIONS) <= set(Results.model_fields)
