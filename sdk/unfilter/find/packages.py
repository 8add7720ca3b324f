"""Filters that come as Python packages, such as `unfilter-filters`: packed bundles, found through an entry point.

A package names a folder of its own that holds `*.unfilter` files:

    [project.entry-points."unfilter.filters"]
    my_filters = "my_package:BUNDLES"  # a pathlib.Path
"""

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

from unfilter.errors import BundleError
from unfilter.find.archive import SUFFIX, Archive

GROUP = "unfilter.filters"


def packed(broken: Callable[[BundleError], object] = lambda _: None) -> Iterator[Archive]:
    """Every packed bundle of the installed packages, by name; `broken` is told of one that is passed over."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            folder = Path(point.load())
        except Exception as error:  # whatever an import of somebody's package raises
            reason = " ".join(str(error).split())
            broken(BundleError(f"{point.value}, an entry point of {GROUP}: cannot be loaded ({reason}); install it again"))
            continue
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                yield Archive(path)
            except BundleError as error:
                broken(error)
