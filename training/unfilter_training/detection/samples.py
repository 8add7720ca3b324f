"""Measures of files whose history is known, kept as JSON lines so that what was measured once is not measured again."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from unfilter.detection.evidence import NAMES, measure
from unfilter.photo import read_photo
from unfilter_training.checkpoint import Description
from unfilter_training.detection.alterations import draw_samples
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
    report: Callable[[Iterable[Path]], Iterable[Path]] = lambda files: files,
) -> list[Measured]:
    """Measures of every class of files of every photo. The draws depend on the photo's name alone.

    `cache` is a folder; it gets a file per set of weights, to which each photo's lines are added when they are complete.
    """
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"{description.filter}-{description.weights_sha256[:16]}.jsonl"
    known: dict[str, list[Measured]] = {}
    if kept.exists():
        for line in kept.read_text(encoding="utf-8").splitlines():
            fields = json.loads(line)
            if fields["measures"] == list(NAMES):
                known[fields["photo"]] = [
                    Measured(fields["photo"], name, quality, tuple(values)) for name, quality, values in fields["files"]
                ]
    found = []
    for path in report(photos):
        photo = f"{path.parent.name}/{path.name}"  # collections give the same name to versions of a photo
        if photo not in known:
            known[photo] = [one._replace(photo=photo) for one in _measure_photo(network, description, path)]
            files = [[one.name, one.quality, one.measures] for one in known[photo]]
            line = json.dumps({"photo": photo, "measures": NAMES, "files": files})
            with kept.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        found += known[photo]
    return found


def _measure_photo(network: QuasiInvertibleNetwork, description: Description, path: Path) -> Iterator[Measured]:
    random = np.random.default_rng(list(hashlib.sha256(path.name.encode()).digest()))
    pixels = read_photo(path, convert=True, reduce=True).pixels
    top, left = (max(0, (length - LONGEST) // 2) for length in pixels.shape[:2])
    pixels = np.ascontiguousarray(pixels[top : top + LONGEST, left : left + LONGEST])
    places = tuple(random.random(len(description.recipe.hyper_parameters)).tolist())
    filtered = run_whole(network, "forward", pixels, places)
    forward, inverse = graph(network, "forward", places), graph(network, "inverse")
    for sample in draw_samples(random, pixels, filtered, description.recipe.degradation.jpeg):
        measures = measure(forward, inverse, sample.pixels, untiled(network))
        if measures is not None:
            yield Measured(path.name, sample.name, sample.quality, measures)
