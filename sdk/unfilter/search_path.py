"""Where `restore` looks for the bundle that undoes a file, so that it needs no argument."""

import os
from collections.abc import Iterator
from pathlib import Path

from unfilter.bundle import MANIFEST, Bundle
from unfilter.errors import BundleError, PhotoError
from unfilter.photo import Tag

VARIABLE = "UNFILTER_BUNDLES"
"""Environment variable: folders that hold bundles, separated like PATH."""


def folders() -> list[Path]:
    """Folders that are searched, in order: those of the environment variable, `build/bundles`, the user's data folder."""
    named = [Path(part) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    return [*named, Path("build/bundles"), Path.home() / ".local/share/unfilter/bundles"]


def bundles() -> Iterator[Bundle]:
    """Every readable bundle of the search path; a broken one is passed over."""
    for folder in folders():
        for manifest in sorted(folder.glob(f"*/{MANIFEST}")):
            try:
                yield Bundle(manifest.parent)
            except BundleError:
                continue


def find_bundle(source: Path, tag: Tag | None) -> Bundle:
    """The bundle whose restoration id the tag of `source` names.

    Raises:
        PhotoError: no tag, or no such bundle in the search path.
    """
    if tag is None:
        raise PhotoError(f"{source}: carries no unfilter tag; if a filter made it, name its bundle with --filter")
    for bundle in bundles():
        if bundle.manifest.restoration == tag.restoration:
            return bundle
    searched = ", ".join(str(folder) for folder in folders())
    raise PhotoError(
        f"{source}: no bundle of filter {tag.filter} with restoration id {tag.restoration[:12]} in {searched}; "
        f"name it with --filter or set {VARIABLE}"
    )
