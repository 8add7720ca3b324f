"""What of its photo a file holds beside what the inverse restores from its pixels: a payload, or a top-up
(R25 and R28 of sdk/format/RULES.md).

Law: what is damaged, stripped or of another file is not used, and that is said; the pixels are restored in any case.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import PhotoError
from unfilter.jobs.detection.comparison import compare
from unfilter.photo import Photo, payload, top_up
from unfilter.photo.coded import unavailable

Pixels = NDArray[np.uint8]

_BASE = "the photo was restored from the pixels alone"


def holds_photo(photo: Photo) -> bool:
    """Whether the file holds the photo whole, so that it is restored without its filter: as a payload in the low bits, or as
    an exact top-up of a file that is as it was saved.
    """
    return _payload_is_whole(photo) or _is_exact(photo)


def held(photo: Photo, name: Path | str) -> tuple[Photo, str]:
    """The photo that the file, called `name`, holds, and how it was restored.

    Raises:
        PhotoError: it cannot be decoded after all.
    """
    if _payload_is_whole(photo):
        found, how = payload.photo_in(photo), "restored from the payload in its low bits, without the filter"
    else:
        found, how = top_up.photo_in(photo), "restored from its top-up, every byte, without the filter"
    if found is None:
        raise PhotoError(f"{name}: the photo that it holds cannot be decoded here; update Pillow")
    return found, how


def refined(photo: Photo, base: Pixels) -> tuple[Pixels, str | None]:
    """`base`, restored from `photo`, with what the top-up adds, and what is to be said of it; None for nothing."""
    told = photo.tag.top_up if photo.tag else None
    if told is None:
        if photo.top_up is not None:
            return base, f"its top-up is of a later unfilter, or of another file, and was not used: {_BASE}"
        if photo.tag and photo.tag.payload:
            return base, f"the payload in its low bits is damaged: {_BASE}, by the filter"
        return base, None
    if photo.top_up is None:
        return base, f"its top-up is gone, as it is where metadata are stripped: {_BASE}"
    if not top_up.is_whole(photo):
        return base, f"its top-up is damaged or of another file, and was not used: {_BASE}"
    if not _is_as_saved(photo):
        return base, f"its pixels are not those that were saved, so its top-up was not used: {_BASE}"
    better = top_up.refined(photo, base)
    if better is None:
        return base, f"its top-up cannot be decoded here: {_BASE}"
    reached = "" if told.restores_db is None else f", to {told.restores_db:.1f} dB when it was made"
    return better, f"restored from its pixels and its top-up{reached}"


def _payload_is_whole(photo: Photo) -> bool:
    content = payload.content_of(photo) if photo.codec != "jpeg" else None
    coding = payload.coding_of(content) if content else None
    return coding is not None and unavailable(coding) is None


def _is_exact(photo: Photo) -> bool:
    told = photo.tag.top_up if photo.tag else None
    if told is None or told.holds != "photo" or unavailable(told.coding):
        return False
    return top_up.is_whole(photo) and _is_as_saved(photo)


def _is_as_saved(photo: Photo) -> bool:
    compared = compare(photo)
    return compared is not None and compared.made is True
