"""Measures of files whose history is known."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from unfilter.detection.evidence import NAMES, measure
from unfilter.photo import read_photo
from unfilter_training.checkpoint import Description
from unfilter_training.detection.alterations import draw_samples
from unfilter_training.detection.kept import Report, measured
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.network.whole_photo import graph, run_whole, untiled

LONGEST = 1024
"""Longer photos are cut to their middle, pixels: they are filtered whole, and a sample of 256 x 256 is measured."""


class Measured(NamedTuple):
    """One file: the photo that it comes from, its class, the quality of a JPEG, and `unfilter.detection.evidence.NAMES`."""

    photo: str
    name: str
    quality: int | None
    measures: tuple[float, ...]


def measure_photos(
    network: QuasiInvertibleNetwork,
    description: Description,
    photos: Iterable[Path],
    cache: Path,
    report: Report = lambda photos: photos,
) -> list[Measured]:
    """Measures of every class of files of every photo. The draws depend on the photo's name alone.

    `cache` is a folder; it gets a file per set of weights.
    """

    def files(path: Path) -> list[list[Any]]:
        return _measure_photo(network, description, path)

    kept = cache / f"{described(description)}.jsonl"
    return [
        Measured(photo, name, quality, tuple(values))
        for photo, found in measured(kept, NAMES, photos, files, report)
        for name, quality, values in found
    ]


def described(description: Description) -> str:
    """Name of a filter and its weights, for what is kept of them."""
    return f"{description.filter}-{description.weights_sha256[:16]}"


def draw_filtered(
    network: QuasiInvertibleNetwork, description: Description, path: Path
) -> tuple[Generator, NDArray[np.uint8], NDArray[np.uint8], tuple[float, ...]]:
    """What later draws for the photo are taken from, the photo, filtered, and the places of its hyper-parameters."""
    random = np.random.default_rng(list(hashlib.sha256(path.name.encode()).digest()))
    pixels = read_photo(path, convert=True, reduce=True).pixels
    top, left = (max(0, (length - LONGEST) // 2) for length in pixels.shape[:2])
    pixels = np.ascontiguousarray(pixels[top : top + LONGEST, left : left + LONGEST])
    places = tuple(random.random(len(description.recipe.hyper_parameters)).tolist())
    return random, pixels, run_whole(network, "forward", pixels, places), places


def _measure_photo(network: QuasiInvertibleNetwork, description: Description, path: Path) -> list[list[Any]]:
    random, pixels, filtered, places = draw_filtered(network, description, path)
    forward, inverse = graph(network, "forward", places), graph(network, "inverse")
    found = []
    for sample in draw_samples(random, pixels, filtered, description.recipe.degradation.jpeg):
        measures = measure(forward, inverse, sample.pixels, untiled(network))
        if measures is not None:
            found.append([sample.name, sample.quality, measures])
    return found
