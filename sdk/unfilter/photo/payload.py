"""The photo itself, coded, in the low bits of its filtered picture; and back, without any network (R25 of
sdk/format/RULES.md). Colours under full transparency hold nothing, since converters change them.
"""

from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import PhotoError
from unfilter.format.payload import PLANES, Coding, Payload, payload_of, room
from unfilter.format.payload import with_payload as write_payload
from unfilter.photo.coded import avif, decoded, highest_quality, lossless, unavailable
from unfilter.photo.photo import Photo
from unfilter.photo.transparency import changed_where_seen, seen, visible

PayloadQuality: TypeAlias = int | Literal["best", "lossless"]
"""Of a payload: quality 1..100 of an AVIF, the best AVIF that takes one bit of a level, or lossless."""

_BEST = 90
"""Highest quality that `best` takes: some 46 dB, above which bytes buy little."""
_SIGNATURES: dict[Coding, tuple[int, bytes]] = {"avif": (4, b"ftyp"), "webp": (8, b"WEBP")}
"""Where in a file it says what it is, and what stands there."""


def with_payload(picture: Photo, photo: Photo, quality: PayloadQuality = "best", name: Path | str = "photo") -> Photo:
    """`picture` with `photo` in its low bits, to be saved exactly; a tag of it says so. The picture is a filter's, or
    an app's own, which then needs no filter to be undone.

    Args:
        picture: what is shown.
        photo: what is carried, of the same size.
        quality: see `PayloadQuality`.
        name: what messages call the photo.

    Raises:
        PhotoError: another size, it does not fit, or this Pillow does not code it.
    """
    if picture.pixels.shape != photo.pixels.shape:
        (height, width), (rows, columns) = picture.pixels.shape[:2], photo.pixels.shape[:2]
        raise PhotoError(f"{name}: has {columns} x {rows} pixels, the picture that is to carry it {width} x {height}")
    coding: Coding = "webp" if quality == "lossless" else "avif"
    if reason := unavailable(coding):
        raise PhotoError(f"{name}: a payload needs {coding.upper()}: {reason}")
    levels = _levels(picture)
    pixels = seen(photo) if photo.alpha is not None else seen(replace(photo, alpha=picture.alpha))
    one_plane, most = (room(levels.size, planes) for planes in (1, PLANES))
    if quality == "best":
        content = highest_quality(lambda step: avif(pixels, step), one_plane, _BEST)
        if content is None:
            raise PhotoError(f"{name}: is too small to hold a payload; leave it to the filter (--carry network)")
    elif quality == "lossless":
        content = lossless(pixels, name)
    else:
        content = avif(pixels, quality)
    if len(content) > most:
        count = max(levels.size // 3, 1)
        what = "lossless payload" if quality == "lossless" else f"payload of quality {quality}"
        remedy = "--payload best, or --top-up exact, which has no limit" if quality == "lossless" else "--payload best"
        raise PhotoError(
            f"{name}: its {what} takes {8 * len(content) / count:.1f} bits per pixel, and {max(8 * most / count, 0):.1f} "
            f"fit; use {remedy}"
        )
    carrier = changed_where_seen(picture, _with_levels(picture, write_payload(levels, content)))
    if carrier.tag is None:
        return carrier
    told = Payload(coding=coding, bytes=len(content))
    return replace(carrier, tag=carrier.tag.model_copy(update={"payload": told}))


def content_of(photo: Photo) -> bytes | None:
    """The coded photo in the low bits; None where there is none whole. It needs no tag."""
    return payload_of(_levels(photo))


def photo_in(photo: Photo) -> Photo | None:
    """The photo that the low bits hold, with all else of the file; None where there is none whole."""
    content = content_of(photo)
    coding = None if content is None else coding_of(content)
    if content is None or coding is None:
        return None
    pixels = decoded(content, coding, *photo.pixels.shape[:2])
    return None if pixels is None else changed_where_seen(photo, pixels)


def coding_of(content: bytes) -> Coding | None:
    """What a coded picture says that it is."""
    for coding, (place, signature) in _SIGNATURES.items():
        if content[place : place + len(signature)] == signature:
            return coding
    return None


def _levels(photo: Photo) -> NDArray[np.uint8]:
    """The levels that hold it: of all pixels, or of those that are not fully transparent, row by row, R, G, B."""
    shown = visible(photo)
    return photo.pixels.reshape(-1) if shown is None else photo.pixels[shown[..., 0]].reshape(-1)


def _with_levels(photo: Photo, levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    shown = visible(photo)
    if shown is None:
        return levels.reshape(photo.pixels.shape)
    pixels = photo.pixels.copy()
    pixels[shown[..., 0]] = levels.reshape(-1, 3)
    return pixels
