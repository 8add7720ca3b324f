"""Compression-aware training: what seeing JPEG files in training is worth, and which kind of JPEG."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.markdown import db, quality, table
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.scored import Scored, scored, scored_cells
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.evaluation.tables import table_5
from unfilter_training.scoring import JPEG_QUALITIES

TITLE = "Compression-aware training"
NOTE = (
    "Three short trainings for L0 that differ in the files they saw alone. PNG: dB / SSIM; JPEG: restored dB. The "
    "paper trains through the real codec, its gradient straight through."
)

SEEN = {
    "ablation_no_compression": "rounding alone",
    "ablation_straight_through": "rounding, real JPEG with a straight-through gradient",
    "ablation_full": "rounding, simulated and real JPEG",
}
"""What each training saw, by its recipe."""


class Row(Record):
    """One short training."""

    recipe: str
    seen: str = Field(description="files that the training saw, in words")
    budget: str
    photos: int
    scores: Scored
    restoration_jpeg_420_db: tuple[float, ...] = Field(description="through JPEG 70, 80 and 90, 4:2:0")
    restoration_jpeg_444_db: tuple[float, ...] = Field(description="the same, 4:4:4")


def _trainings(study: Study) -> tuple[Subject, ...]:
    return tuple(one for name in SEEN for one in study.subjects if one.label == name)


def cells(study: Study) -> Iterator[Cell]:
    """See `tables`."""
    for subject in _trainings(study):
        yield from scored_cells(subject, study.table_pictures)
        for picture in study.table_pictures:
            for carrier in table_5.CARRIERS:
                yield Passage(subject, picture, carrier)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """Those that were trained, in the order of `SEEN`."""
    pictures, found = study.table_pictures, []
    for subject in _trainings(study):
        restored: dict[str, tuple[float, ...]] = {"4:2:0": (), "4:4:4": ()}
        for carrier in table_5.CARRIERS:
            passages = [Passage(subject, picture, carrier) for picture in pictures]
            restored[carrier.subsampling] += (mean(measured, passages)["restoration_db"],)
        found.append(
            Row(
                recipe=subject.label,
                seen=SEEN[subject.label],
                budget=subject.budget,
                photos=len(pictures),
                scores=scored(measured, subject, pictures),
                restoration_jpeg_420_db=restored["4:2:0"],
                restoration_jpeg_444_db=restored["4:4:4"],
            )
        )
    return tuple(found)


def markdown(rows: Sequence[Row]) -> str:
    """See `tables`."""
    if not rows:
        return f"Not trained here: {', '.join(f'`{name}`' for name in SEEN)}."
    qualities = " / ".join(map(str, JPEG_QUALITIES))
    head = ("training", "saw", "budget", "approximation", "PNG", f"JPEG {qualities}, 4:2:0", "the same, 4:4:4")
    return table(head, map(_line, rows))


def _line(row: Row) -> tuple[str, ...]:
    return (
        f"`{row.recipe}`",
        row.seen,
        row.budget,
        quality(row.scores.approximation_db, row.scores.approximation_ssim),
        quality(row.scores.restoration_db, row.scores.restoration_ssim),
        " / ".join(map(db, row.restoration_jpeg_420_db)),
        " / ".join(map(db, row.restoration_jpeg_444_db)),
    )
