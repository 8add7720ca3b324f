"""What is measured on: a bundle's goldens, or photos of the user's with what the reference makes of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError
from unfilter.format.bundle import Bundle
from unfilter.format.hyper_parameter import complete
from unfilter.photo import read_photo

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """A photo (uint8, height x width x 3) and values of the hyper-parameters.

    `filtered` and `restored` are the reference's bytes; None where it has yet to make them. `round_trip` is as for `Golden`.
    """

    name: str
    photo: Pixels
    parameters: dict[str, float]
    filtered: Pixels | None = None
    restored: Pixels | None = None
    round_trip: bool = True


def goldens(bundle: Bundle) -> Iterator[Case]:
    """The bundle's goldens, read one at a time."""
    for golden in bundle.manifest.goldens:
        photo, filtered, restored = (
            read_photo(bundle.path(part)).pixels for part in (golden.photo, golden.filtered, golden.restored)
        )
        yield Case(golden.name, photo, golden.parameters, filtered, restored, golden.round_trip)


def photos(bundle: Bundle, paths: Sequence[Path]) -> Iterator[Case]:
    """Photos of any kind, read one at a time, with the defaults of all hyper-parameters.

    Raises:
        PhotoError: one cannot be read.
    """
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
