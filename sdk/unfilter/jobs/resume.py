"""Whether a result stands already, so that a run that was stopped goes on where it was."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from unfilter.errors import PhotoError
from unfilter.format.manifest import Direction
from unfilter.format.mark import MARK, marked, unmarked
from unfilter.format.tiles import TilePlan
from unfilter.jobs.detection.comparison import compare
from unfilter.jobs.refusals import refuse_itself
from unfilter.photo import Photo, Tag, codec_of, read_photo
from unfilter.photo.metadata import carry_alike
from unfilter.photo.transparency import given, seen
from unfilter.run.graphs import Graphs

_MIDDLE = 128
"""Side of the part that is computed again, pixels."""
_EXACT_LEVELS, _LOSSY_LEVELS = 2, 12.0
"""Most that any level of the same photo may differ by (cut elsewhere into tiles, some are rounded otherwise); and, after
JPEG, the mean of all. Two photos differ by tens.
"""


def is_done(
    graphs: Graphs,
    direction: Direction,
    source: Path,
    photo: Photo,
    target: Path,
    tag: Tag | None,
    parameters: Mapping[str, float] | None = None,
    *,
    keep: bool = False,
) -> bool:
    """Whether `target` is what `graphs` makes of `photo`, read from `source`: a complete file of the codec that its name
    says, with the size, profile, EXIF and alpha of the photo, with `tag`, and with pixels that its own tag bears out and
    that agree where they are computed again, in the middle. Where the target is older than the photo, which may have changed
    since, all of them are. `keep`: the result has the pixels of the photo itself.

    Returns:
        False where nothing is there, or an empty file.

    Raises:
        PhotoError: anything else is there. It may be somebody's only copy of a photo, so nobody is to write over it.
    """
    if not os.path.lexists(target) or (target.is_file() and not target.stat().st_size):
        return False
    refuse_itself(source, target)
    height, width, _ = photo.pixels.shape
    try:
        found = read_photo(target, limit=height * width)
    except PhotoError as error:
        raise _in_the_way(target, f"is no complete result ({str(error).removeprefix(f'{target}: ')})") from None
    kept = (MARK,) if found.tag and found.tag.marked else ()
    plain = replace(found, tag=found.tag.model_copy(update={"fingerprint": None, "requires": kept})) if found.tag else found
    alike = found.pixels.shape == photo.pixels.shape and carry_alike(plain, replace(photo, tag=tag))
    if found.codec != codec_of(target) or not alike:
        raise _in_the_way(target, f"was not made of {source} in this way")
    if (compared := compare(found)) and not compared.made:
        raise _in_the_way(target, compared.reason)
    changed_since = target.stat().st_mtime < source.stat().st_mtime
    plan = graphs.bundle.manifest.tiles
    (rows, kept_rows), (columns, kept_columns) = (
        (slice(length), slice(length)) if changed_since else middle(length, plan) for length in (height, width)
    )
    taken = (seen(photo) if direction == "forward" else given(photo))[rows, columns]
    corner, restoration = (rows.start or 0, columns.start or 0), graphs.bundle.manifest.restoration
    if not keep:
        if photo.tag and photo.tag.marked and direction == "inverse":
            taken = unmarked(taken, restoration, corner)
        taken = graphs.run(direction, taken, parameters)
        if kept:
            taken = marked(taken, restoration, corner)
    again = taken
    apart = np.abs(again.astype(np.int16) - found.pixels[rows, columns])[kept_rows, kept_columns]
    if photo.alpha is not None:
        apart = apart * (photo.alpha > 0)[rows, columns][kept_rows, kept_columns, None]
    if apart.mean() > _LOSSY_LEVELS if found.codec == "jpeg" else apart.max() > _EXACT_LEVELS:
        raise _in_the_way(target, f"its pixels are not what {source} gives")
    return True


def middle(length: int, plan: TilePlan) -> tuple[slice, slice]:
    """The middle of one axis with a halo on either side, and what of it the halo leaves right; all of a short axis."""
    reach = _MIDDLE + 2 * plan.halo
    if length <= reach + plan.alignment:
        return slice(length), slice(length)
    start = (length - reach) // 2 // plan.alignment * plan.alignment
    return slice(start, start + reach), slice(plan.halo, plan.halo + _MIDDLE)


def _in_the_way(target: Path, reason: str) -> PhotoError:
    return PhotoError(f"{target}: is there already, and {reason}; remove it, or name another folder")
