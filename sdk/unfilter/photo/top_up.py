"""What the pixels of a filtered file do not restore, for its metadata: made, and used (R26 to R28 of sdk/format/RULES.md).

    goal = Goal.parse("38dB")
    filtered = with_top_up(filtered, photo, base, goal, "photo.jpg")

The base is what the inverse restores from the file as it is saved. A residual refines it: restored bytes that differ by a
level between runtimes matter as little as they do without it. `exact` must not rest on them, so it holds the photo, coded
without loss: that is every byte on every runtime, in every precision, and needs no inverse. In a JPEG it takes fewer bytes
than the lossless residual, since a JPEG's error is noise (docs/worth.md).
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import PhotoError, UnfilterError
from unfilter.format.payload import Coding, digest_of
from unfilter.format.top_up import ZERO, TopUp, residual, topped_up
from unfilter.photo.coded import avif, decoded, highest_quality, lossless, lowest_quality, unavailable
from unfilter.photo.photo import Photo
from unfilter.photo.transparency import changed_where_seen, seen, visible

Pixels = NDArray[np.uint8]
Unit = Literal["dB", "bpp", "exact"]

_FINE, _COARSE = 2, 1
"""Steps of a level: with two, AVIF codes small differences well, and what is apart by more than 63 levels is clipped."""
_CLIPPED = 1e-3
"""Share of the levels that may be clipped before coarse steps are taken."""


@dataclass(frozen=True)
class Goal:
    """How much a top-up is to hold: what restores to `amount` dB (RGB PSNR), what `amount` bits per pixel hold, or all.

    Law: `Goal.parse(str(goal)) == goal`.
    """

    unit: Unit
    amount: float = 0.0

    @staticmethod
    def parse(words: str) -> "Goal":
        """Of `38dB`, `0.5bpp` or `exact`.

        Raises:
            UnfilterError: none of these, or no amount above zero.
        """
        if words.strip().lower() == "exact":
            return Goal("exact")
        found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(db|bpp)\s*", words, re.IGNORECASE)
        if found is None or not float(found[1]):
            raise UnfilterError(f"{words!r} is no top-up; give decibels (38dB), bits per pixel (0.5bpp), or exact")
        return Goal("dB" if found[2].lower() == "db" else "bpp", float(found[1]))

    def __str__(self) -> str:
        return "exact" if self.unit == "exact" else f"{self.amount:g}{self.unit}"


def with_top_up(filtered: Photo, photo: Photo, base: Pixels, goal: Goal, name: Path | str) -> Photo:
    """`filtered` with a top-up and a tag that says of it; without one where `base` is as good as the goal already.

    Args:
        filtered: as it will be saved, with a tag.
        photo: what is to be restored.
        base: what the inverse restores from the pixels of the saved file, as they decode.
        goal: how much.
        name: what messages call the photo.

    Raises:
        PhotoError: it cannot be had: too few bits for any, more decibels than an AVIF gives, or no such codec here.
    """
    coding: Coding = "webp" if goal.unit == "exact" else "avif"
    if reason := unavailable(coding):
        raise PhotoError(f"{name}: a top-up needs {coding.upper()}: {reason}")
    if goal.unit == "exact":
        content = lossless(seen(photo), name)
        return _with(filtered, content, TopUp(holds="photo", coding=coding, bytes=len(content), sha256=digest_of(content)))
    apart = np.abs(seen(photo).astype(np.int16) - base)
    steps = _FINE if (apart > (255 - ZERO) // _FINE).mean() < _CLIPPED else _COARSE
    picture = residual(seen(photo), _where_seen(filtered, base, seen(photo)), steps)

    def decibels(content: bytes) -> float:
        added = decoded(content, coding, *base.shape[:2])
        assert added is not None  # we coded it
        return _psnr(photo, topped_up(base, added, steps))

    if goal.unit == "bpp":
        most = int(goal.amount * base.shape[0] * base.shape[1] / 8)
        made = highest_quality(lambda quality: avif(picture, quality), most)
        if made is None:
            least = 8 * len(avif(picture, 0)) / (base.shape[0] * base.shape[1])
            raise PhotoError(f"{name}: the least top-up takes {least:.2f} bits per pixel, more than {goal}; ask for more")
    else:
        if (without := _psnr(photo, base)) >= goal.amount:
            return filtered
        made = lowest_quality(lambda quality: avif(picture, quality), lambda content: decibels(content) >= goal.amount)
        if made is None:
            most_db = decibels(avif(picture, 100))
            raise PhotoError(
                f"{name}: restores to {without:.1f} dB without a top-up and to {most_db:.1f} dB with the largest, not to "
                f"{goal}; ask for less, or for --top-up exact"
            )
    reached = decibels(made)
    made_tag = TopUp(
        holds="residual",
        coding=coding,
        steps=steps,
        bytes=len(made),
        sha256=digest_of(made),
        restores_db=round(reached, 2) if np.isfinite(reached) else None,
    )
    return _with(filtered, made, made_tag)


def is_whole(photo: Photo) -> bool:
    """Whether the top-up that the tag of `photo` tells of is there, every byte."""
    told = photo.tag.top_up if photo.tag else None
    return told is not None and photo.top_up is not None and digest_of(photo.top_up) == told.sha256


def refined(photo: Photo, base: Pixels) -> Pixels | None:
    """`base`, restored from `photo`, with the residual of its top-up; None where that is no picture of its size."""
    told = photo.tag.top_up if photo.tag else None
    if told is None or told.steps is None or photo.top_up is None:
        return None
    added = decoded(photo.top_up, told.coding, *base.shape[:2])
    return None if added is None else topped_up(base, added, told.steps)


def photo_in(photo: Photo) -> Photo | None:
    """The photo that an exact top-up holds, with all else of the file; None where it is none of that size."""
    told = photo.tag.top_up if photo.tag else None
    if told is None or told.holds != "photo" or photo.top_up is None:
        return None
    pixels = decoded(photo.top_up, told.coding, *photo.pixels.shape[:2])
    return None if pixels is None else changed_where_seen(photo, pixels)


def _with(filtered: Photo, content: bytes, told: TopUp) -> Photo:
    assert filtered.tag is not None
    return replace(filtered, top_up=content, tag=filtered.tag.model_copy(update={"top_up": told}))


def _where_seen(photo: Photo, pixels: Pixels, elsewhere: Pixels) -> Pixels:
    """`pixels`, and where nothing is seen `elsewhere`."""
    shown = visible(photo)
    return pixels if shown is None else np.where(shown, pixels, elsewhere)


def _psnr(photo: Photo, restored: Pixels) -> float:
    """RGB PSNR in dB over the pixels that are seen; infinite where all are the same."""
    apart = (photo.pixels.astype(np.float64) - restored) ** 2
    shown = visible(photo)
    counted = apart if shown is None else apart[shown[..., 0]]
    return float(10 * np.log10(255**2 / counted.mean())) if counted.any() else float("inf")
