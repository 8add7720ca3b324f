"""Measures of files whose history is known."""

import hashlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from unfilter.jobs.detection.evidence import NAMES, measure
from unfilter.photo import read_photo
from unfilter_training.detection.alterations import draw_samples
from unfilter_training.detection.measurement_cache import MeasuredFilter
from unfilter_training.network.whole_photo import graph, run_whole, untiled

LONGEST = 1024
"""Longer photos are cut to their middle, pixels: they are filtered whole, and a sample of 256 x 256 is measured."""


class Measured(NamedTuple):
    """One file: the photo that it comes from, its class, the quality of a JPEG, and the measures of
    `unfilter.jobs.detection.evidence.NAMES`.
    """

    photo: str
    name: str
    quality: int | None
    measures: tuple[float, ...]


def measure_photos(examined: MeasuredFilter, photos: Iterable[Path]) -> list[Measured]:
    """Measures of every class of files of every photo. The draws depend on the photo's name alone."""
    return [
        Measured(photo, name, quality, tuple(values))
        for photo, found in examined.measured(NAMES, photos, partial(_measure_photo, examined))
        for name, quality, values in found
    ]


def draw_filtered(
    examined: MeasuredFilter, path: Path
) -> tuple[Generator, NDArray[np.uint8], NDArray[np.uint8], tuple[float, ...]]:
    """What later draws for the photo are taken from, the photo, filtered, and its normalised hyper-parameters."""
    random = np.random.default_rng(list(hashlib.sha256(path.name.encode()).digest()))
    pixels = read_photo(path, convert=True, reduce=True).pixels
    top, left = (max(0, (length - LONGEST) // 2) for length in pixels.shape[:2])
    pixels = np.ascontiguousarray(pixels[top : top + LONGEST, left : left + LONGEST])
    normalised = tuple(random.random(len(examined.description.recipe.hyper_parameters)).tolist())
    return random, pixels, run_whole(examined.network, "forward", pixels, normalised), normalised


def _measure_photo(examined: MeasuredFilter, path: Path) -> list[list[Any]]:
    network = examined.network
    random, pixels, filtered, normalised = draw_filtered(examined, path)
    forward, inverse = graph(network, "forward", normalised), graph(network, "inverse")
    found = []
    for sample in draw_samples(random, pixels, filtered, examined.description.recipe.degradation.jpeg):
        measures = measure(forward, inverse, sample.pixels, untiled(network))
        if measures is not None:
            found.append([sample.name, sample.quality, measures])
    return found
