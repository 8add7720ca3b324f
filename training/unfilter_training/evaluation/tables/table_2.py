"""Table 2: the same filters on each set of photos, whatever they were trained on."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter_training.evaluation.averages import Measured
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.markdown import quality, table
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.scored import Scored, scored, scored_cells
from unfilter_training.evaluation.study import Study
from unfilter_training.published import CROSS_DATASET

TITLE = "Table 2: across photo sets"
NOTE = (
    "Through PNG files, dB / SSIM. None of the sets was trained on, unless a filter's card says so. The paper's "
    "figures are of its method trained on FiveK. A collection that the paper has and that was not given is *not "
    "present*: it is the user's to fetch (docs/photo_sets.md)."
)

PAPERS = ("fivek", "raise")
"""Layouts of the paper's collections, which get a row in any case."""


class Row(Record):
    """One filter on one set; `scores` is None where the set is not present."""

    filter: str
    operator: str
    photos: str
    layout: str
    count: int
    scores: Scored | None = Field(description="null where the set is not present")


def cells(study: Study) -> Iterator[Cell]:
    """See `tables`."""
    for subject in study.filters:
        for one in study.sets:
            yield from scored_cells(subject, one.pictures)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """See `tables`."""
    absent = [layout for layout in PAPERS if layout not in {one.layout for one in study.sets}]
    found = []
    for subject in study.filters:
        named = {"filter": subject.label, "operator": subject.description.recipe.operator}
        for one in study.sets:
            scores = scored(measured, subject, one.pictures)
            found.append(Row(photos=one.name, layout=one.layout, count=len(one.pictures), scores=scores, **named))
        found += [Row(photos=layout, layout=layout, count=0, scores=None, **named) for layout in absent]
    return tuple(found)


def markdown(rows: Sequence[Row]) -> str:
    """See `tables`."""
    head = ("filter", "photos", "unfiltered", "approximation", "paper", "restored", "paper")
    return table(head, map(_line, rows))


def _line(row: Row) -> tuple[str, ...]:
    published, scores = CROSS_DATASET.get((row.operator, row.layout)), row.scores
    papers = ("-", "-")
    if published:
        papers = (
            quality(published.approximation_db, published.approximation_ssim),
            quality(published.restoration_db, published.restoration_ssim),
        )
    ours = ("not present",) * 3
    if scores:
        ours = (
            quality(scores.unfiltered_db, scores.unfiltered_ssim),
            quality(scores.approximation_db, scores.approximation_ssim),
            quality(scores.restoration_db, scores.restoration_ssim),
        )
    count = f" ({row.count})" if row.count else ""
    return (f"`{row.filter}`", f"{row.photos}{count}", ours[0], ours[1], papers[0], ours[2], papers[1])
