"""What a restorable file is worth: its bytes, beside a plain filtered file and the original kept as AVIF."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import Field

from unfilter.photo import Subsampling
from unfilter_training.evaluation.averages import Measured
from unfilter_training.evaluation.carriers import Carrier
from unfilter_training.evaluation.carriers.jpeg import Jpeg
from unfilter_training.evaluation.carriers.newer_codecs import Avif, WebP
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.curves.file_size_plots import ALL, plot_all, plot_one
from unfilter_training.evaluation.curves.rate import bytes_at
from unfilter_training.evaluation.markdown import db, table
from unfilter_training.evaluation.measurements.kept_original import KeptOriginal
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.measurements.plain_file import PlainFile
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.study import Study, named
from unfilter_training.evaluation.subjects import Subject

TITLE = "What a restorable file is worth"
NOTE = (
    "Bits per pixel, mean over the photos. *Ours* is the one file that both shows the filter and restores to "
    "*restored* dB. The alternative is two files: the operator's output as the same kind of file (*plain*), and the "
    "original as AVIF of the same dB, interpolated on each photo's own rate curve. Where a photo's AVIF does not "
    "reach that dB, *kept original* counts its lossless WebP. *Ours / alternative* below 1: the restorable file is "
    "smaller. What bytes do not show: the plain file is the operator's output, which ours approximates (Tables 1 and 5)."
)

QUALITIES = (50, 60, 70, 80, 90, 95, 98)
AVIF_QUALITIES = (10, 30, 40, 50, 60, 70, 80, 85, 90, 95, 98, 100)

SERIES: dict[str, tuple[Carrier, ...]] = {
    "JPEG 4:2:0": tuple(Jpeg(quality, "4:2:0") for quality in QUALITIES),
    "JPEG 4:4:4": tuple(Jpeg(quality, "4:4:4") for quality in QUALITIES),
    "PNG": (Png(),),
}

_LOSSLESS = WebP(None)


class Row(Record):
    """One filter, or the mean of all, in one kind of file. Bits per pixel."""

    filter: str
    series: str
    carrier: str
    photos: str
    restoration_db: float
    ours_bpp: float
    plain_bpp: float = Field(description="the operator's output in the same kind of file")
    avif_420_bpp: float | None = Field(
        description="the original as AVIF 4:2:0 at that dB; null where a photo's does not reach it"
    )
    avif_444_bpp: float | None = Field(description="the same as AVIF 4:4:4")
    kept_bpp: float = Field(
        description="the original as whichever AVIF is smaller, or lossless WebP where neither reaches it"
    )
    ratio: float = Field(description="ours / (plain + kept), both means over the photos")


def cells(study: Study) -> Iterator[Cell]:
    """See `curves`."""
    for picture in study.curve_pictures:
        yield KeptOriginal(picture, _LOSSLESS)
        for subsampling in ("4:2:0", "4:4:4"):
            for quality in AVIF_QUALITIES:
                yield KeptOriginal(picture, Avif(quality, subsampling))
        for subject in study.filters:
            for carriers in SERIES.values():
                for carrier in carriers:
                    yield Passage(subject, picture, carrier)
                    yield PlainFile(subject, picture, carrier)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """Filter by filter, then the means over the filters, where there are several."""
    found = [
        _row(subject, series, carrier, study.curve_pictures, measured)
        for subject in study.filters
        for series, carriers in SERIES.items()
        for carrier in carriers
    ]
    if len(study.filters) > 1:
        by_carrier: dict[str, list[Row]] = {}
        for row in found:
            by_carrier.setdefault(row.carrier, []).append(row)
        found += [_over_filters(some) for some in by_carrier.values()]
    return tuple(found)


def _row(subject: Subject, series: str, carrier: Carrier, pictures: Sequence[Picture], measured: Measured) -> Row:
    of_each = []
    for picture in pictures:
        original = measured[KeptOriginal(picture, _LOSSLESS)]
        passage = measured[Passage(subject, picture, carrier)]
        restored = passage["restoration_db"]
        avif_420, avif_444 = (_avif(picture, chroma, restored, measured) for chroma in ("4:2:0", "4:4:4"))
        kept = min((size for size in (avif_420, avif_444) if size is not None), default=original["bytes"])
        plain = measured[PlainFile(subject, picture, carrier)]["bytes"]
        sizes = {"ours": passage["bytes"], "plain": plain, "kept": kept, "avif_420": avif_420, "avif_444": avif_444}
        bits = {f"{name}_bpp": None if size is None else 8 * size / original["pixels"] for name, size in sizes.items()}
        of_each.append({"restoration_db": restored, **bits})
    return _mean(subject.label, series, carrier.name, named(tuple(pictures)), of_each)


def _avif(picture: Picture, subsampling: Subsampling, restored: float, measured: Measured) -> float | None:
    files = (measured[KeptOriginal(picture, Avif(quality, subsampling))] for quality in AVIF_QUALITIES)
    return bytes_at(((file["db"], file["bytes"]) for file in files), restored)


def _mean(filter: str, series: str, carrier: str, photos: str, parts: Sequence[Mapping[str, float | None]]) -> Row:
    means: dict[str, float | None] = {}
    for name in parts[0]:
        numbers = [part[name] for part in parts]
        means[name] = None if None in numbers else float(np.mean([number for number in numbers if number is not None]))
    ours, plain, kept = means["ours_bpp"], means["plain_bpp"], means["kept_bpp"]
    assert ours is not None and plain is not None and kept is not None
    return Row(filter=filter, series=series, carrier=carrier, photos=photos, ratio=ours / (plain + kept), **means)


def _over_filters(some: Sequence[Row]) -> Row:
    one = some[0]
    numbers = ("restoration_db", "ours_bpp", "plain_bpp", "avif_420_bpp", "avif_444_bpp", "kept_bpp")
    parts = [{name: getattr(row, name) for name in numbers} for row in some]
    return _mean(ALL, one.series, one.carrier, one.photos, parts)


def markdown(rows: Sequence[Row]) -> str:
    """See `curves`; first what it comes to, in a sentence per kind of file."""
    head = ("filter", "file", "restored", "ours", "plain", "AVIF 4:2:0", "AVIF 4:4:4", "kept original", "ours / alternative")
    return "\n".join([*conclusions(rows), "", table(head, map(_line, rows))])


def conclusions(rows: Sequence[Row]) -> list[str]:
    """Who takes fewer bytes, in a line of Markdown per kind of file: over all filters, or of the only one."""
    names = dict.fromkeys(row.filter for row in rows)
    name = ALL if ALL in names else next(iter(names), None)
    found = []
    for series in dict.fromkeys(row.series for row in rows):
        some = [row for row in rows if (row.filter, row.series) == (name, series)]
        smaller = [row.carrier for row in some if row.ratio < 1]
        example = some[len(some) // 2]  # JPEG 80
        winner = {0: "plain file + original", len(some): "restorable file"}.get(len(smaller), "it depends")
        others = f"; smaller as {', '.join(smaller)}" if 0 < len(smaller) < len(some) else ""
        found.append(
            f"- **{series}: {winner}.** As {example.carrier} the restorable file takes {example.ours_bpp:.2f} bits "
            f"per pixel and restores {example.restoration_db:.2f} dB; the alternative takes {example.plain_bpp:.2f} + "
            f"{example.kept_bpp:.2f}, so that the ratio is {example.ratio:.2f}{others}."
        )
    return found


def _line(row: Row) -> tuple[str, ...]:
    sizes = (row.ours_bpp, row.plain_bpp, row.avif_420_bpp, row.avif_444_bpp, row.kept_bpp)
    name = row.filter if row.filter == ALL else f"`{row.filter}`"
    ratio = f"{row.ratio:.2f}"
    return (name, row.carrier, db(row.restoration_db), *map(db, sizes), f"**{ratio}**" if row.ratio < 1 else ratio)


def plot(rows: Sequence[Row], folder: Path) -> list[str]:
    """Who is smaller over all filters, and each filter's two curves."""
    filters = list(dict.fromkeys(row.filter for row in rows))
    return [plot_all(rows, filters, folder), *(plot_one(rows, name, folder) for name in filters)]
