"""What the network makes, by itself and with a top-up."""

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from unfilter.format.quantisation import Subsampling
from unfilter.format.tag import Tag
from unfilter.photo import Goal, Photo, read_photo, write_photo
from unfilter.photo.jpeg import coded
from unfilter.photo.top_up import refined, with_top_up
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.evaluation.ways import File, files

QUALITY = 80
CHROMA: Subsampling = "4:2:0"


@dataclass(frozen=True)
class Network:
    """As PNG, or as JPEG 80 4:2:0 with the filter's own quantiser tables, where `gain` dB more than the pixels restore to
    are bought with a top-up.
    """

    suffix: Literal[".png", ".jpg"]
    gain: float = 0.0

    @property
    def name(self) -> str:
        """Such as `network, JPEG 80, top-up of 2 dB`."""
        kind = "PNG" if self.suffix == ".png" else f"JPEG {QUALITY}"
        return f"network, {kind}" + (f", top-up of {self.gain:g} dB" if self.gain else "")

    def saved(self, bench: Bench, subject: Subject, picture: Picture) -> File:
        """See `Way`."""
        pixels = bench.filtered(subject, (), picture)
        if self.suffix == ".png":
            return files.png(pixels)
        plain = files.read(coded(pixels, QUALITY, CHROMA, subject.quantisation.get(CHROMA)))
        if not self.gain:
            return plain
        base = bench.restored(subject, plain.pixels)
        photo = Photo(bench.photo(picture))
        apart = float(np.mean((photo.pixels.astype(np.float64) - base) ** 2))
        goal = Goal("dB", 10 * np.log10(255**2 / apart) + self.gain)
        tag = Tag(filter=subject.label, restoration="0" * 64, codec="jpeg")
        topped = with_top_up(Photo(plain.pixels, tag=tag), photo, base, goal, picture.name)
        path = bench.folder / "topped_up.jpg"
        shown = replace(topped, pixels=pixels, quantisation=subject.quantisation)
        write_photo(path, shown, quality=QUALITY, subsampling=CHROMA)
        return files.read(path.read_bytes())

    def restored(self, bench: Bench, subject: Subject, file: File) -> NDArray[np.uint8]:
        """See `Way`."""
        base = bench.restored(subject, file.pixels)
        if file.attached is None:
            return base
        better = refined(read_photo(BytesIO(file.content)), base)
        assert better is not None
        return better
