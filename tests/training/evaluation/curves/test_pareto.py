"""A training is on the front where no cheaper one is better."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from unfilter_training.evaluation.cells import Cell, Value
from unfilter_training.evaluation.curves import pareto
from unfilter_training.evaluation.scored import Scored
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.tables.table_4 import Row
from unfilter_training.losses import LossWeights


def row(name: str, kmac: float, approximation: float, restoration: float, operator: str = "l0") -> Row:
    scores = Scored(
        unfiltered_db=20,
        unfiltered_ssim=0.9,
        approximation_db=approximation,
        approximation_ssim=0.9,
        restoration_db=restoration,
        restoration_ssim=0.9,
        png_bytes=1,
    )
    return Row(
        recipe=name,
        group="ablation",
        operator=operator,
        budget="",
        photos=1,
        scores=scores,
        restoration_jpeg_80_db=30,
        kmac_forward=kmac / 2,
        kmac_inverse=kmac / 2,
    )


def test_the_front_is_of_what_no_cheaper_training_beats() -> None:
    rows = [row("small", 10, 28, 40), row("middle", 20, 27, 42), row("large", 40, 30, 42), row("rtv", 10, 50, 50, "rtv")]
    for figure, front in ((0, ["small", "large", "rtv"]), (1, ["small", "middle", "large", "rtv"])):
        assert [one.recipe for one in rows if pareto.on_front(rows, one, figure)] == front


def test_rows_are_the_trained_ablations_cheapest_first(
    study: Study, measured: Callable[[list[Cell]], dict[Cell, Value]], tmp_path: Path
) -> None:
    tiny, variable = study.subjects
    short = (
        replace(variable, label="ablation_b", group="ablation"),
        replace(tiny, label="ablation_a", group="ablation"),
        replace(tiny, label="baseline_c", group="baseline"),
    )
    two = replace(study, subjects=short)
    rows = pareto.rows(two, measured(list(pareto.cells(two))))
    assert [one.recipe for one in rows] == ["ablation_a", "ablation_b"]
    assert pareto.plot(rows, tmp_path) == ["quality_against_cost.png"]
    assert "`ablation_b`" in pareto.markdown(rows)


def test_ablations_of_losses_or_files_are_not_of_the_network(
    study: Study, measured: Callable[[list[Cell]], dict[Cell, Value]]
) -> None:
    tiny = study.subjects[0]
    recipe = tiny.description.recipe
    other = recipe.model_copy(update={"losses": LossWeights(restoration=0)})
    kinds = {"ablation_full": recipe, "ablation_10_kmac": recipe, "ablation_no_restoration": other}
    short = tuple(
        replace(tiny, label=name, group="ablation", description=tiny.description.model_copy(update={"recipe": one}))
        for name, one in kinds.items()
    )
    three = replace(study, subjects=short)
    rows = pareto.rows(three, measured(list(pareto.cells(three))))
    assert [one.recipe for one in rows] == ["ablation_10_kmac", "ablation_full"]


def test_without_ablations_it_says_so_and_draws_nothing(study: Study, tmp_path: Path) -> None:
    rows = pareto.rows(study, {})
    assert pareto.plot(rows, tmp_path) == []
    assert pareto.markdown(rows) == "No ablation was trained here."
