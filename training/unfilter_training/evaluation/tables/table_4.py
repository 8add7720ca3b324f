"""Table 4: ablations and baselines, each with the budget that it was trained for."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.carriers.jpeg import Jpeg
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.cost import cost
from unfilter_training.evaluation.markdown import db, quality, table
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.scored import Scored, scored, scored_cells
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.published import ABLATIONS, BASELINES

TITLE = "Table 4: ablations and baselines"
NOTE = (
    "**Short trainings**, each with its stated budget: they compare with each other at an equal one, not with the "
    "filters that ship nor with the paper's figures, which are of 100,000 steps. PNG: dB / SSIM. JPEG: restored dB, "
    "quality 80, 4:2:0. kMAC: thousand multiply-accumulates per pixel, forward / inverse."
)

JPEG = Jpeg(80, "4:2:0")


class Row(Record):
    """One short training; what was not trained here has no scores."""

    recipe: str
    group: str = Field(description="ablation or baseline")
    operator: str | None
    budget: str | None
    photos: int
    scores: Scored | None = Field(description="null where it was not trained here")
    restoration_jpeg_80_db: float | None = Field(description="through a JPEG of quality 80, 4:2:0")
    kmac_forward: float | None
    kmac_inverse: float | None


def short_trainings(study: Study) -> tuple[Subject, ...]:
    """The ablations, then the baselines."""
    return tuple(one for group in ("ablation", "baseline") for one in study.subjects if one.group == group)


def cells(study: Study) -> Iterator[Cell]:
    """See `tables`."""
    for subject in short_trainings(study):
        yield from scored_cells(subject, study.table_pictures)
        for picture in study.table_pictures:
            yield Passage(subject, picture, JPEG)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """The paper's in its order, whether they were trained here or not, and after each group's the others by name."""
    trained = {one.label: one for one in short_trainings(study)}
    found = []
    for group, papers in (("ablation", ABLATIONS), ("baseline", BASELINES)):
        others = sorted(one.label for one in trained.values() if one.group == group and one.label not in papers)
        for name in (*papers, *others):
            found.append(_row(study, measured, trained[name]) if name in trained else _absent(name, group))
    return tuple(found)


def _row(study: Study, measured: Measured, subject: Subject) -> Row:
    pictures, counted = study.table_pictures, cost(subject.description.network)
    return Row(
        recipe=subject.label,
        group=subject.group,
        operator=subject.description.recipe.operator,
        budget=subject.budget,
        photos=len(pictures),
        scores=scored(measured, subject, pictures),
        restoration_jpeg_80_db=mean(measured, [Passage(subject, p, JPEG) for p in pictures])["restoration_db"],
        kmac_forward=counted.forward,
        kmac_inverse=counted.inverse,
    )


def _absent(name: str, group: str) -> Row:
    nothing = dict.fromkeys(("operator", "budget", "scores", "restoration_jpeg_80_db", "kmac_forward", "kmac_inverse"))
    return Row(recipe=name, group=group, photos=0, **nothing)


def markdown(rows: Sequence[Row]) -> str:
    """See `tables`."""
    head = ("training", "budget", "approximation", "paper", "restored", "paper", "JPEG 80", "kMAC")
    return table(head, map(_line, rows))


def _line(row: Row) -> tuple[str, ...]:
    published = (ABLATIONS | BASELINES).get(row.recipe)
    approximation, restoration = "-", "-"
    if published:
        approximation = quality(published.approximation_db, published.approximation_ssim)
        restoration = quality(published.restoration_db, published.restoration_ssim)
    if row.scores is None:
        return (f"`{row.recipe}`", "not trained here", "-", approximation, "-", restoration, "-", "-")
    return (
        f"`{row.recipe}`",
        row.budget or "",
        quality(row.scores.approximation_db, row.scores.approximation_ssim),
        approximation,
        quality(row.scores.restoration_db, row.scores.restoration_ssim),
        restoration,
        db(row.restoration_jpeg_80_db),
        f"{row.kmac_forward:.1f} / {row.kmac_inverse:.1f}",
    )
