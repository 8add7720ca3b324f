"""Hiding a photo in what any other tool made of it: a guided filter, which measures what it promises.

    wrapped = Wrap(Filter.open("any").graphs, output=Path("filtered.jpg")).file(Path("photo.jpg"), Path("saved.jpg"))

How well a pair can be carried is no guess: the saved file is restored, in part where it is large, before it is kept.
"""

import math
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.errors import PhotoError
from unfilter.format.mark import unmarked
from unfilter.jobs.apply import Apply
from unfilter.jobs.job import Accepted, Result
from unfilter.photo import Photo, Subsampling, read_photo
from unfilter.photo.write import save_photo
from unfilter.run.graphs import Graphs
from unfilter.run.tiling import Progress

LEAST_LIKE, LEAST_RESTORED = 24.0, 24.0
"""PSNR in dB below which the saved file is not the look, and what comes back is not the photo."""

LEAST_GAIN = 2.0
"""By how much, dB, what comes back must be nearer to the photo than the look is, where the look is far from it."""

POSTED = 80
"""Quality of the JPEG that a site is taken to save again."""

WHOLE, WINDOW = 1024, 512
"""Side up to which all of a photo is measured, and that of the three windows that are otherwise, pixels."""

HIDES_NOTHING = (
    "a restorable file hides nothing: whoever has it and this filter sees the photo, faces and plates under a blur included"
)
"""What people must know where they decide."""


class Promise(NamedTuple):
    """What was measured on the pair, RGB PSNR in dB.

    `unfiltered` is the photo against the look, `approximation` the saved file against it; `restoration` the photo restored
    from the saved file, and `posted` from that file saved again as a JPEG of quality `POSTED`.
    """

    unfiltered: float
    approximation: float
    restoration: float
    posted: float

    @property
    def refusal(self) -> str | None:
        """Why the pair cannot be carried, in words; None where it can."""
        if self.approximation < LEAST_LIKE:
            return f"the saved file would be {self.approximation:.1f} dB near the result ({LEAST_LIKE:g} are the least)"
        nearer = self.restoration - self.unfiltered
        if self.restoration < LEAST_RESTORED or (self.restoration < 40 and nearer < LEAST_GAIN):
            return (
                f"what comes back would be {self.restoration:.1f} dB near the photo, where the result itself is "
                f"{self.unfiltered:.1f} dB near it"
            )
        return None


@dataclass(frozen=True)
class Wrapped(Result):
    """A file that was written, and what it promises."""

    promise: Promise = field(kw_only=True)


class Wrap(Apply):
    """Hide photos in what another tool made of them, and refuse pairs that cannot be carried.

    Args:
        graphs: of a guided filter, such as `any`.
        output: the other tool's result, a photo or a file of one.
        quality, subsampling, mark, convert, reduce, limit, overwrite: as for `Apply`.
        force: keep the file, however little comes back.

    Raises:
        UnfilterError: the filter is not guided.
    """

    def __init__(
        self,
        graphs: Graphs,
        *,
        output: Photo | Path,
        quality: int = 95,
        subsampling: Subsampling = "4:4:4",
        mark: bool | None = None,
        convert: bool = False,
        reduce: bool = False,
        overwrite: bool = False,
        force: bool = False,
    ) -> None:
        super().__init__(
            graphs,
            quality=quality,
            subsampling=subsampling,
            mark=mark,
            convert=convert,
            reduce=reduce,
            overwrite=overwrite,
            output=output,
        )
        self.force = force

    def file(self, source: Path, target: Path, progress: Progress | None = None) -> Wrapped:
        """As `Job.file`, with the promise."""
        wrapped = super().file(source, target, progress)
        assert isinstance(wrapped, Wrapped)  # `write` makes it
        return wrapped

    def write(self, accepted: Accepted, result: Photo) -> Wrapped:
        """Measure what the file would promise, and write it.

        Raises:
            PhotoError: the pair cannot be carried, and the job does not `force`; nothing is written then.
        """
        promise = self._promise(accepted, result)
        if (reason := promise.refusal) and not self.force:
            raise PhotoError(
                f"{self._output_name}: hiding {accepted.source} in this result is not worth it: {reason}; train a filter "
                "for the look (unfilter new LOOK --guided), or write it all the same (--force, in Python force=True)"
            )
        written = super().write(accepted, result)
        return Wrapped(written.source, written.target, written.graphs, written.notes, promise=promise)

    def _promise(self, accepted: Accepted, result: Photo) -> Promise:
        photo, look = accepted.photo.pixels, self.output
        assert look is not None and accepted.graphs is not None  # as `look` made sure
        with tempfile.TemporaryDirectory(prefix="unfilter-wrap-") as folder:
            file = Path(folder) / accepted.target.name
            save_photo(file, accepted.codec, replace(result, tag=None), self.quality, self.subsampling)
            saved = read_photo(file).pixels
            posted_file = Path(folder) / "posted.jpg"
            Image.fromarray(saved).save(posted_file, quality=POSTED)  # 4:2:0, as sites do
            posted = np.asarray(Image.open(posted_file))
        if self.marks(accepted.codec):  # restoring takes it off, also of a file that a site gave back
            restoration = accepted.graphs.bundle.manifest.restoration
            kept, given_back = (unmarked(picture, restoration) for picture in (saved, posted))
        else:
            kept, given_back = saved, posted
        errors = np.zeros(4)
        height, width = photo.shape[:2]
        windows = _windows(height, width, accepted.graphs.bundle.manifest.tiles.step)
        for window in windows:
            truth = photo[window]
            parts = (np.ascontiguousarray(picture[window]) for picture in (kept, given_back))
            back, back_from_site = (accepted.graphs.run("inverse", part) for part in parts)
            pairs = ((truth, look[window]), (saved[window], look[window]), (back, truth), (back_from_site, truth))
            errors += [_squares(*pair) / truth.size for pair in pairs]
        return Promise(*(_decibels(error) for error in errors / len(windows)))


def _windows(height: int, width: int, grid: int) -> list[tuple[slice, slice]]:
    """The whole photo, or three windows along its diagonal, at multiples of `grid`."""
    if max(height, width) <= WHOLE:
        return [(slice(0, height), slice(0, width))]
    windows = []
    for part in (0.25, 0.5, 0.75):
        starts = [int(max(0, length * part - WINDOW / 2)) // grid * grid for length in (height, width)]
        windows.append((slice(starts[0], starts[0] + WINDOW), slice(starts[1], starts[1] + WINDOW)))
    return windows


def _squares(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    return float(np.square(first.astype(np.float32) - second.astype(np.float32)).sum(dtype=np.float64))


def _decibels(mean_square: float) -> float:
    """PSNR of a mean squared error in levels; 99 where nothing differs."""
    return 99.0 if mean_square <= 0 else min(99.0, 10 * math.log10(255**2 / mean_square))
