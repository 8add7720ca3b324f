"""Shared photos: what comes back after a site resized and recompressed them, beside the file that arrived."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter_training.chains import CHAINS, Chain
from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.markdown import db, table
from unfilter_training.evaluation.measurements.shared import Shared
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.study import Study, named

TITLE = "Shared"
NOTE = (
    "RGB PSNR in dB, mean over the photos: the photo restored at the size that arrives, and in brackets the file that "
    "arrived, both against the photo resized the same way; then the share of the photos whose filter is recognised by its "
    "mark. Files are JPEGs with 4:2:0 chroma; sizes change by Pillow's Lanczos filter unless the column says otherwise. "
    "These chains imitate sites; no site was asked."
)

ROWS: tuple[Chain, ...] = (
    Chain(90, 1.0, 75),
    *CHAINS,
    Chain(95, 0.6, 80, "bicubic"),
    Chain(85, 0.4, 85, "box"),
)


class Row(Record):
    """One filter through one chain."""

    filter: str
    chain: str
    photos: str
    restored_db: float = Field(description="the restored photo against the photo at that size")
    arrived_db: float = Field(description="the file that arrived against the same")
    recognised: float = Field(description="share of the photos in which the filter's mark is found, where it was put in")


def cells(study: Study) -> Iterator[Cell]:
    """See `tables`."""
    for subject in study.subjects:
        for chain in ROWS:
            for picture in study.curve_pictures:
                yield Shared(subject, picture, chain)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """See `tables`."""
    pictures = study.curve_pictures
    return tuple(
        Row(
            filter=subject.label,
            chain=chain.name,
            photos=named(pictures),
            **mean(measured, [Shared(subject, picture, chain) for picture in pictures]),
        )
        for subject in study.subjects
        for chain in ROWS
    )


def markdown(rows: Sequence[Row]) -> str:
    """See `tables`."""
    chains = list(dict.fromkeys(row.chain for row in rows))
    by_filter: dict[str, dict[str, str]] = {}
    for row in rows:
        by_filter.setdefault(row.filter, {})[row.chain] = (
            f"{db(row.restored_db)} ({db(row.arrived_db)}), {row.recognised:.0%}"
        )
    return table(["filter", *chains], ([f"`{name}`", *map(found.__getitem__, chains)] for name, found in by_filter.items()))
