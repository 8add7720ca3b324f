"""Whether a result stands already, so that a run that was stopped goes on where it was."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import PhotoError
from unfilter.format.artifact import Direction
from unfilter.format.mark import MARK, marked, unmarked
from unfilter.format.tiles import TilePlan
from unfilter.jobs.carrying import Carrying
from unfilter.jobs.detection.comparison import compare
from unfilter.jobs.held import held, refined
from unfilter.jobs.refusals import refuse_itself
from unfilter.jobs.restoring import restored
from unfilter.photo import Photo, Tag, codec_of, read_photo
from unfilter.photo.metadata import carry_alike
from unfilter.photo.transparency import given, seen
from unfilter.run.graphs import Graphs

_MIDDLE = 128
"""Side of the part that is computed again, pixels."""
_EXACT_LEVELS, _PAYLOAD_LEVELS, _LOSSY_LEVELS = 2, 5, 12.0
"""Most that any level of the same photo may differ by (cut elsewhere into tiles, some are rounded otherwise), with a payload
3 more; and, after JPEG, the mean of all. Two photos differ by tens.
"""


def is_done(
    graphs: Graphs | None,
    direction: Direction,
    source: Path,
    photo: Photo,
    target: Path,
    tag: Tag | None,
    parameters: Mapping[str, float] | None = None,
    carrying: Carrying | None = None,
    *,
    keep: bool = False,
) -> bool:
    """Whether `target` is what `graphs` makes of `photo`, read from `source`: a complete file of the codec that its name
    says, with the size, profile, EXIF and alpha of the photo, with `tag`, and with pixels that its own tag bears out and
    that agree where they are computed again, in the middle. Where the target is older than the photo, which may have changed
    since, all of them are. `carrying` says what else it must carry; without graphs, `photo` holds what it is restored to;
    `keep`: the result has the pixels of the photo itself.

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
    alike = found.pixels.shape == photo.pixels.shape and carry_alike(_plain(found), replace(photo, tag=tag, top_up=None))
    if found.tag and tag:
        alike = alike and (carrying or Carrying()).alike(found.tag, height * width)
    if found.codec != codec_of(target) or not alike:
        raise _in_the_way(target, f"was not made of {source} in this way")
    if (compared := compare(found)) and not compared.made:
        raise _in_the_way(target, compared.reason)
    changed_since = target.stat().st_mtime < source.stat().st_mtime
    (rows, kept_rows), (columns, kept_columns) = (
        (slice(length), slice(length)) if changed_since or graphs is None else middle(length, graphs.bundle.manifest.tiles)
        for length in (height, width)
    )
    most = _PAYLOAD_LEVELS if found.tag and found.tag.payload else _EXACT_LEVELS
    for again in _again(graphs, direction, source, photo, (rows, columns), tag, parameters, keep):
        apart = np.abs(again.astype(np.int16) - found.pixels[rows, columns])[kept_rows, kept_columns]
        if photo.alpha is not None:
            apart = apart * (photo.alpha > 0)[rows, columns][kept_rows, kept_columns, None]
        if apart.mean() <= _LOSSY_LEVELS if found.codec == "jpeg" else apart.max() <= most:
            return True
    raise _in_the_way(target, f"its pixels are not what {source} gives")


def _again(
    graphs: Graphs | None,
    direction: Direction,
    source: Path,
    photo: Photo,
    place: tuple[slice, slice],
    tag: Tag | None,
    parameters: Mapping[str, float] | None,
    keep: bool,
) -> Iterator[NDArray[np.uint8]]:
    """What the result may have at `place`: an exact file may have been restored again, or once."""
    if keep:
        yield photo.pixels[place]
        return
    if graphs is None:
        yield held(photo, source)[0].pixels
        return
    taken = (seen(photo) if direction == "forward" else given(photo))[place]
    corner, restoration = (place[0].start or 0, place[1].start or 0), graphs.bundle.manifest.restoration
    if direction == "forward":
        made = graphs.run(direction, taken, parameters)
        yield marked(made, restoration, corner) if tag and tag.marked else made
        return
    if photo.tag and photo.tag.marked:
        taken = unmarked(taken, restoration, corner)
    for once in (False, True):
        made = restored(graphs, photo, taken, once=once)
        if photo.top_up is not None:
            whole = np.zeros_like(photo.pixels)
            whole[place] = made
            made = refined(photo, whole)[0][place]
        yield made


def _plain(photo: Photo) -> Photo:
    """`photo` with no more in its tag than what made it."""
    if photo.tag is None:
        return photo
    requires = (MARK,) if photo.tag.marked else ()
    bare = photo.tag.model_copy(update={"fingerprint": None, "requires": requires, "payload": None, "top_up": None})
    return replace(photo, tag=bare, top_up=None)


def middle(length: int, plan: TilePlan) -> tuple[slice, slice]:
    """The middle of one axis with a halo on either side, and what of it the halo leaves right; all of a short axis."""
    reach = _MIDDLE + 2 * plan.halo
    if length <= reach + plan.step:
        return slice(length), slice(length)
    start = (length - reach) // 2 // plan.step * plan.step
    return slice(start, start + reach), slice(plan.halo, plan.halo + _MIDDLE)


def _in_the_way(target: Path, reason: str) -> PhotoError:
    return PhotoError(f"{target}: is there already, and {reason}; remove it, or name another folder")
