"""Unfilter: photo filters that can be undone from the filtered file alone.

    from unfilter import Filter

    l0 = Filter.open("l0")
    l0.apply("photo.jpg", "filtered.png")
    l0.restore("filtered.png", "restored.png")

What is named here is stable; modules with a leading underscore are not.
"""

from unfilter import _moved
from unfilter.errors import BundleError, PhotoError, RuntimeUnavailable, UnfilterError
from unfilter.format.bundle import Bundle
from unfilter.format.hyper_parameter import HyperParameter
from unfilter.format.manifest import Manifest
from unfilter.jobs.filter import Filter
from unfilter.jobs.origin import NotRestored, Origin, Recognition
from unfilter.photo import Photo, Tag, read_photo, write_photo

__all__ = [
    "Bundle",
    "BundleError",
    "Filter",
    "HyperParameter",
    "Manifest",
    "NotRestored",
    "Origin",
    "Photo",
    "PhotoError",
    "Recognition",
    "RuntimeUnavailable",
    "Tag",
    "UnfilterError",
    "read_photo",
    "write_photo",
]

_moved.install()
