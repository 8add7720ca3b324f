"""What a rate term in the loss gains: bytes of the filtered file at equal restoration."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.carriers import Carrier
from unfilter_training.evaluation.carriers.jpeg import Jpeg
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.curves.drawing import panels, save, style
from unfilter_training.evaluation.curves.rate import bytes_at
from unfilter_training.evaluation.markdown import ABSENT, db, kilobytes, table
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.study import Study, named
from unfilter_training.evaluation.subjects import Subject

TITLE = "The rate term"
NOTE = (
    "Short trainings for L0 whose loss weighs the estimated bits of the file, beside `ablation_full`, whose loss does "
    "not. *Bytes at equal restoration*: what the training's own JPEG takes where it restores as many dB as the JPEG of "
    "`ablation_full` in that row, on a curve through the means that is straight in log bytes over dB; above 0 % it is "
    "larger. A PNG has no quality to turn: there, bytes and decibels change together."
)

REFERENCE, PREFIX = "ablation_full", "ablation_rate_"

JPEGS = tuple(Jpeg(quality, "4:2:0") for quality in (60, 70, 80, 90, 95))
COMPARED = JPEGS[1:4]
"""Those whose decibels the others are held against: inside the curves, so that both ends have room."""

SERIES: dict[str, tuple[Carrier, ...]] = {"JPEG 4:2:0": JPEGS, "PNG": (Png(),)}


class Row(Record):
    """One training in one kind of file."""

    recipe: str
    budget: str
    series: str
    carrier: str
    photos: str
    approximation_db: float
    approximation_ssim: float
    restoration_db: float
    restoration_ssim: float
    bytes: float
    bytes_at_equal_restoration: float | None = Field(
        description="where it restores what the reference restores through this carrier; null off its curve, for PNG, and "
        "at the ends of the curve"
    )
    reference_bytes: float = Field(description="of the reference through this carrier")


def _trainings(study: Study) -> tuple[Subject, ...]:
    """The reference first; nothing without it, or without another."""
    reference = [one for one in study.subjects if one.label == REFERENCE]
    others = sorted((one for one in study.subjects if one.label.startswith(PREFIX)), key=lambda one: one.label)
    return (*reference, *others) if reference and others else ()


def cells(study: Study) -> Iterator[Cell]:
    """See `curves`."""
    for subject in _trainings(study):
        for carriers in SERIES.values():
            for carrier in carriers:
                for picture in study.curve_pictures:
                    yield Passage(subject, picture, carrier)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """Training by training, the reference first."""
    pictures, trainings, found = study.curve_pictures, _trainings(study), []

    def through(subject: Subject, carrier: Carrier) -> dict[str, float]:
        return mean(measured, [Passage(subject, picture, carrier) for picture in pictures])

    for subject in trainings:
        curve = [(one["restoration_db"], one["bytes"]) for one in (through(subject, jpeg) for jpeg in JPEGS)]
        for series, carriers in SERIES.items():
            for carrier in carriers:
                reference = through(trainings[0], carrier)
                equal = bytes_at(curve, reference["restoration_db"]) if carrier in COMPARED else None
                found.append(
                    Row(
                        recipe=subject.label,
                        budget=subject.budget,
                        series=series,
                        carrier=carrier.name,
                        photos=named(pictures),
                        bytes_at_equal_restoration=equal,
                        reference_bytes=reference["bytes"],
                        **through(subject, carrier),
                    )
                )
    return tuple(found)


def markdown(rows: Sequence[Row]) -> str:
    """See `curves`."""
    if not rows:
        return f"Not trained here: `{REFERENCE}` and some `{PREFIX}*`."
    head = ("training", "file", "approximation", "restored", "kB", "bytes", "bytes at equal restoration")
    budgets = "; ".join(dict.fromkeys(row.budget for row in rows))
    return f"Budget of each: {budgets}. Photos: {rows[0].photos}.\n\n{table(head, map(_line, rows))}"


def _line(row: Row) -> tuple[str, ...]:
    reference = row.recipe == REFERENCE
    return (
        f"`{row.recipe}`",
        row.carrier,
        db(row.approximation_db),
        db(row.restoration_db),
        kilobytes(row.bytes),
        ABSENT if reference else _more(row.bytes, row.reference_bytes),
        ABSENT if reference else _more(row.bytes_at_equal_restoration, row.reference_bytes),
    )


def _more(size: float | None, reference: float) -> str:
    return ABSENT if size is None else f"{100 * (size / reference - 1):+.1f} %"


def plot(rows: Sequence[Row], folder: Path) -> list[str]:
    """Restoration and approximation over bytes; nothing where nothing was trained."""
    if not rows:
        return []
    figure, axes = panels(3)
    for index, name in enumerate(dict.fromkeys(row.recipe for row in rows)):
        label = name.removeprefix("ablation_")
        for one, (series, measure) in zip(axes, _PANELS, strict=True):
            some = [row for row in rows if (row.recipe, row.series) == (name, series)]
            one.plot(
                [row.bytes / 1000 for row in some], [getattr(row, measure) for row in some], label=label, **style(index)
            )
    for one, (series, measure) in zip(axes, _PANELS, strict=True):
        what = "restored photo" if measure == "restoration_db" else "filtered file"
        one.set(title=f"{series}: {what}", xlabel="filtered file, kB per photo", ylabel="PSNR in dB")
        one.legend(fontsize=8)
    return [save(figure, folder / "rate_term.png")]


_PANELS = (("JPEG 4:2:0", "restoration_db"), ("JPEG 4:2:0", "approximation_db"), ("PNG", "restoration_db"))
