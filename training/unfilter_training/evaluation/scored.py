"""The figures that every table of the paper has: approximation and restoration through PNG files."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter_training.evaluation.averages import Measured, mean
from unfilter_training.evaluation.bench import Values
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.measurements.unfiltered import Unfiltered
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.subjects import Subject


class Scored(Record):
    """Means over photos of RGB PSNR in dB and of SSIM, through PNG files."""

    unfiltered_db: float = Field(description="the photo itself against the operator's output")
    unfiltered_ssim: float
    approximation_db: float = Field(description="the filtered file against the operator's output")
    approximation_ssim: float
    restoration_db: float = Field(description="the restored photo against the photo")
    restoration_ssim: float
    png_bytes: float = Field(description="size of the filtered file")


def scored_cells(subject: Subject, pictures: Sequence[Picture], values: Values = ()) -> Iterator[Cell]:
    """What `scored` needs."""
    for picture in pictures:
        yield Unfiltered(subject, picture, values)
        yield Passage(subject, picture, Png(), values)


def scored(measured: Measured, subject: Subject, pictures: Sequence[Picture], values: Values = ()) -> Scored:
    """The figures of one subject on these photos."""
    plain = mean(measured, [Unfiltered(subject, picture, values) for picture in pictures])
    passage = mean(measured, [Passage(subject, picture, Png(), values) for picture in pictures])
    return Scored(unfiltered_db=plain["db"], unfiltered_ssim=plain["ssim"], png_bytes=passage.pop("bytes"), **passage)
