"""Whether a file is as its tag says it was saved. It needs no filter: the tag tells of the pixels by their fingerprint
(R17 of sdk/format/RULES.md).

A tag is no signature: whoever means to deceive can write one that fits. It tells what befell a file on its way.
"""

from typing import NamedTuple

import numpy as np

from unfilter.photo import Photo
from unfilter.photo.jpeg import decoder
from unfilter.photo.transparency import given

_STEEPNESS = 4
"""How fast confidence rises on either side of what is allowed: 94 % at half of it, or at twice as much."""


class Examination(NamedTuple):
    """What came of looking at a file.

    `made` says whether it is as a filter saved it, None where nothing can be said; `confidence` is a probability, 0.5..1, of
    what `made` says; `reason` says in words what was measured, or why nothing was.
    """

    made: bool | None
    confidence: float | None
    reason: str


def compare(photo: Photo) -> Examination | None:
    """What the tag of `photo` says of its pixels; None where there is no tag, or nothing in it speaks for or against them.

    A pixel that differs is enough, and certain, but in a JPEG that another decoder read than the one that the tag is of:
    there, means over cells are compared. Tags of an older unfilter tell format and quality alone.
    """
    tag = photo.tag
    if tag is None:
        return None
    saved, (height, width) = tag.fingerprint, photo.pixels.shape[:2]
    if saved is None:
        reason = _converted(photo) or _compressed_again(photo)
        return Examination(False, 1.0, reason) if reason else None
    if not saved.fits(photo.pixels):
        return Examination(
            False, 1.0, f"was saved with {saved.width} x {saved.height} pixels and has {width} x {height} now"
        )
    if None not in (saved.coding, photo.coding) and saved.coding != photo.coding:
        reason = _compressed_again(photo) or "was compressed again: its quantiser tables or its chroma sampling are others"
        return Examination(False, 1.0, reason)
    far = saved.deviation(given(photo), decoder() if photo.codec == "jpeg" else None)
    if far == 0:
        return Examination(True, 1.0, "its pixels are those that were saved, every level")
    if np.isinf(far):
        return Examination(False, 1.0, _converted(photo) or "its pixels are not those that were saved")
    confidence = float(1 / (1 + min(far, 1 / far) ** _STEEPNESS))
    measured = f"its colours and detail are {far:.2f} times as far from those that were saved as decoders may be"
    return Examination(far <= 1, confidence, measured)


def _converted(photo: Photo) -> str | None:
    """What the tag says of another format, in words."""
    if photo.tag is None or photo.codec in (None, photo.tag.codec):
        return None
    return f"was saved as {photo.tag.codec} and is now {photo.codec}, so what it carried is damaged"


def _compressed_again(photo: Photo) -> str | None:
    """What a JPEG's quantiser tables say against the quality in the tag, in words. Those of neighbours may be equal."""
    saved = photo.tag.quality if photo.tag else None
    if saved is None or photo.quality is None or abs(saved - photo.quality) <= 1:
        return None
    return f"was saved as a JPEG of quality {saved}, and its tables are of {photo.quality} now"
