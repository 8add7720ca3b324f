"""Measures of pictures whose history is known: a filter's own, the operator's, and photos, each saved, shared or both."""

import hashlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from unfilter.jobs.recognition.traces import LEAST, VERSION, traces
from unfilter.photo import read_photo
from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.detection.measurement_cache import MeasuredFilter
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.recognition.shared_files import shared
from unfilter_training.scoring import task

SIDE = 256
"""Longer photos are cut to their middle, pixels."""

DRAWS = 3
"""Shared files of each picture."""

Kind = Literal["own", "operator", "photo", "other"]


class Picture(NamedTuple):
    """One file.

    Attributes:
        photo: what it comes from, by folder and name.
        kind: the filter's own, the operator's true output, the photo itself, or another filter's.
        scale: factor of its size, 0 where it was not shared but is as saved, exact.
        measures: `unfilter.jobs.recognition.traces` of it, a square's.
        restored_db, arrived_db: of the filter's own shared files, see `Recognizer`; None for all others.
    """

    photo: str
    kind: Kind
    scale: float
    measures: tuple[float, ...]
    restored_db: float | None
    arrived_db: float | None


def measure_pictures(subject: MeasuredFilter, photos: Iterable[Path], *, held_out: bool = False) -> list[Picture]:
    """Pictures of every kind of every photo; `held_out` is as for `shared`. The draws depend on the photo's name alone."""
    names = [f"traces {VERSION}", f"draws {DRAWS}", f"side {SIDE}"]
    kind = "-held-out" if held_out else "-shared"
    found = subject.measured(names, photos, partial(_measure_photo, subject, held_out), kind)
    return [Picture(photo, *each) for photo, files in found for each in files]


def _measure_photo(subject: MeasuredFilter, held_out: bool, path: Path) -> list[list[Any]]:
    random = np.random.default_rng(list(hashlib.sha256(path.name.encode()).digest()))
    photo = _middle(read_photo(path, convert=True, reduce=True).pixels)
    recipe = subject.description.recipe
    places = {one.name: one.value(float(random.random())) for one in recipe.hyper_parameters}
    wanted = task(recipe, places)
    output = wanted.target(photo)
    guided = getattr(subject.network, "takes_output", False)
    filtered = run_whole(subject.network, "forward", photo, wanted.normalised, output if guided else None)
    pictures: dict[Kind, NDArray[np.uint8]] = {"own": filtered, "operator": output, "photo": photo}
    return [each for kind, picture in pictures.items() for each in _files(subject, random, kind, picture, photo, held_out)]


def _files(
    subject: MeasuredFilter,
    random: Generator,
    kind: Kind,
    picture: NDArray[np.uint8],
    photo: NDArray[np.uint8],
    held_out: bool,
) -> list[list[Any]]:
    """As saved, and shared: what `Picture` has after its photo."""
    found: list[list[Any]] = [[kind, 0.0, row.tolist(), None, None] for row in _rounded(picture)]
    for _ in range(DRAWS):
        file = shared(random, picture, photo, held_out=held_out)
        quality: tuple[float | None, float | None] = (None, None)
        if kind == "own":
            restored = run_whole(subject.network, "inverse", file.pixels)
            quality = (psnr(restored, file.photo), psnr(file.pixels, file.photo))
        found += [[kind, file.scale, row.tolist(), *quality] for row in _rounded(file.pixels)]
    return found


def _rounded(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    return traces(pixels).round(4) if min(pixels.shape[:2]) >= LEAST else np.empty((0, 0))


def _middle(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    top, left = (max(0, (length - SIDE) // 2) for length in pixels.shape[:2])
    cut = pixels[top : top + SIDE, left : left + SIDE]
    height, width = (length // 2 * 2 for length in cut.shape[:2])
    return np.ascontiguousarray(cut[:height, :width])
