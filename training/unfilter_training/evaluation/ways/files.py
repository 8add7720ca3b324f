"""Real files with something of the photo in their metadata: written and read as the SDK does."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from unfilter.photo import jumbf
from unfilter.photo.jpeg import coded
from unfilter.photo.segments import behind_headers
from unfilter_training.evaluation.ways import File


def png(pixels: NDArray[np.uint8]) -> File:
    """A PNG as Pillow writes it by default, without metadata."""
    Image.fromarray(pixels).save(file := BytesIO(), "PNG")
    return read(file.getvalue())


def jpeg(pixels: NDArray[np.uint8], quality: int, attached: bytes | None = None, media_type: str = "image/avif") -> File:
    """A progressive JPEG with 4:2:0 chroma and annex K's quantiser tables, and `attached` in its APP11 segments."""
    content = bytearray(coded(pixels, quality, "4:2:0"))
    if attached is not None:
        place = behind_headers(content)
        content[place:place] = jumbf.segments(attached, media_type)
    return read(bytes(content))


def read(content: bytes) -> File:
    """What a reader gets of a file."""
    with Image.open(BytesIO(content)) as image:
        segments = image.applist if isinstance(image, JpegImagePlugin.JpegImageFile) else []
        attached = jumbf.content_of(each for name, each in segments if name == "APP11")
        return File(np.array(image.convert("RGB")), attached, content)
