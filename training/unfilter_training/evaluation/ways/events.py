"""What happens to a file on its way: equal siblings, each a function of the file that gives the one that arrives.

Metadata stripped: the coded pixels stay. Lossless conversion: to WebP, without metadata. JPEG again: quality 80, 4:2:0.
Resized: both sides times 0.75 by Lanczos, then a JPEG of quality 85.
"""

from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter_training.evaluation.ways import File, files

SCALE = 0.75


class Event(NamedTuple):
    """`happens` to a file; `reference` is the photo at the size that arrives."""

    name: str
    happens: Callable[[File], File]
    reference: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


def resized(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """At 75 % of both sides, by Pillow's Lanczos filter."""
    height, width = (max(1, round(side * SCALE)) for side in pixels.shape[:2])
    return np.array(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))


def _same(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return pixels


def _stripped(file: File) -> File:
    """Without any application segment of a JPEG, or any ancillary chunk of a PNG."""
    content = file.content
    if content[:2] == b"\xff\xd8":
        at = 2
        while content[at] == 0xFF and 0xE0 <= content[at + 1] <= 0xEF:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        return files.read(content[:2] + content[at:])
    kept, place = content[:8], 8
    while place < len(content):
        size = 12 + int.from_bytes(content[place : place + 4], "big")
        if content[place + 4 : place + 5].isupper():
            kept += content[place : place + size]
        place += size
    return files.read(kept)


def _converted(file: File) -> File:
    Image.fromarray(file.pixels).save(written := BytesIO(), "WEBP", lossless=True)
    return files.read(written.getvalue())


def _jpeg_again(file: File) -> File:
    return files.jpeg(file.pixels, 80)


def _resized(file: File) -> File:
    return files.jpeg(resized(file.pixels), 85)


EVENTS: dict[str, Event] = {
    "stripped": Event("metadata stripped", _stripped, _same),
    "converted": Event("lossless conversion", _converted, _same),
    "jpeg": Event("JPEG 80 again", _jpeg_again, _same),
    "resized": Event("x 0.75, JPEG 85", _resized, resized),
}
