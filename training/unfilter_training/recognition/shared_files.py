"""What sites and messengers do to a picture, drawn at random; files are really written and read."""

from io import BytesIO
from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from unfilter.format.rounding import to_bytes, to_floats
from unfilter_training.degradation.resizing import resized

Pixels = NDArray[np.uint8]

SAVED, POSTED = (80, 96), (65, 95)
"""JPEG qualities of the filtered file and of the site's, drawn evenly."""

SCALE = (0.4, 1.0)
AS_LARGE = 0.2
"""Share of the files that keep their size."""

CROP = 15
"""Most pixels that are cut off above and on the left, off any grid."""

KERNELS = (
    Image.Resampling.LANCZOS,
    Image.Resampling.BICUBIC,
    Image.Resampling.BILINEAR,
    Image.Resampling.BOX,
)


class SharedFile(NamedTuple):
    """Pixels as they arrive; those of the photo, where one was given, after the same cut and resizing; and the factor."""

    pixels: Pixels
    photo: Pixels
    scale: float


def shared(random: Generator, picture: Pixels, photo: Pixels, *, held_out: bool = False) -> SharedFile:
    """`picture` saved as JPEG, cut, resized and saved again; `photo` is cut and resized alike.

    `held_out` takes resizers and encoders that nothing is calibrated on: Pillow's Hamming kernel, a triangle that is not
    widened, as canvases of low quality have, and WebP in half of the files.
    """
    saved = _coded(picture, int(random.integers(SAVED[0], SAVED[1] + 1)), str(random.choice(["4:2:0", "4:4:4"])))
    top, left = (int(random.integers(CROP + 1)) for _ in range(2))
    scale = 1.0 if random.uniform() < AS_LARGE else float(random.uniform(*SCALE))
    kernel = None if random.uniform() < 0.5 else Image.Resampling.HAMMING
    if not held_out:
        kernel = KERNELS[int(random.integers(len(KERNELS)))]
    arrived, reference = (_smaller(each[top:, left:], scale, kernel) for each in (saved, photo))
    quality, subsampling = int(random.integers(POSTED[0], POSTED[1] + 1)), str(random.choice(["4:2:0", "4:2:0", "4:4:4"]))
    webp = held_out and random.uniform() < 0.5
    return SharedFile(_coded(arrived, quality, None if webp else subsampling), reference, scale)


def _coded(pixels: Pixels, quality: int, subsampling: str | None) -> Pixels:
    """Through a JPEG file; a WebP where there is no subsampling."""
    image, file = Image.fromarray(np.ascontiguousarray(pixels)), BytesIO()
    if subsampling is None:
        image.save(file, "WEBP", quality=quality)
    else:
        image.save(file, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file).convert("RGB"))


def _smaller(pixels: Pixels, scale: float, kernel: Image.Resampling | None) -> Pixels:
    """By Pillow's kernel, or by a triangle that is not widened."""
    height, width = (max(1, round(length * scale)) for length in pixels.shape[:2])
    if (height, width) == pixels.shape[:2]:
        return np.ascontiguousarray(pixels)
    if kernel is not None:
        return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).resize((width, height), kernel))
    planes = torch.from_numpy(to_floats(np.ascontiguousarray(pixels))).permute(2, 0, 1)[None]
    return to_bytes(resized(planes, height, width, "bilinear_aliased")[0].permute(1, 2, 0).numpy())
