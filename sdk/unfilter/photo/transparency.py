"""Colours under full transparency, which nobody sees and lossless converters change: they go around the network, as alpha
does, and count in no fingerprint.

The network sees middle grey there, in both directions, so that what is visible comes back whatever became of the rest. That
costs accuracy near the edge of what is visible (docs/photos.md); of black, white, the nearest visible colour and grey, grey
costs least.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from unfilter.format.tag import HIDDEN_COLOURS
from unfilter.photo.photo import Photo

Pixels = NDArray[np.uint8]

GREY = 128
"""Level of every channel that a filter sees under full transparency."""


def seen(photo: Photo) -> Pixels:
    """Pixels as a filter sees them: grey where alpha is 0. The photo's own array where nothing is hidden.

    Law: `seen(photo)` says nothing of the colours under full transparency.
    """
    shown = visible(photo)
    return photo.pixels if shown is None else np.where(shown, photo.pixels, np.uint8(GREY))


def given(photo: Photo) -> Pixels:
    """The pixels that a filter's inverse takes, and a fingerprint is of: those that are `seen`, or all, where the tag is of
    an older version, whose network saw all.
    """
    return photo.pixels if photo.tag and HIDDEN_COLOURS not in photo.tag.requires else seen(photo)


def required(photo: Photo) -> tuple[str, ...]:
    """What the tag of `photo` must require for its sake."""
    return () if visible(photo) is None else (HIDDEN_COLOURS,)


def changed_where_seen(photo: Photo, pixels: Pixels) -> Photo:
    """`photo` with these pixels wherever alpha is above 0, and its own colours elsewhere."""
    shown = visible(photo)
    return replace(photo, pixels=pixels if shown is None else np.where(shown, pixels, photo.pixels))


def visible(photo: Photo) -> NDArray[np.bool_] | None:
    """Whether each pixel is, height x width x 1; None where all are."""
    return None if photo.alpha is None or photo.alpha.all() else (photo.alpha > 0)[..., None]
