"""Quality against cost: the short trainings of one operator, by what they take per pixel."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from unfilter_training.evaluation.averages import Measured
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.curves.drawing import panels, save, style
from unfilter_training.evaluation.markdown import db, table
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.tables import table_4
from unfilter_training.evaluation.tables.table_4 import Row

TITLE = "Quality against cost"
NOTE = (
    "Short trainings of Table 4 that differ in the network alone, by thousand multiply-accumulates per pixel, the mean "
    "of both directions. A training that no cheaper one beats is on the *front*, for approximation (A), restoration "
    "from PNG (P) and from JPEG 80 (J)."
)

_FIGURES = (("A", "approximation"), ("P", "restored from PNG"), ("J", "restored from JPEG 80, 4:2:0"))


def cells(study: Study) -> Iterator[Cell]:
    """See `curves`."""
    yield from table_4.cells(study)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """Rows of Table 4 that were trained, of ablations of the network, cheapest first."""
    names = _of_network(study)
    trained = [row for row in table_4.rows(study, measured) if row.recipe in names and row.scores]
    return tuple(sorted(trained, key=lambda row: (_kmac(row), row.recipe)))


def _of_network(study: Study) -> set[str]:
    """Ablations with the losses and files of `ablation_full`; all of them where that was not trained."""
    ablations = {one.label: one.description.recipe for one in study.subjects if one.group == "ablation"}
    full = ablations.get("ablation_full")
    return {
        name
        for name, recipe in ablations.items()
        if full is None or (recipe.losses, recipe.degradation) == (full.losses, full.degradation)
    }


def _kmac(row: Row) -> float:
    return ((row.kmac_forward or 0) + (row.kmac_inverse or 0)) / 2


def _decibels(row: Row) -> tuple[float, ...]:
    assert row.scores is not None and row.restoration_jpeg_80_db is not None
    return row.scores.approximation_db, row.scores.restoration_db, row.restoration_jpeg_80_db


def on_front(rows: Sequence[Row], row: Row, figure: int) -> bool:
    """Whether no training of the same operator that costs at most as much has more decibels in that figure."""
    own = _decibels(row)[figure]
    rivals = (other for other in rows if other.operator == row.operator and _kmac(other) <= _kmac(row))
    return all(_decibels(other)[figure] <= own for other in rivals)


def markdown(rows: Sequence[Row]) -> str:
    """See `curves`."""
    if not rows:
        return "No ablation was trained here."
    head = ("training", "kMAC", *(name for _, name in _FIGURES), "on the front")
    lines = []
    for row in rows:
        front = " ".join(letter for index, (letter, _) in enumerate(_FIGURES) if on_front(rows, row, index))
        lines.append((f"`{row.recipe}`", f"{_kmac(row):.1f}", *map(db, _decibels(row)), front or "-"))
    return table(head, lines)


def plot(rows: Sequence[Row], folder: Path) -> list[str]:
    """See `curves`; nothing where nothing was trained."""
    if not rows:
        return []
    figure, axes = panels(len(_FIGURES), width=5.2)
    for index, (one, (_, name)) in enumerate(zip(axes, _FIGURES, strict=True)):
        for row in rows:
            # Many cost the same; names of all would hide one another.
            wins = on_front(rows, row, index)
            look = style(index) | ({} if wins else {"color": "#BBBBBB", "zorder": 1})
            place = (_kmac(row), _decibels(row)[index])
            one.plot(*place, **look | {"linestyle": ""})
            if not wins and row.recipe != "ablation_full":
                continue
            one.annotate(row.recipe.removeprefix("ablation_"), place, (4, 3), textcoords="offset points", fontsize=7)
        for operator in sorted({row.operator or "" for row in rows}):
            front = [row for row in rows if row.operator == operator and on_front(rows, row, index)]
            points = [(_kmac(row), _decibels(row)[index]) for row in front]
            one.step(*zip(*points, strict=True), where="post", color="#666666", linewidth=1, label=f"front of {operator}")
        one.set(title=name, xlabel="kMAC per pixel, mean of both directions", ylabel="PSNR in dB")
        one.set_xlim(0, 1.25 * max(map(_kmac, rows)))  # room for the names
        one.legend(fontsize=8)
    return [save(figure, folder / "quality_against_cost.png")]
