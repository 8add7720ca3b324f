"""A plain folder of photos: PNG and JPEG files at their own size, read as the SDK reads them."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import PhotoError, UnfilterError
from unfilter.photo import read_photo
from unfilter_training.photo_sets.folder import contents, matching

SUFFIXES = {".png", ".jpg", ".jpeg"}


class PlainFolder:
    """Photos of one folder, whatever they are called."""

    def files(self, folder: Path, patterns: Iterable[str] = ("*",)) -> list[Path]:
        """PNG and JPEG files (by suffix, in either case) that match one of the patterns, sorted.

        Raises:
            UnfilterError: no such folder, or nothing in it matches.
        """
        patterns = tuple(patterns)
        found = matching(folder, patterns, SUFFIXES)
        if not found:
            raise UnfilterError(
                f"{folder}: no PNG or JPEG photo matches {', '.join(patterns)}; it holds {contents(folder)}; "
                "name the folder that the photos lie in, or change the pattern"
            )
        return found

    def read(self, path: Path) -> NDArray[np.uint8]:
        """RGB pixels, height x width x 3, as stored: not resized, not rotated, no colour converted.

        Raises:
            PhotoError: missing, damaged, transparent, or of a kind that the SDK does not read (16 bits, CMYK).
        """
        photo = read_photo(path)
        if photo.transparent:
            raise PhotoError(f"{path}: has transparency; flatten it onto a background first")
        return photo.pixels


PLAIN = PlainFolder()
