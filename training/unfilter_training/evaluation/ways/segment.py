"""The photo as AVIF, HEIC or JPEG in a metadata segment of the operator's own output, saved as JPEG 80 4:2:0: no network."""

from dataclasses import dataclass
from io import BytesIO
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.photo.coded import avif
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.evaluation.ways import File, files
from unfilter_training.evaluation.ways.ours import QUALITY

Coding = Literal["AVIF", "HEIC", "JPEG"]


@dataclass(frozen=True)
class Segment:
    """`coding` of the photo at `quality`."""

    coding: Coding
    quality: int
    suffix: ClassVar[str] = ".jpg"

    @property
    def name(self) -> str:
        """Such as `AVIF 70 in metadata, JPEG 80`."""
        return f"{self.coding} {self.quality} in metadata, JPEG {QUALITY}"

    def saved(self, bench: Bench, subject: Subject, picture: Picture) -> File:
        """See `Way`."""
        photo, shown = bench.photo(picture), bench.target(subject.task({}), picture)
        return files.jpeg(shown, QUALITY, _coded(photo, self.coding, self.quality), f"image/{self.coding.lower()}")

    def restored(self, bench: Bench, subject: Subject, file: File) -> NDArray[np.uint8] | None:
        """See `Way`."""
        return None if file.attached is None else _pixels(file.attached, self.coding)


def _coded(photo: NDArray[np.uint8], coding: Coding, quality: int) -> bytes:
    if coding == "AVIF":
        return avif(photo, quality)
    file = BytesIO()
    if coding == "JPEG":
        Image.fromarray(photo).save(file, "JPEG", quality=quality, subsampling="4:2:0", progressive=True)
    else:
        import pillow_heif

        height, width = photo.shape[:2]
        pillow_heif.encode("RGB", (width, height), photo.tobytes(), file, quality=quality, chroma=420)
    return file.getvalue()


def _pixels(content: bytes, coding: Coding) -> NDArray[np.uint8]:
    if coding == "HEIC":
        import pillow_heif

        return np.array(pillow_heif.open_heif(BytesIO(content), convert_hdr_to_8bit=True))
    with Image.open(BytesIO(content)) as image:
        return np.array(image.convert("RGB"))
