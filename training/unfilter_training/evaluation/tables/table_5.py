"""Table 5: restoration from JPEG files."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter.photo import Subsampling
from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.carriers.jpeg import Jpeg
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.markdown import kilobytes, quality, table
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.measurements.plain_file import PlainFile
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.study import Study
from unfilter_training.published import JPEG_RESTORATION
from unfilter_training.scoring import JPEG_QUALITIES

TITLE = "Table 5: filters through JPEG files"
NOTE = (
    "dB / SSIM. The paper gives L0 alone, trained for JPEG, and no chroma subsampling. Sizes are means per photo in "
    "kB: the filtered file, and the operator's output as the same kind of JPEG."
)

CARRIERS = tuple(Jpeg(quality, chroma) for chroma in ("4:2:0", "4:4:4") for quality in JPEG_QUALITIES)


class Row(Record):
    """One filter through one kind of JPEG."""

    filter: str
    operator: str
    quality: int
    subsampling: Subsampling
    photos: int
    approximation_db: float = Field(description="the JPEG as read against the operator's output")
    approximation_ssim: float
    restoration_db: float
    restoration_ssim: float
    bytes: float
    plain_bytes: float = Field(description="size of the operator's output as the same kind of JPEG")


def cells(study: Study) -> Iterator[Cell]:
    """See `tables`."""
    for subject in study.filters:
        for carrier in CARRIERS:
            for picture in study.table_pictures:
                yield Passage(subject, picture, carrier)
                yield PlainFile(subject, picture, carrier)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """See `tables`."""
    pictures = study.table_pictures
    return tuple(
        Row(
            filter=subject.label,
            operator=subject.description.recipe.operator,
            quality=carrier.quality,
            subsampling=carrier.subsampling,
            photos=len(pictures),
            plain_bytes=mean(measured, [PlainFile(subject, p, carrier) for p in pictures])["bytes"],
            **mean(measured, [Passage(subject, p, carrier) for p in pictures]),
        )
        for subject in study.filters
        for carrier in CARRIERS
    )


def markdown(rows: Sequence[Row]) -> str:
    """See `tables`."""
    head = ("filter", "JPEG", "approximation", "restored", "paper", "kB", "plain kB", "photos")
    return table(head, map(_line, rows))


def _line(row: Row) -> tuple[str, ...]:
    return (
        f"`{row.filter}`",
        f"{row.quality} {row.subsampling}",
        quality(row.approximation_db, row.approximation_ssim),
        quality(row.restoration_db, row.restoration_ssim),
        quality(*JPEG_RESTORATION[row.quality]) if row.operator == "l0" else "-",
        kilobytes(row.bytes),
        kilobytes(row.plain_bytes),
        str(row.photos),
    )
