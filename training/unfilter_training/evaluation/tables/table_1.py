"""Table 1: every filter through PNG files, beside the paper's method."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.markdown import kilobytes, quality, table
from unfilter_training.evaluation.measurements.kept_original import KeptOriginal
from unfilter_training.evaluation.measurements.plain_file import PlainFile
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.scored import Scored, scored, scored_cells
from unfilter_training.evaluation.study import Study, named
from unfilter_training.published import PUBLISHED

TITLE = "Table 1: filters through PNG files"
NOTE = (
    "RGB PSNR in dB, mean of per-photo values, and SSIM (11 x 11 Gaussian, sigma 1.5; the paper's SSIM has a window "
    "of its own). *Unfiltered* is the photo itself against the operator's output: what doing nothing scores. The "
    "columns *paper* are its method's on its FiveK test set. Sizes are means per photo in kB (1,000 bytes): the "
    "filtered file, the operator's output, and the photo, all as PNG."
)


class Row(Record):
    """One filter."""

    filter: str
    photos: str = Field(description="sets and counts")
    scores: Scored
    plain_png_bytes: float = Field(description="size of the operator's output as PNG")
    original_png_bytes: float = Field(description="size of the photo as PNG")


def cells(study: Study) -> Iterator[Cell]:
    """See `tables`."""
    for subject in study.filters:
        yield from scored_cells(subject, study.table_pictures)
        for picture in study.table_pictures:
            yield PlainFile(subject, picture, Png())
            yield KeptOriginal(picture, Png())


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """See `tables`."""
    pictures = study.table_pictures
    return tuple(
        Row(
            filter=subject.label,
            photos=named(pictures),
            scores=scored(measured, subject, pictures),
            plain_png_bytes=mean(measured, [PlainFile(subject, p, Png()) for p in pictures])["bytes"],
            original_png_bytes=mean(measured, [KeptOriginal(p, Png()) for p in pictures])["bytes"],
        )
        for subject in study.filters
    )


def markdown(rows: Sequence[Row]) -> str:
    """See `tables`."""
    head = ("filter", "unfiltered", "approximation", "paper", "restored", "paper", "kB", "plain kB", "photo kB", "photos")
    return table(head, map(_line, rows))


def _line(row: Row) -> tuple[str, ...]:
    published, scores = PUBLISHED.get(row.filter), row.scores
    return (
        f"`{row.filter}`",
        quality(scores.unfiltered_db, scores.unfiltered_ssim),
        quality(scores.approximation_db, scores.approximation_ssim),
        quality(published.approximation_db, published.approximation_ssim) if published else "-",
        quality(scores.restoration_db, scores.restoration_ssim),
        quality(published.restoration_db, published.restoration_ssim) if published else "-",
        kilobytes(scores.png_bytes),
        kilobytes(row.plain_png_bytes),
        kilobytes(row.original_png_bytes),
        row.photos,
    )
