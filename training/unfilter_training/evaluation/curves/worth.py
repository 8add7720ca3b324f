"""What to use when: ours beside payloads in low bits and in metadata, by bytes, look, restored photo, and what survives."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.curves.drawing import COLOURS, panels, save
from unfilter_training.evaluation.markdown import db, table
from unfilter_training.evaluation.measurements.worth import LOST, Worth
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.study import Study, named
from unfilter_training.evaluation.ways import Way
from unfilter_training.evaluation.ways.events import EVENTS
from unfilter_training.evaluation.ways.low_bits import LowBits
from unfilter_training.evaluation.ways.ours import Network
from unfilter_training.evaluation.ways.segment import Segment

TITLE = "Worth its bytes: ours beside payloads"
NOTE = (
    "Bits per pixel of the one file; *look* is its picture against the operator's output, *restored* what comes back of the "
    "photo, and then what comes back after its metadata were stripped, a lossless conversion, another JPEG (80, 4:2:0), and "
    "resizing (x 0.75, JPEG 85; against the photo resized alike). RGB PSNR in dB, means over the photos; *lost*: nothing "
    "comes back, of at least one photo. Payloads stand in the operator's own output and need no network (R25 of "
    "sdk/format/RULES.md; a JUMBF segment)."
)

WAYS: tuple[Way, ...] = (
    Network(".png"),
    Network(".jpg"),
    Network(".jpg", 2.0),
    *(LowBits(quality) for quality in (50, 70, 85, 95)),
    LowBits(None),
    Segment("AVIF", 60),
    Segment("AVIF", 80),
    Segment("HEIC", 70),
    Segment("JPEG", 90),
)
_KINDS = {Network: "network", LowBits: "payload in low bits", Segment: "payload in metadata"}


class Row(Record):
    """One filter saved in one way. Decibels; null is lost."""

    filter: str
    way: str
    kind: str = Field(description="network, payload in low bits, or payload in metadata")
    photos: str
    bpp: float
    distance_db: float = Field(description="the file's picture against the operator's output")
    restored_db: float
    stripped_db: float | None = Field(description="restored after all metadata were stripped")
    converted_db: float | None = Field(description="after a lossless conversion")
    jpeg_db: float | None = Field(description="after another JPEG, quality 80, 4:2:0")
    resized_db: float | None = Field(description="after resizing by 0.75 and a JPEG of quality 85, at that size")


def cells(study: Study) -> Iterator[Cell]:
    """See `curves`."""
    for picture in study.curve_pictures:
        for subject in study.filters:
            for way in WAYS:
                yield Worth(subject, picture, way)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """See `curves`."""
    pictures = study.curve_pictures
    found = []
    for subject in study.filters:
        for way in WAYS:
            of_each = [measured[Worth(subject, picture, way)] for picture in pictures]
            means = mean(measured, [Worth(subject, picture, way) for picture in pictures])
            left = {
                f"{name}_db": None if any(value[f"{name}_db"] == LOST for value in of_each) else means[f"{name}_db"]
                for name in EVENTS
            }
            found.append(
                Row(
                    filter=subject.label,
                    way=way.name,
                    kind=_KINDS[type(way)],
                    photos=named(tuple(pictures)),
                    bpp=sum(8 * value["bytes"] / value["pixels"] for value in of_each) / len(of_each),
                    distance_db=means["distance_db"],
                    restored_db=means["restored_db"],
                    **left,
                )
            )
    return tuple(found)


def markdown(rows: Sequence[Row]) -> str:
    """See `curves`."""
    head = ("filter", "file", "bits per pixel", "look", "restored", *(event.name for event in EVENTS.values()))
    return table(head, map(_line, rows))


def _line(row: Row) -> tuple[str, ...]:
    left = ("**lost**" if value is None else _db(value) for value in (getattr(row, f"{name}_db") for name in EVENTS))
    return (f"`{row.filter}`", row.way, db(row.bpp), _db(row.distance_db), _db(row.restored_db), *left)


def _db(value: float) -> str:
    return "exact" if value == float("inf") else f"{value:.1f}"


def plot(rows: Sequence[Row], folder: Path) -> list[str]:
    """Restored dB over bits per pixel, as saved, and after a JPEG: whatever sank to the floor is lost."""
    return [
        _plot_one([row for row in rows if row.filter == name], name, folder)
        for name in dict.fromkeys(r.filter for r in rows)
    ]


_TOP, _FLOOR = 60.0, 8.0


def _plot_one(rows: Sequence[Row], name: str, folder: Path) -> str:
    figure, axes = panels(2, width=5.2)
    for one, field, title in zip(
        axes, ("restored_db", "jpeg_db"), ("as it was saved", "after somebody saved it as JPEG again"), strict=True
    ):
        for index, kind in enumerate(dict.fromkeys(row.kind for row in rows)):
            some = sorted((row for row in rows if row.kind == kind), key=lambda row: row.bpp)
            levels = [_FLOOR if (value := getattr(row, field)) is None else min(value, _TOP) for row in some]
            marker = ("o", "s", "^")[index]
            one.plot([row.bpp for row in some], levels, marker, color=COLOURS[index], label=kind, markersize=7)
        one.axhspan(0, _FLOOR + 3, color=COLOURS[1], alpha=0.08)
        one.text(0.98, 0.02, "lost", transform=one.transAxes, ha="right", va="bottom", fontsize=9)
        one.set(title=title, xlabel="all bytes, bits per pixel", ylabel="restored photo, PSNR in dB", ylim=(0, _TOP + 3))
    axes[1].legend(fontsize=8, loc="upper right")
    figure.suptitle(f"{name}: what comes back for which bytes ({_TOP:.0f} dB stands for every byte)")
    return save(figure, folder / f"worth_{name}.png")
