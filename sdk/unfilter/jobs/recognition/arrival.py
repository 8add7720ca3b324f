"""What a file is to one filter, which is known: by tag and fingerprint first, then by its pixels (R34 of
sdk/format/RULES.md, where the bundle has no recogniser).
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.jobs.detection.comparison import Examination
from unfilter.jobs.detection.examination import examine
from unfilter.jobs.origin import NotRestored, Origin, Recognition
from unfilter.jobs.recognition.by_pixels import Candidate, recognise
from unfilter.jobs.recognition.landing import landed
from unfilter.jobs.recognition.mark_search import upright, without
from unfilter.jobs.refusals import refuse_foreign
from unfilter.photo import Photo
from unfilter.photo.orientation import alike_shown, orientation_of, with_orientation
from unfilter.photo.transparency import given
from unfilter.run.graphs import Graphs

FORCED = "force it (--force, in Python force=True)"


@dataclass(frozen=True)
class Looked:
    """A photo that a job takes, or what lies within bars of it; what runs it, and what it turned out to be.

    `graphs` is None where nothing need run, since the file holds its photo whole.
    """

    graphs: Graphs | None
    photo: Photo
    recognition: Recognition | None = None


def looked_at(graphs: Graphs, source: Path | str, photo: Photo) -> Looked:
    """`photo`, read from `source`, for a filter that was named or that the tag names.

    A file of which its pixels do not tell passes, since the filter is known.

    Raises:
        NotRestored: another filter made it, or this one did not.
        BundleError: a file of the bundle is missing or changed.
    """
    refuse_foreign(graphs.bundle.manifest, source, photo)
    found = arrival(graphs, photo)
    if found.origin is Origin.NOT_OURS:
        name = graphs.bundle.manifest.filter
        sure = "" if found.confidence is None else f" (confidence {found.confidence:.1%})"
        raise NotRestored(
            f"{source}: is no file of filter {name}, or not as it was saved: {found.reason}{sure}; "
            f"use the file that the filter saved, or {FORCED}",
            found,
        )
    return Looked(graphs, cut(photo, found), found)


def arrival(graphs: Graphs, photo: Photo) -> Recognition:
    """What `photo` is to the filter of `graphs`.

    - As saved: the tag's fingerprint says so; without one, the detector (`unfilter.jobs.detection`) does, and for a JPEG,
      where it is weak, the recogniser too.
    - Shared: it is not as saved, and the recogniser finds the filter in its pixels, or within bars of it.
    - Not ours: another filter's tag; or it is not as saved, and the recogniser does not find the filter.
    - Cannot tell: all else, and what has the filter's mark but cannot be what the filter made (`landing`).

    Raises:
        BundleError: a file of the bundle is missing or changed.
    """
    manifest = graphs.bundle.manifest
    examined = examine(graphs, photo)
    own = photo.tag is not None and photo.tag.restoration == manifest.restoration
    if examined.made and own:
        return _as_saved(graphs, examined)
    candidate = Candidate.of(graphs.bundle)
    found = recognise(given(photo), [candidate])
    if found.origin is Origin.SHARED:
        # Without a tag nothing else says that a mark is to be taken off.
        return _as_saved(graphs, examined) if examined.made and found.scale is None else checked(graphs, photo, found)
    if examined.made is False:
        return Recognition(Origin.NOT_OURS, examined.reason, confidence=examined.confidence)
    if candidate.recognizer is None:
        return _as_saved(graphs, examined) if examined.made else Recognition(Origin.CANNOT_TELL, examined.reason)
    return _as_saved(graphs, examined) if examined.made and photo.codec != "jpeg" else found


def checked(graphs: Graphs, photo: Photo, found: Recognition) -> Recognition:
    """`found`, that `photo` is a shared file of the filter, after a mark was asked whether it may be a forged one."""
    return found if found.scale is None else landed(graphs, cut(photo, found).pixels, found)


def cut(photo: Photo, found: Recognition) -> Photo:
    """What lies within the bars that were found, if any, in the orientation that it was filtered in and without a mark; all
    else that the file carries stays. EXIF says how it is turned, so that it is shown as it arrived: a site sets a phone's
    photo upright as its EXIF said, and so it stays.

    The tag of a shared file goes: it tells of pixels that are no more.
    """
    kept = replace(photo, tag=None) if found.origin is Origin.SHARED else photo
    if found.inside is None and found.scale is None:
        return kept

    def picture(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
        part = plane if found.inside is None else plane[found.inside]
        return upright(part, found.turns, found.mirrored)

    pixels = picture(photo.pixels)
    if found.scale is not None and found.restoration is not None:
        pixels = without(pixels, found.restoration, found.scale)
    exif = with_orientation(photo.exif, alike_shown(orientation_of(photo.exif), found.turns, found.mirrored))
    return replace(kept, pixels=pixels, alpha=None if photo.alpha is None else picture(photo.alpha), exif=exif)


def _as_saved(graphs: Graphs, examined: Examination) -> Recognition:
    manifest = graphs.bundle.manifest
    return Recognition(Origin.AS_SAVED, examined.reason, manifest.filter, manifest.restoration, examined.confidence)
