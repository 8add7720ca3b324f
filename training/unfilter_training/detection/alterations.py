"""What happens to filtered files before somebody tries to restore them. Each has a strength that is drawn per photo."""

from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from unfilter.format.rounding import to_bytes, to_floats
from unfilter.jobs.detection.detector import MADE

Pixels = NDArray[np.uint8]


class Sample(NamedTuple):
    """A file to be judged: its class, its pixels as read, and the quality of a JPEG (None for an exact file)."""

    name: str
    pixels: Pixels
    quality: int | None = None


QUALITIES = (60, 98)
"""Of filtered JPEG files, drawn evenly: those that the recipes train for."""

DRAWS = 3
"""Filtered files per photo and carrier: exact ones cropped on the grid, which restore as well, JPEG ones of any quality."""

HELD_OUT = "shifted by whole levels"
"""Measured beside the classes, never among them: it leaves every trace of the filter in place, and restores as well."""


def draw_samples(random: Generator, photo: Pixels, filtered: Pixels, jpeg: bool) -> list[Sample]:
    """Exact files of every class, and where `jpeg` is true JPEG files too; `photo` and `filtered` are of one size."""
    samples = [Sample(MADE, filtered), *(Sample(MADE, _cropped(random, filtered, 0)) for _ in range(DRAWS - 1))]
    samples.append(Sample("unfiltered", photo))
    samples += [Sample(name, alter(random, filtered)) for name, alter in _ALTERATIONS.items()]
    samples += [
        Sample("JPEG of quality 50", _through_jpeg(random, filtered, 50)),
        Sample("recompressed", _through_jpeg(random, filtered, int(random.integers(QUALITIES[0], 96)))),
        Sample("turned", np.ascontiguousarray(_turned(random, filtered))),
        Sample(HELD_OUT, _shifted(random, filtered)),
    ]
    if jpeg:
        lossy = [(MADE, filtered)] * DRAWS + [("unfiltered", photo)]
        lossy += [(name, alter(random, filtered)) for name, alter in _ALTERATIONS.items()]
        for name, pixels in lossy:
            quality = int(random.integers(QUALITIES[0], QUALITIES[1] + 1))
            samples.append(Sample(name, _through_jpeg(random, pixels, quality), quality))
    return samples


def _resized(random: Generator, pixels: Pixels) -> Pixels:
    """By 0.5 to 1.6, or by a little."""
    factor = random.choice([random.uniform(0.5, 0.95), random.uniform(1.05, 1.6), 0.98, 1.02])
    height, width = (max(1, round(length * factor)) for length in pixels.shape[:2])
    kernel = random.choice([Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR])
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling(int(kernel))))


def _cropped(random: Generator, pixels: Pixels, phase: int = 1) -> Pixels:
    """By up to a quarter of the rows and columns; at `phase` 1, the cells of 2 x 2 pixels come to lie elsewhere, along one
    axis or both.
    """
    top, left = (2 * int(random.integers(0, length // 8)) for length in pixels.shape[:2])
    odd = [(0, 1), (1, 0), (1, 1)][random.integers(3)]
    return np.ascontiguousarray(pixels[top + phase * odd[0] :, left + phase * odd[1] :])


def _turned(random: Generator, pixels: Pixels) -> Pixels:
    """By 90, 180 or 270 degrees, or mirrored."""
    turns = int(random.integers(0, 4))
    return np.rot90(pixels, turns) if turns else pixels[:, ::-1]


def _recoloured(random: Generator, pixels: Pixels) -> Pixels:
    """As editors do: gamma, contrast, exposure, white balance, or saturation; by some per cent, up or down."""
    strength = float(random.choice([-1, 1]) * random.uniform(0.05, 0.3))
    values = to_floats(pixels)
    edits: list[Callable[[NDArray[np.float32]], NDArray[np.float32]]] = [
        lambda v: v ** (1 + strength),
        lambda v: (v - 0.5) * (1 + strength) + 0.5,
        lambda v: v * (1 + strength),
        lambda v: v * np.array([1 + strength / 2, 1, 1 - strength / 2]),
        lambda v: v + strength * (v - v.mean(axis=2, keepdims=True)),
    ]
    return to_bytes(edits[random.integers(len(edits))](values).astype(np.float32))


def _shifted(random: Generator, pixels: Pixels) -> Pixels:
    """Every channel brighter or darker by the same whole number of levels."""
    levels = int(random.choice([-1, 1]) * random.integers(4, 17))
    return np.clip(pixels.astype(np.int16) + levels, 0, 255).astype(np.uint8)


def _through_jpeg(random: Generator, pixels: Pixels, quality: int) -> Pixels:
    Image.fromarray(pixels).save(
        file := BytesIO(), "JPEG", quality=quality, subsampling=str(random.choice(["4:4:4", "4:2:0"]))
    )
    return np.asarray(Image.open(file))


_ALTERATIONS: dict[str, Callable[[Generator, Pixels], Pixels]] = {
    "resized": _resized,
    "cropped off the grid": _cropped,
    "recoloured": _recoloured,
}
"""Of exact files and of JPEG files alike."""
