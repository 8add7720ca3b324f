"""What may happen to a filtered file on its way, and what is restored after it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.carriers import Carrier
from unfilter_training.evaluation.carriers.jpeg import Jpeg, JpegTwice
from unfilter_training.evaluation.carriers.newer_codecs import Avif, WebP
from unfilter_training.evaluation.carriers.other_jpeg import MozJpeg, ReadByLibjpeg9
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.carriers.resized import Resized
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.curves.drawing import legend_outside, panels, save, style
from unfilter_training.evaluation.markdown import db, table
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.study import Study, named

TITLE = "Robustness"
NOTE = (
    "Restored RGB PSNR in dB, mean over the photos, after the filtered file was saved so, and nothing else. JPEG "
    "files are written and read by libjpeg-turbo unless the row says otherwise; mozjpeg is another encoder, libjpeg 9 "
    "another decoder (4:2:0 chroma by a scaled DCT). WebP's and AVIF's qualities are scales of their own. AVIF is "
    "4:2:0, as WebP is."
)

QUALITIES = (50, 60, 70, 80, 85, 90, 95, 98)
OTHER_QUALITIES = (50, 70, 80, 90, 95)
NEWER_QUALITIES = (50, 70, 80, 90, 95, 100)
FIRST_QUALITIES, SECOND_QUALITIES = (80, 90), (70, 80, 90, 95)

SERIES: dict[str, dict[int, Carrier]] = {
    "JPEG 4:2:0": {quality: Jpeg(quality, "4:2:0") for quality in QUALITIES},
    "JPEG 4:4:4": {quality: Jpeg(quality, "4:4:4") for quality in QUALITIES},
    "mozjpeg 4:2:0": {quality: MozJpeg(quality) for quality in OTHER_QUALITIES},
    "JPEG 4:2:0 read by libjpeg 9": {quality: ReadByLibjpeg9(quality) for quality in OTHER_QUALITIES},
    **{
        f"JPEG {first} 4:2:0, then again": {
            second: JpegTwice(Jpeg(first, "4:2:0"), Jpeg(second, "4:2:0")) for second in SECOND_QUALITIES
        }
        for first in FIRST_QUALITIES
    },
    "WebP": {quality: WebP(quality) for quality in NEWER_QUALITIES},
    "AVIF 4:2:0": {quality: Avif(quality) for quality in NEWER_QUALITIES},
}
"""Carriers by quality; of two JPEG files, the second's."""

SINGLE: dict[str, Carrier] = {"PNG": Png(), "PNG at 75 % and back": Resized(75)}

_PANELS = (
    ("one JPEG", ("JPEG 4:2:0", "JPEG 4:4:4", "mozjpeg 4:2:0", "JPEG 4:2:0 read by libjpeg 9")),
    ("two JPEGs, 4:2:0", ("JPEG 4:2:0", *(f"JPEG {first} 4:2:0, then again" for first in FIRST_QUALITIES))),
    ("other codecs", ("WebP", "AVIF 4:2:0")),
)


class Row(Record):
    """One filter through one carrier."""

    filter: str
    series: str = Field(description="carriers that differ in quality alone")
    quality: int | None = Field(description="null where the carrier has none")
    carrier: str
    photos: str
    approximation_db: float = Field(description="what was read from the file against the operator's output")
    approximation_ssim: float
    restoration_db: float
    restoration_ssim: float
    bytes: float


def carriers() -> Iterator[tuple[str, int | None, Carrier]]:
    """All, with their series and quality."""
    for name, carrier in SINGLE.items():
        yield name, None, carrier
    for series, by_quality in SERIES.items():
        for quality, carrier in by_quality.items():
            yield series, quality, carrier


def cells(study: Study) -> Iterator[Cell]:
    """See `curves`."""
    for subject in study.filters:
        for _, _, carrier in carriers():
            for picture in study.curve_pictures:
                yield Passage(subject, picture, carrier)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """See `curves`."""
    pictures = study.curve_pictures
    return tuple(
        Row(
            filter=subject.label,
            series=series,
            quality=quality,
            carrier=carrier.name,
            photos=named(pictures),
            **mean(measured, [Passage(subject, p, carrier) for p in pictures]),
        )
        for subject in study.filters
        for series, quality, carrier in carriers()
    )


def markdown(rows: Sequence[Row]) -> str:
    """See `curves`."""
    filters = list(dict.fromkeys(row.filter for row in rows))
    restored: dict[str, dict[str, float]] = {}
    for row in rows:
        restored.setdefault(row.carrier, {})[row.filter] = row.restoration_db
    lines = ([carrier, *(db(by_filter.get(name)) for name in filters)] for carrier, by_filter in restored.items())
    return table(["file", *(f"`{name}`" for name in filters)], lines)


def plot(rows: Sequence[Row], folder: Path) -> list[str]:
    """One picture per filter, and one that holds all filters' JPEG curves."""
    filters = list(dict.fromkeys(row.filter for row in rows))
    return [_all_filters(rows, filters, folder), *(_one_filter(rows, name, folder) for name in filters)]


def _one_filter(rows: Sequence[Row], name: str, folder: Path) -> str:
    own = [row for row in rows if row.filter == name]
    single = {row.carrier: row.restoration_db for row in own if row.quality is None}
    figure, axes = panels(len(_PANELS))
    for one, (title, series) in zip(axes, _PANELS, strict=True):
        for index, wanted in enumerate(series):
            points = [(row.quality, row.restoration_db) for row in own if row.series == wanted]
            one.plot(*zip(*points, strict=True), label=wanted, **style(index))
        resized = single["PNG at 75 % and back"]
        one.axhline(resized, color="#666666", linewidth=1, linestyle=(0, (5, 3)), label="PNG at 75 % and back")
        one.set(title=title, xlabel="quality of the (last) file", ylabel="restored photo, PSNR in dB")
        one.legend(fontsize=8)
    figure.suptitle(f"{name}: what comes back (from an untouched PNG: {single['PNG']:.1f} dB)")
    return save(figure, folder / f"robustness_{name}.png")


def _all_filters(rows: Sequence[Row], filters: Sequence[str], folder: Path) -> str:
    figure, axes = panels(2, width=5.5, height=4.5)
    for one, series in zip(axes, ("JPEG 4:2:0", "JPEG 4:4:4"), strict=True):
        for index, name in enumerate(filters):
            points = [(row.quality, row.restoration_db) for row in rows if (row.filter, row.series) == (name, series)]
            one.plot(*zip(*points, strict=True), label=name, **style(index))
        one.set(title=series, xlabel="JPEG quality", ylabel="restored photo, PSNR in dB")
    axes[1].sharey(axes[0])
    legend_outside(figure, axes[0])
    return save(figure, folder / "robustness_jpeg.png")
