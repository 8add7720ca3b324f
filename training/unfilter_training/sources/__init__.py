"""Where a look comes from when it is no operator of this package: equal siblings, one per kind of source.

    look = open_source(parse("film.cube"))
    result = look(photo)              # uint8 RGB, height x width x 3, to the same, or float32 0..1

`table` (a `.cube` file), `pairs` (folders `before` and `after`), `command` (run once per photo), `function` (Python's) and
`graph` (ONNX). Whatever goes wrong is one line that names the source.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter_training.sources.command import CommandSource
from unfilter_training.sources.function import FunctionSource
from unfilter_training.sources.graph import GraphSource
from unfilter_training.sources.pairs import PairsSource
from unfilter_training.sources.specification import FILES, Kind, Specification, parse
from unfilter_training.sources.table import TableSource

__all__ = ["SOURCES", "LookSource", "Specification", "file_of", "filtered", "identity", "open_source", "parse"]

Result = NDArray[np.uint8] | NDArray[np.float32]


@runtime_checkable
class LookSource(Protocol):
    """What every sibling offers."""

    def __call__(self, photo: NDArray[np.uint8], /) -> Result:
        """The look of a photo (uint8 RGB, height x width x 3): uint8 levels, or float32 where 0..1 is black to white.

        Raises:
            UnfilterError: the source fails on this photo; one line that names the source.
        """
        ...


@runtime_checkable
class MadeOfFiles(Protocol):
    """A source whose looks depend on files that its specification has no digest of."""

    def files(self, photo: NDArray[np.uint8]) -> tuple[Path, ...]:
        """Those that the look of this photo is made of: other contents, another look."""
        ...


SOURCES: Mapping[Kind, Callable[[Specification, Path], LookSource]] = {
    "table": TableSource,
    "pairs": PairsSource,
    "command": CommandSource,
    "function": FunctionSource,
    "graph": GraphSource,
}


def open_source(specification: Specification, *folders: Path) -> LookSource:
    """The look that is specified. A file is looked for in `folders`, in their order, and then as it is named.

    Raises:
        UnfilterError: a file is missing, is not of its kind, or is not the one that the recipe was written for.
    """
    path = file_of(specification, *folders)
    if specification.sha256 is not None and hashlib.sha256(path.read_bytes()).hexdigest() != specification.sha256:
        raise UnfilterError(f"{path}: is not the file that the recipe was written for; bring that one, or make a new look")
    return SOURCES[specification.kind](specification, path)


def file_of(specification: Specification, *folders: Path) -> Path:
    """Where the file or folder of a source lies.

    Raises:
        UnfilterError: a source that is a file or folder is nowhere.
    """
    if specification.kind not in FILES:
        return Path()
    places = [folder / specification.value for folder in folders] + [Path(specification.value)]
    for place in places:
        if place.exists():
            return place
    raise UnfilterError(f"{specification.value}: no such file or folder; looked for as {', '.join(map(str, places))}")


def identity(specification: Specification, look: LookSource, photo: NDArray[np.uint8]) -> str:
    """What the look of a photo is kept under: the same source and the same files, the same text."""
    files = look.files(photo) if isinstance(look, MadeOfFiles) else ()
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    return json.dumps([specification.model_dump(mode="json"), digests], sort_keys=True)


def filtered(look: LookSource, photo: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The look of a photo in 0..1, unclipped.

    Raises:
        UnfilterError: it fails, or gives something else than a picture of the photo's size.
    """
    result = look(photo)
    if result.shape != photo.shape:
        raise UnfilterError(
            f"the look makes {_size(result)} of {_size(photo)}; a restorable filter keeps the size; resize or crop later"
        )
    if result.dtype == np.uint8:
        return result.astype(np.float32) / np.float32(255)
    values = result.astype(np.float32)
    if not np.isfinite(values).all():
        raise UnfilterError("the look gives values that are not finite")
    if values.max() > 4:
        raise UnfilterError(f"the look gives floats up to {values.max():g}; divide levels by 255, or give uint8")
    return values


def _size(picture: NDArray[np.generic]) -> str:
    if picture.ndim == 3 and picture.shape[2] == 3:
        return f"{picture.shape[1]} x {picture.shape[0]} pixels"
    return f"an array of shape {picture.shape}"
