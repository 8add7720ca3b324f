"""Whether a result may take the place of a file that is there already: only where nothing is lost by it.

Law: what stood under the target's name can still be had afterwards, unless the caller forces it.
"""

import os
from pathlib import Path

import numpy as np

from unfilter.errors import PhotoError
from unfilter.format.artifact import Direction
from unfilter.format.mark import unmarked
from unfilter.format.tag import Tag
from unfilter.jobs.held import held, holds_photo
from unfilter.jobs.resume import is_done, middle
from unfilter.photo import Photo, read_photo
from unfilter.run.graphs import Graphs

_SAME_PHOTO = 12.0
"""Most that the mean level of what a file restores to may be away from the photo that it was made from; two photos are tens
apart.
"""


def refuse_loss(
    graphs: Graphs | None,
    direction: Direction,
    source: Path,
    photo: Photo,
    target: Path,
    tag: Tag | None,
    *,
    keep: bool = False,
) -> None:
    """Let pass a target that is missing, empty, the same result, or, where a filter is applied, a file that the same filter
    made of this very photo, at whatever parameters: it restores to the photo, and so will what takes its place. `keep` is
    as for `is_done`.

    Raises:
        PhotoError: anything else is there. It may be somebody's only copy of a photo.
    """
    if not os.path.lexists(target) or (target.is_file() and not target.stat().st_size):
        return
    try:
        if direction == "forward" and graphs and _carries(graphs, photo, target):
            return
        if direction == "inverse" and is_done(graphs, direction, source, photo, target, tag, keep=keep):
            return
    except PhotoError:
        pass  # no photo, or not this one
    raise PhotoError(
        f"{target}: is there already, and was not made of {source} by this filter; name another file, or overwrite it "
        "(--force, in Python overwrite=True)"
    )


def _carries(graphs: Graphs, photo: Photo, target: Path) -> bool:
    """Whether `target` restores to `photo`, by its middle."""
    height, width, _ = photo.pixels.shape
    found = read_photo(target, limit=height * width)
    manifest = graphs.bundle.manifest
    if found.tag is None or found.tag.restoration != manifest.restoration or found.pixels.shape != photo.pixels.shape:
        return False
    if holds_photo(found):
        return bool(np.abs(held(found, target)[0].pixels.astype(np.int16) - photo.pixels).mean() <= _SAME_PHOTO)
    (rows, kept_rows), (columns, kept_columns) = (middle(length, manifest.tiles) for length in (height, width))
    taken, corner = found.pixels[rows, columns], (rows.start or 0, columns.start or 0)
    restored = graphs.run("inverse", unmarked(taken, manifest.restoration, corner) if found.tag.marked else taken)
    apart = np.abs(restored.astype(np.int16) - photo.pixels[rows, columns])[kept_rows, kept_columns]
    return bool(apart.mean() <= _SAME_PHOTO)
