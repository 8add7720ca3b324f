"""A published collection: photos named by a number of its own, at any depth and size, brought to 8-bit sRGB at 480p."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter_training.photo_sets.folder import contents, entries, folders_with, matching
from unfilter_training.photo_sets.reduction import reduced
from unfilter_training.photo_sets.stored import SUFFIXES, read_stored

MOST_NAMED = 8
"""How many folders a message lists."""


@dataclass(frozen=True)
class Collection:
    """What tells one collection from another.

    Attributes:
        title: what it is called.
        names: matches the start of the names of its photos.
        example: a name of one of its photos.
        raw_suffix: of its camera raw files, which are not read.
        raw_advice: what to do where only those are there.
        address: where the collection is published.
    """

    title: str
    names: re.Pattern[str]
    example: str
    raw_suffix: str
    raw_advice: str
    address: str

    def files(self, folder: Path, patterns: Iterable[str] = ("*",)) -> list[Path]:
        """TIFF, PNG and JPEG files of `folder` that match one of the patterns, sorted; each is a photo of the collection.

        Camera raw files beside them are passed over, and so are hidden files.

        Raises:
            UnfilterError: no such folder; photos of another name; camera raw files alone; photos only in folders of it (the
                message lists these); none at all.
        """
        patterns = tuple(patterns)
        found = [path for path in matching(folder, patterns, SUFFIXES) if not path.name.startswith(".")]
        strangers = [path for path in found if not self.names.match(path.name)]
        if strangers:
            raise UnfilterError(
                f"{folder}: not a {self.title} folder: {len(strangers)} of its {len(found)} photos are not named like "
                f"{self.example} (one is {strangers[0].name}); name a folder of {self.title} photos alone, or narrow the "
                'pattern, or use layout = "plain"'
            )
        if not found:
            raise UnfilterError(f"{folder}: {self._why_none(folder, patterns)}")
        return found

    def read(self, path: Path) -> NDArray[np.uint8]:
        """RGB pixels, height x width x 3, 8-bit sRGB, the short side 480 pixels or, where it was shorter, as it was.

        An opaque alpha channel is dropped. Pixels are kept as stored: EXIF orientation is not applied.

        Raises:
            PhotoError: missing, damaged, transparent, too large, or of a kind or colour profile that is not read.
        """
        return reduced(read_stored(path))

    def _is_photo(self, path: Path) -> bool:
        return path.suffix.lower() in SUFFIXES and bool(self.names.match(path.name))

    def _is_raw(self, path: Path) -> bool:
        return path.suffix.lower() == self.raw_suffix

    def _why_none(self, folder: Path, patterns: tuple[str, ...]) -> str:
        """Why no photo was found, and what to do, in the order of what a user most likely meant."""
        if any(self._is_photo(path) for path in entries(folder)):
            wanted = ", ".join(patterns)
            return f"no {self.title} photo in it matches {wanted}; it holds {contents(folder)}; change the pattern"
        # A folder of raw files may have the exported ones in a folder of its own, so photos are looked for first.
        if below := folders_with(folder, self._is_photo):
            return f"holds no photos itself; name the one of its folders that is meant: {_listed(below, folder)}"
        raw = any(self._is_raw(path) for path in entries(folder))
        raw_below = [] if raw else folders_with(folder, self._is_raw)
        if raw or raw_below:
            where = f" (in {_listed(raw_below, folder)})" if raw_below else ""
            kind = self.raw_suffix.removeprefix(".").upper()
            return f"holds camera raw files ({kind}) alone{where}, which are not read: {self.raw_advice}"
        return (
            f"not a {self.title} folder: it holds {contents(folder)}; "
            f"expected TIFF, PNG or JPEG files named like {self.example} (from {self.address})"
        )


def _listed(folders: list[Path], parent: Path) -> str:
    names = [str(folder.relative_to(parent)) for folder in folders]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
