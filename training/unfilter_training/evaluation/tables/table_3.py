"""Table 3: filters with hyper-parameters, at several values of each."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter.format.hyper_parameter import HyperParameter
from unfilter_training.evaluation.averages import Measured
from unfilter_training.evaluation.bench import Values
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.markdown import quality, table
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.scored import Scored, scored, scored_cells
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.published import HYPER_PARAMETERS

TITLE = "Table 3: hyper-parameters"
NOTE = (
    "Filters with hyper-parameters through PNG files, dB / SSIM: each at the ends of its range, in the middle and at "
    "its default, the others at theirs. The paper's LLF rows vary a parameter that our LLF does not have."
)


class Row(Record):
    """One filter with one hyper-parameter at one value."""

    filter: str
    operator: str
    parameter: str
    value: float
    photos: int
    scores: Scored = Field(description="the others at their defaults")


def settings(one: HyperParameter) -> tuple[float, ...]:
    """The values that one hyper-parameter is measured at, rising."""
    return tuple(sorted({one.low, one.default, float(f"{one.value(0.5):.6g}"), one.high}))


def cells(study: Study) -> Iterator[Cell]:
    """See `tables`."""
    for subject, _, _, values in _settings(study):
        yield from scored_cells(subject, study.table_pictures, values)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """See `tables`."""
    pictures = study.table_pictures
    return tuple(
        Row(
            filter=subject.label,
            operator=subject.description.recipe.operator,
            parameter=one.name,
            value=value,
            photos=len(pictures),
            scores=scored(measured, subject, pictures, values),
        )
        for subject, one, value, values in _settings(study)
    )


def _settings(study: Study) -> Iterator[tuple[Subject, HyperParameter, float, Values]]:
    for subject in study.filters:
        for one in subject.description.recipe.hyper_parameters:
            for value in settings(one):
                # The default is left unsaid, so that its cells are those of the other tables.
                yield subject, one, value, () if value == one.default else ((one.name, value),)


def markdown(rows: Sequence[Row]) -> str:
    """See `tables`."""
    if not rows:
        return "None of the filters has hyper-parameters."
    head = ("filter", "parameter", "unfiltered", "approximation", "paper", "restored", "paper", "photos")
    return table(head, map(_line, rows))


def _line(row: Row) -> tuple[str, ...]:
    published, scores = HYPER_PARAMETERS.get((row.operator, row.parameter, row.value)), row.scores
    return (
        f"`{row.filter}`",
        f"{row.parameter} {row.value:g}",
        quality(scores.unfiltered_db, scores.unfiltered_ssim),
        quality(scores.approximation_db, scores.approximation_ssim),
        quality(published.approximation_db, None) if published else "-",
        quality(scores.restoration_db, scores.restoration_ssim),
        quality(published.restoration_db, None) if published else "-",
        str(row.photos),
    )
