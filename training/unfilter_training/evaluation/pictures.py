"""The photos that are measured on: named folders, each of one layout of `unfilter_training.photo_sets`."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from unfilter.errors import UnfilterError
from unfilter_training.evaluation.record import Record
from unfilter_training.photo_sets import PHOTO_SETS, photo_set


@dataclass(frozen=True)
class Picture:
    """One photo of a set, known by the bytes of its file and the layout that says how they are read."""

    set: str
    name: str
    layout: str
    digest: str
    path: Path = field(compare=False)

    def read(self) -> NDArray[np.uint8]:
        """RGB pixels, height x width x 3.

        Raises:
            UnfilterError: it cannot be read as a photo.
        """
        return photo_set(self.layout).read(self.path)


@dataclass(frozen=True)
class PictureSet:
    """Photos under one name, sorted by theirs; `found` is how many the folder holds, of which these are the first."""

    name: str
    layout: str
    pictures: tuple[Picture, ...]
    found: int


class PictureSetRecord(Record):
    """A set of photos in `results.json`."""

    name: str
    layout: str = Field(description="how the folder was read: plain, fivek or raise")
    found: int = Field(description="photos in the folder; the first by name were measured")
    pictures: dict[str, str] = Field(description="sha256 of the file of each measured photo, by its name")

    @staticmethod
    def of(one: PictureSet) -> "PictureSetRecord":
        """The record of a set."""
        digests = {picture.name: picture.digest for picture in one.pictures}
        return PictureSetRecord(name=one.name, layout=one.layout, found=one.found, pictures=digests)


def parse(word: str) -> tuple[str, Path, str]:
    """Name, folder and layout of `[NAME=]FOLDER[:LAYOUT]`.

    Without a name it is the folder's own. A folder's own colons are kept where no layout follows them.

    Raises:
        UnfilterError: not such a word.
    """
    head, equals, tail = word.partition("=")
    name, rest = (head, tail) if equals else ("", word)
    if not rest or (equals and not name):
        raise UnfilterError(f"{word!r}: photos are FOLDER, NAME=FOLDER or NAME=FOLDER:LAYOUT, such as kodak=photos/kodak")
    folder, colon, layout = rest.rpartition(":")
    if colon and layout in PHOTO_SETS:
        return name or _own_name(folder), Path(folder), layout
    if colon and not Path(rest).exists() and Path(folder).is_dir():
        raise UnfilterError(f"{word!r}: unknown layout {layout!r}: choose one of {', '.join(PHOTO_SETS)}")
    return name or _own_name(rest), Path(rest), "plain"


def _own_name(folder: str) -> str:
    return Path(folder).resolve().name or "photos"


def gather(words: list[str], first: int | None = None) -> tuple[PictureSet, ...]:
    """The sets that the words name, or the `first` photos of each.

    Raises:
        UnfilterError: a word is not [NAME=]FOLDER[:LAYOUT], a folder is not of its layout, or a name is given twice.
    """
    sets: dict[str, PictureSet] = {}
    for word in words:
        name, folder, layout = parse(word)
        if name in sets:
            raise UnfilterError(f"{word!r}: photos called {name} are given twice; name them apart, as NAME=FOLDER")
        files = photo_set(layout).files(folder)
        pictures = tuple(
            Picture(name, path.name, layout, hashlib.sha256(path.read_bytes()).hexdigest(), path) for path in files[:first]
        )
        sets[name] = PictureSet(name, layout, pictures, len(files))
    return tuple(sets.values())
