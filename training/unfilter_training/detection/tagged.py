"""Files whose tag survived what befell them: whether the SDK takes each for what was saved, by its tag alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from unfilter.jobs.detection.comparison import compare
from unfilter.jobs.detection.detector import MADE
from unfilter.photo import Codec, Photo, Subsampling, Tag, read_photo
from unfilter.photo.jpeg import encoded
from unfilter.photo.write import fingerprinted
from unfilter_training.detection.alterations import QUALITIES, Pixels, draw_samples
from unfilter_training.detection.measurement_cache import MeasuredFilter
from unfilter_training.detection.samples import draw_filtered
from unfilter_training.evaluation.carriers.other_jpeg import ReadByLibjpeg9

READERS = ("exact", "jpeg", "jpeg, another decoder")
"""Who judges: the SDK, on files of either carrier, and on a JPEG as if its tag were of another decoder than ours."""

AGAIN = "JPEG of quality 50", "recompressed"
"""Alterations of pixels that leave a JPEG's tables as they were only if it is saved once more, which is told apart."""


class Judged(NamedTuple):
    """One file: who judged it, its class, and whether it was refused."""

    reader: str
    name: str
    refused: bool


def judge_photos(examined: MeasuredFilter, photos: Iterable[Path]) -> list[Judged]:
    """What is refused of every class of files of every photo. The draws depend on the photo's name alone."""
    files = partial(_judge_photo, examined)
    return [Judged(*one) for _, found in examined.measured(Judged._fields, photos, files, "-tagged") for one in found]


def _judge_photo(examined: MeasuredFilter, path: Path) -> list[list[Any]]:
    random, pixels, filtered, _ = draw_filtered(examined, path)
    judged = [*_exact(random, pixels, filtered)]
    if examined.description.recipe.degradation.jpeg:
        judged += _jpeg(random, pixels, filtered)
    return [list(one) for one in judged]


def table(results: Mapping[str, Sequence[Judged]]) -> str:
    """Markdown: classes down, filters across; the share refused."""
    kinds = dict.fromkeys(
        (reader, one.name) for reader in READERS for of in results.values() for one in of if one.reader == reader
    )
    lines = [f"| carrier | files, tag and all | number | {' | '.join(results)} |", "|---|---|---|" + "---|" * len(results)]
    for reader, name in kinds:
        shares = [[one.refused for one in found if one[:2] == (reader, name)] for found in results.values()]
        cells = [f"{np.mean(refused):.1%}" if refused else "" for refused in shares]
        shown = f"{name}: false alarms" if name.startswith(MADE) else name
        lines.append(f"| {reader} | {shown} | {max(map(len, shares))} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _tagged(pixels: Pixels, codec: Codec, quality: int = 95, subsampling: Subsampling = "4:4:4") -> Photo:
    tag = Tag(filter="any", restoration="0" * 64, codec=codec, quality=quality if codec == "jpeg" else None)
    return fingerprinted(Photo(pixels, codec, tag=tag), codec, quality, subsampling)


def _refused(photo: Photo) -> bool:
    found = compare(photo)
    assert found is not None
    return not found.made


def _altered(random: Generator, photo: Pixels, saved: Pixels) -> Iterator[tuple[str, Pixels]]:
    """Every class of altered files; those that are crops on the grid, which restore without a tag, are altered as well."""
    _, *others = draw_samples(random, photo, saved, False)
    for one in others:
        yield "cropped on the grid" if one.name == MADE else one.name, one.pixels
    touched = saved.copy()
    touched[tuple(random.integers(0, saved.shape))] ^= 1
    yield "one level of one pixel", touched


def _exact(random: Generator, pixels: Pixels, filtered: Pixels) -> Iterator[Judged]:
    own = _tagged(filtered, "png")
    yield Judged("exact", MADE, _refused(own))
    for name, altered in _altered(random, pixels, filtered):
        yield Judged("exact", name, _refused(replace(own, pixels=altered)))


def _jpeg(random: Generator, pixels: Pixels, filtered: Pixels) -> Iterator[Judged]:
    quality, subsampling = int(random.integers(QUALITIES[0], QUALITIES[1] + 1)), _sampling(random)
    tag = _tagged(filtered, "jpeg", quality, subsampling).tag
    own = _saved(filtered, tag, quality, subsampling)
    yield from _by_both(MADE, own, elsewhere=replace(own, pixels=_decoded_elsewhere(filtered, quality, subsampling)))
    for name, altered in _altered(random, pixels, own.pixels):
        after = f"{name}, then saved at its own quality" if name in AGAIN else name
        saved = _saved(altered, tag, quality, subsampling)
        if not np.array_equal(saved.pixels, own.pixels):  # or the quantiser took back what was altered
            yield from _by_both(after, saved)
    for name, other in zip(AGAIN, (50, int(random.integers(QUALITIES[0], 96))), strict=True):
        if other != quality:
            yield from _by_both(name, _saved(own.pixels, tag, other, subsampling))


def _by_both(name: str, photo: Photo, elsewhere: Photo | None = None) -> Iterator[Judged]:
    yield Judged(READERS[1], name, _refused(photo))
    yield Judged(READERS[2], name, _refused(replace(elsewhere or photo, codec=None)))


def _sampling(random: Generator) -> Subsampling:
    return "4:4:4" if random.integers(2) else "4:2:0"


def _saved(pixels: Pixels, tag: Tag | None, quality: int, subsampling: Subsampling) -> Photo:
    """What is read from a JPEG that was written with `tag`."""
    return read_photo(BytesIO(encoded(Photo(pixels, tag=tag), quality, subsampling)))


def _decoded_elsewhere(pixels: Pixels, quality: int, subsampling: Subsampling) -> Pixels:
    with TemporaryDirectory() as folder:
        return ReadByLibjpeg9(quality, subsampling).through(pixels, Path(folder)).pixels
