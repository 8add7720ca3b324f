"""What learned tables save on photos that they were not learned on: whole photos, real files, a table."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unfilter.format.quantisation import ANNEX_K, QuantiserTables, Subsampling
from unfilter.photo import read_photo
from unfilter.photo.jpeg import coded
from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.evaluation.markdown import table as markdown
from unfilter_training.network import RestorableNetwork
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.quantisation.comparison import Curve, Gain
from unfilter_training.quantisation.crops import Coded
from unfilter_training.scoring import Task

SIDE = 256
"""Larger photos are cut to their middle, pixels."""

QUALITIES = (75, 85, 92)
"""At which the tables are measured."""

_ANNEX_K: dict[Subsampling, tuple[int, ...]] = {"4:2:0": (60, 70, 78, 86, 92, 96), "4:4:4": (66, 75, 82, 88, 93, 96)}
"""Qualities of annex K between which bytes and look are interpolated."""


class Row(NamedTuple):
    """A filter's tables.

    Attributes:
        saved: part of the bytes at each of `QUALITIES`, a mean over photos.
        look: what the look gains, dB, a mean over photos and qualities, and the least of any photo.
    """

    filter: str
    subsampling: Subsampling
    saved: tuple[float, ...]
    look: float
    least_look: float


def measure(
    network: RestorableNetwork, task: Task, path: Path, tables: QuantiserTables, subsampling: Subsampling
) -> tuple[Gain, ...]:
    """What `tables` save of a photo's file at each of `QUALITIES`, against annex K's tables at equal restored PSNR."""
    photo = _middle(read_photo(path, convert=True, reduce=True).pixels)
    target = task.target(photo)
    filtered = run_whole(network, "forward", photo, task.normalised)

    def saved(quality: int, by: QuantiserTables) -> Coded:
        file = coded(filtered, quality, subsampling, by)
        pixels = read_photo(BytesIO(file)).pixels
        return Coded(len(file), psnr(run_whole(network, "inverse", pixels), photo), psnr(pixels, target))

    curve = Curve([saved(quality, ANNEX_K) for quality in _ANNEX_K[subsampling]])
    return tuple(curve.gain(saved(quality, tables)) for quality in QUALITIES)


def row(filter: str, subsampling: Subsampling, photos: Sequence[Sequence[Gain]]) -> Row:
    """Over all photos; bytes as the geometric mean of what is left of each file."""
    left = np.log1p([[-gain.saved for gain in gains] for gains in photos])
    looks = np.array([[gain.look for gain in gains] for gains in photos])
    saved = 1 - np.exp(left.mean(axis=0))
    return Row(filter, subsampling, tuple(saved.tolist()), float(looks.mean()), float(looks.mean(axis=1).min()))


def table(rows: Sequence[Row]) -> str:
    """Markdown, a line per filter and subsampling."""
    head = ["filter", "chroma", *(f"bytes less at {quality}" for quality in QUALITIES), "look, dB", "least of a photo"]
    return markdown(
        head,
        (
            [
                f"`{one.filter}`",
                one.subsampling,
                *(f"{100 * saved:.1f} %" for saved in one.saved),
                f"{one.look:+.2f}",
                f"{one.least_look:+.2f}",
            ]
            for one in rows
        ),
    )


def _middle(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    top, left = (max(0, (length - SIDE) // 2) for length in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top : top + SIDE, left : left + SIDE])
