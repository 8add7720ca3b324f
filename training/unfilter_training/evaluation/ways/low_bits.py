"""The photo as AVIF or lossless WebP in the low bits of the operator's own output, saved as PNG: no network."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from unfilter.format.payload import payload_of, with_payload
from unfilter.photo.coded import avif, decoded, lossless
from unfilter.photo.payload import coding_of
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.evaluation.ways import File, files


@dataclass(frozen=True)
class LowBits:
    """`quality` 0..100 of the AVIF (R25 of sdk/format/RULES.md); None is lossless. As many bits of a level as it takes."""

    quality: int | None
    suffix: ClassVar[str] = ".png"

    @property
    def name(self) -> str:
        """Such as `AVIF 70 in low bits, PNG`."""
        return f"{'lossless WebP' if self.quality is None else f'AVIF {self.quality}'} in low bits, PNG"

    def saved(self, bench: Bench, subject: Subject, picture: Picture) -> File:
        """See `Way`."""
        photo, shown = bench.photo(picture), bench.target(subject.task({}), picture)
        content = lossless(photo, picture.name) if self.quality is None else avif(photo, self.quality)
        return files.png(with_payload(shown.reshape(-1), content).reshape(shown.shape))

    def restored(self, bench: Bench, subject: Subject, file: File) -> NDArray[np.uint8] | None:
        """See `Way`."""
        content = payload_of(file.pixels.reshape(-1))
        coding = coding_of(content) if content else None
        return decoded(content, coding, *file.pixels.shape[:2]) if content and coding else None
