"""Ways to save a filtered picture so that its photo comes back: ours, and what a sceptic would do. Equal siblings.

    file = LowBits(70).saved(bench, subject, picture)
    photo = LowBits(70).restored(bench, subject, arrived(file))

A way says what the file's pixels are and what stands in its metadata, all as read from a real file; `events` are what
happens to files.
"""

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject

__all__ = ["File", "Way"]


class File(NamedTuple):
    """A file as it is read: its pixels (uint8, height x width x 3), what its metadata hold of the photo, and its bytes."""

    pixels: NDArray[np.uint8]
    attached: bytes | None
    content: bytes


@runtime_checkable
class Way(Protocol):
    """One way. Frozen, and equal to another of the same settings."""

    @property
    def name(self) -> str:
        """In words, such as `operator's output, AVIF 70 in its low bits`."""
        ...

    @property
    def suffix(self) -> str:
        """Of the file."""
        ...

    def saved(self, bench: Bench, subject: Subject, picture: Picture) -> File:
        """The file."""
        ...

    def restored(self, bench: Bench, subject: Subject, file: File) -> NDArray[np.uint8] | None:
        """The photo, from a file that arrived; None where nothing brings it back."""
        ...
