"""A picture as a small file of its own, to ride within another: AVIF, or lossless WebP. Both are Pillow's.

AVIF is encoded for PSNR, since a residual is nothing that anybody looks at, and restoration is measured so. libavif's own
tuning for what pictures look like takes 15 to 20 % more bytes for the same decibels (docs/worth.md).
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, features

from unfilter.errors import PhotoError
from unfilter.format.payload import Coding
from unfilter.photo.silence import WITHOUT_WARNINGS
from unfilter.photo.webp import LONGEST

Pixels = NDArray[np.uint8]

BEST = 100
"""Highest quality of an AVIF."""
_AOM: dict[str, Any] = {"codec": "aom", "advanced": {"tune": "psnr"}}
"""The encoder in Pillow's wheels, and how it is told what to keep."""


def media_type(coding: Coding) -> str:
    """Such as `image/avif`."""
    return f"image/{coding}"


def unavailable(coding: Coding) -> str | None:
    """Why this Pillow cannot code so; None where it can."""
    if features.check(coding):
        return None
    return f"this Pillow was built without {coding.upper()}; install one from PyPI"


def avif(pixels: Pixels, quality: int) -> bytes:
    """`pixels` as an AVIF of `quality` 0..100, 4:4:4, the same bytes on every machine with that libavif."""
    # One thread: with more, the file is cut into tiles and its size depends on the machine.
    settings = {"quality": quality, "subsampling": "4:4:4", "speed": 6, "max_threads": 1}
    try:
        return _saved(pixels, "AVIF", **settings, **_AOM)
    except ValueError:  # a libavif with another encoder
        return _saved(pixels, "AVIF", **settings)


def lossless(pixels: Pixels, name: Path | str) -> bytes:
    """`pixels` as a lossless WebP.

    Raises:
        PhotoError: a side is too long for one; the message names the photo as `name`.
    """
    height, width = pixels.shape[:2]
    if max(height, width) > LONGEST:
        raise PhotoError(
            f"{name}: has {width} x {height} pixels, and a lossless payload or top-up sides of at most {LONGEST:,}; "
            "ask for decibels instead (--top-up 40dB), or for an AVIF (--payload 80)"
        )
    return _saved(pixels, "WEBP", lossless=True, exact=True, method=4)


def decoded(content: bytes, coding: Coding, height: int, width: int) -> Pixels | None:
    """The pixels of a coded picture; None where it is damaged, of another kind, or not of that size."""
    try:
        with WITHOUT_WARNINGS, Image.open(BytesIO(content), formats=[coding.upper()]) as image:
            if image.size != (width, height) or getattr(image, "n_frames", 1) != 1:
                return None
            return np.array(image.convert("RGB"))
    except Exception:  # decoders raise OSError, SyntaxError, ValueError, EOFError and more on damaged files
        return None


def highest_quality(encode: Callable[[int], bytes], most: int, limit: int = BEST) -> bytes | None:
    """The file of the highest quality, 0..`limit`, that takes at most so many bytes; None where none does."""
    best, low, high = None, 0, limit
    while low <= high:
        quality = (low + high) // 2
        content = encode(quality)
        if len(content) <= most:
            best, low = content, quality + 1
        else:
            high = quality - 1
    return best


def lowest_quality(encode: Callable[[int], bytes], enough: Callable[[bytes], bool]) -> bytes | None:
    """The file of the lowest quality, 0..100, that is enough; None where none is."""
    best, low, high = None, 0, BEST
    while low <= high:
        quality = (low + high) // 2
        content = encode(quality)
        if enough(content):
            best, high = content, quality - 1
        else:
            low = quality + 1
    return best


def _saved(pixels: Pixels, format: str, **settings: Any) -> bytes:
    Image.fromarray(pixels).save(file := BytesIO(), format=format, **settings)
    return file.getvalue()
