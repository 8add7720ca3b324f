"""What a top-up saves against keeping the photo beside the filtered file."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.carriers import Carrier
from unfilter_training.evaluation.carriers.newer_codecs import Avif, AvifForPsnr
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.curves.rate import bytes_at
from unfilter_training.evaluation.markdown import db, table
from unfilter_training.evaluation.measurements.kept_original import KeptOriginal
from unfilter_training.evaluation.measurements.topped_up import ToppedUp
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.study import Study, named
from unfilter_training.evaluation.subjects import Subject

TITLE = "Top-ups"
NOTE = (
    "Filtered, saved as JPEG 80 4:2:0, restored (*base*), and refined by a top-up in the metadata: 2 dB more than the "
    "base, and 40 dB. *AVIF* is the photo itself at as many dB, interpolated on each photo's rate curve: by Pillow's "
    "defaults, the smaller of 4:4:4 and 4:2:0; *tuned*, encoded for PSNR as top-ups are. Bits per pixel, means over the "
    "photos; *less* is what the top-up takes less than either. A photo whose base reaches the goal takes no bits in any "
    "column."
)
QUALITIES = (40, 60, 75, 85, 92, 97)
PLAIN: tuple[tuple[Carrier, ...], ...] = tuple(
    tuple(Avif(quality, chroma) for quality in QUALITIES) for chroma in ("4:2:0", "4:4:4")
)
TUNED: tuple[Carrier, ...] = tuple(AvifForPsnr(quality) for quality in QUALITIES)
GOALS: dict[str, tuple[float | None, float | None]] = {"+2 dB": (2.0, None), "40 dB": (None, 40.0)}


class Row(Record):
    """One filter at one goal. Bits per pixel, means over the photos."""

    filter: str
    goal: str
    photos: str
    base_db: float
    restored_db: float
    top_up_bpp: float
    avif_bpp: float = Field(description="the photo as AVIF of that many dB, by Pillow's defaults")
    tuned_bpp: float = Field(description="the same, encoded for PSNR")

    @property
    def saved(self) -> tuple[float, float]:
        """Shares of the two that the top-up takes less."""
        return 1 - self.top_up_bpp / self.avif_bpp, 1 - self.top_up_bpp / self.tuned_bpp


def cells(study: Study) -> Iterator[Cell]:
    """See `tables`."""
    for picture in study.curve_pictures:
        for carrier in (*PLAIN[0], *PLAIN[1], *TUNED):
            yield KeptOriginal(picture, carrier)
        for subject in study.filters:
            for gain, level in GOALS.values():
                yield ToppedUp(subject, picture, gain, level)


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """See `tables`."""
    return tuple(_row(subject, goal, study.curve_pictures, measured) for subject in study.filters for goal in GOALS)


def _row(subject: Subject, goal: str, pictures: Sequence[Picture], measured: Measured) -> Row:
    gain, level = GOALS[goal]
    of_each = []
    for picture in pictures:
        value = measured[ToppedUp(subject, picture, gain, level)]
        needed = value["bytes"] > 0
        plain = min(_kept(picture, curve, value["restored_db"], measured) for curve in PLAIN) if needed else 0.0
        tuned = _kept(picture, TUNED, value["restored_db"], measured) if needed else 0.0
        sizes = {"top_up": value["bytes"], "avif": plain, "tuned": tuned}
        of_each.append({f"{name}_bpp": 8 * size / value["pixels"] for name, size in sizes.items()})
    means = mean(measured, [ToppedUp(subject, picture, gain, level) for picture in pictures])
    return Row(
        filter=subject.label,
        goal=goal,
        photos=named(tuple(pictures)),
        base_db=means["base_db"],
        restored_db=means["restored_db"],
        **{name: sum(each[name] for each in of_each) / len(of_each) for name in of_each[0]},
    )


def _kept(picture: Picture, curve: Sequence[Carrier], restored: float, measured: Measured) -> float:
    """Bytes of the photo at that quality; of the best file where none reaches it, which favours the photo."""
    files = [measured[KeptOriginal(picture, carrier)] for carrier in curve]
    return bytes_at(((file["db"], file["bytes"]) for file in files), restored) or max(file["bytes"] for file in files)


def markdown(rows: Sequence[Row]) -> str:
    """See `tables`."""
    head = ("filter", "goal", "base", "restored", "top-up", "AVIF", "less", "tuned", "less")
    return table(head, map(_line, rows))


def _line(row: Row) -> tuple[str, ...]:
    plain, tuned = (f"{share:.0%}" for share in row.saved)
    restored = (db(row.base_db), db(row.restored_db), db(row.top_up_bpp))
    return (f"`{row.filter}`", row.goal, *restored, db(row.avif_bpp), plain, db(row.tuned_bpp), tuned)
