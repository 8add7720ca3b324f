"""What is measured on: a bundle's goldens, or photos of the user's with what the reference makes of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError
from unfilter.format.artifact import Direction
from unfilter.format.bundle import Bundle
from unfilter.format.hyper_parameter import complete
from unfilter.format.manifest import Golden
from unfilter.photo import read_photo
from unfilter.run.tiling import beside

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """A photo (uint8, height x width x 3) and values of the hyper-parameters.

    `output` is what a guided filter takes beside the photo; `filtered` and `restored` are the reference's bytes; None where
    it has yet to make them. `round_trip` is as for `Golden`.
    """

    name: str
    photo: Pixels
    parameters: dict[str, float]
    filtered: Pixels | None = None
    restored: Pixels | None = None
    round_trip: bool = True
    output: Pixels | None = None

    @property
    def given(self) -> Pixels:
        """What the forward graph takes, 3 channels or 6."""
        return beside(self.photo, self.output)


def goldens(bundle: Bundle) -> Iterator[Case]:
    """The bundle's goldens, read one at a time."""
    for golden in bundle.manifest.goldens:
        photo, filtered, restored = (
            read_photo(bundle.path(part)).pixels for part in (golden.photo, golden.filtered, golden.restored)
        )
        output = read_photo(bundle.path(golden.output)).pixels if golden.output else None
        yield Case(golden.name, photo, golden.parameters, filtered, restored, golden.round_trip, output)


def given(bundle: Bundle, golden: Golden, direction: Direction) -> Pixels:
    """What a graph takes of a golden: its photo (with its output, of a guided filter), or its filtered picture."""
    if direction == "inverse":
        return read_photo(bundle.path(golden.filtered)).pixels
    output = read_photo(bundle.path(golden.output)).pixels if golden.output else None
    return beside(read_photo(bundle.path(golden.photo)).pixels, output)


def photos(bundle: Bundle, paths: Sequence[Path]) -> Iterator[Case]:
    """Photos of any kind, read one at a time, with the defaults of all hyper-parameters.

    Raises:
        PhotoError: one cannot be read.
        BundleError: the filter is guided, and nothing is there that it could be guided by.
    """
    if bundle.manifest.guided:
        raise BundleError(
            f"{bundle.folder}: filter {bundle.manifest.filter} is guided: photos alone do not say what it should look like; "
            "leave them out, and it is verified on its goldens"
        )
    values = complete(bundle.manifest.hyper_parameters, {})
    for path in paths:
        yield Case(path.name, read_photo(path, convert=True, reduce=True).pixels, values)


def refuse_without_goldens(bundle: Bundle) -> None:
    """Nothing to compare with is nothing proven.

    Raises:
        BundleError: the bundle holds no golden that has round trips.
    """
    if not any(golden.round_trip for golden in bundle.manifest.goldens):
        raise BundleError(f"{bundle.folder}: holds no goldens, so nothing can be proven; convert the filter again")
