"""Collections of photos to train and measure on: equal siblings, one per layout that a recipe can name.

    photo_set("fivek").files(Path("fivek/expertC"))   # which photos
    photo_set("fivek").read(path)                     # uint8 RGB, height x width x 3

A folder that is not what its layout says is refused in one line: the folder, what was found, what was expected, what to do.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter_training.photo_sets.fivek import FIVEK
from unfilter_training.photo_sets.plain import PLAIN
from unfilter_training.photo_sets.raise_set import RAISE

__all__ = ["PHOTO_SETS", "PhotoSet", "photo_set"]


@runtime_checkable
class PhotoSet(Protocol):
    """One layout of a photo collection."""

    def files(self, folder: Path, patterns: Iterable[str] = ("*",)) -> list[Path]:
        """Photos of `folder` whose names match one of the glob patterns, sorted.

        Raises:
            UnfilterError: the folder is not of this layout, or nothing in it matches.
        """
        ...

    def read(self, path: Path) -> NDArray[np.uint8]:
        """RGB pixels, height x width x 3, ready for training and evaluation.

        Raises:
            UnfilterError: not a photo of a kind that this layout has, damaged, or too large.
        """
        ...


PHOTO_SETS: dict[str, PhotoSet] = {"plain": PLAIN, "fivek": FIVEK, "raise": RAISE}


def photo_set(name: str) -> PhotoSet:
    """The layout that a recipe calls `name`.

    Raises:
        UnfilterError: no such layout; the message names those there are.
    """
    try:
        return PHOTO_SETS[name]
    except KeyError:
        raise UnfilterError(f"unknown layout of photos {name!r}: choose one of {', '.join(PHOTO_SETS)}") from None
