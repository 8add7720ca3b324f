"""Pictures for the page: of some photos what the reference makes, of the first one what every pair of engines makes."""

import base64
from collections.abc import Collection
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.proof.fidelity.results import Engine

Pixels = NDArray[np.uint8]

SIDE = 320
"""Pixels of a photo that are shown along each axis, from its middle."""
PHOTOS = 4
"""Photos that are shown."""


@dataclass
class Shown:
    """The middle of a photo, the photo's own size (height, width), and what the reference makes of it."""

    name: str
    size: tuple[int, int]
    photo: Pixels
    filtered: Pixels
    restored: Pixels


@dataclass
class Gallery:
    """Middles of the first photos.

    What a pair of engines makes of the first one differs from the reference's in few bytes: kept is the difference modulo
    256, which is exact and small.
    """

    shown: list[Shown] = field(default_factory=list)
    _full: bool = False
    _pairs: dict[tuple[Engine, Engine], tuple[bytes, bytes]] = field(default_factory=dict)
    _encoded: dict[bytes, str] = field(default_factory=dict)

    def begin(self, name: str, photo: Pixels, filtered: Pixels, restored: Pixels) -> None:
        """The next photo, and what the reference makes of it."""
        self._full = len(self.shown) == PHOTOS
        if not self._full:
            parts = (middle(pixels).copy() for pixels in (photo, filtered, restored))
            self.shown.append(Shown(name, photo.shape[:2], *parts))

    def keep(self, forward: Engine, inverse: Engine, filtered: Pixels, restored: Pixels) -> None:
        """What a pair makes of the photo that began last."""
        if len(self.shown) == 1 and not self._full:
            first = self.shown[0]
            differences = (middle(filtered) - first.filtered, middle(restored) - first.restored)
            self._pairs[forward, inverse] = (self._encode(differences[0]), self._encode(differences[1]))

    def _encode(self, difference: Pixels) -> bytes:
        key = difference.tobytes()
        if key not in self._encoded:
            self._encoded[key] = data_address(difference) if difference.any() else ""
        return key

    def data(self, engines: Collection[Engine]) -> dict[str, Any]:
        """What is kept of these engines as JSON values, pictures as lossless WebP in data addresses.

        `pairs` has, for each pair of engines, the places in `differences` of what is added modulo 256 to the first photo's
        filtered and restored picture.
        """
        pairs = {pair: kept for pair, kept in self._pairs.items() if set(pair) <= set(engines)}
        places = {key: index for index, key in enumerate(dict.fromkeys(key for kept in pairs.values() for key in kept))}
        return {
            "photos": [
                {
                    "name": one.name,
                    "size": one.size,
                    **{part: data_address(getattr(one, part)) for part in ("photo", "filtered", "restored")},
                }
                for one in self.shown
            ],
            "differences": [self._encoded[key] for key in places],
            "pairs": [
                {"forward": str(forward), "inverse": str(inverse), "filtered": places[a], "restored": places[b]}
                for (forward, inverse), (a, b) in pairs.items()
            ],
        }


def middle(pixels: Pixels) -> Pixels:
    """The middle of a photo, `SIDE` pixels a side or less."""
    height, width = pixels.shape[:2]
    top, left = max(0, height - SIDE) // 2, max(0, width - SIDE) // 2
    return pixels[top : top + SIDE, left : left + SIDE]


def data_address(pixels: Pixels) -> str:
    """A picture as a `data:` address, lossless WebP."""
    content = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(content, "WEBP", lossless=True)
    return "data:image/webp;base64," + base64.b64encode(content.getvalue()).decode("ascii")
