"""How a filtered file is to carry its photo, beyond what the filter hides in its pixels (docs/worth.md)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from unfilter.errors import PhotoError, UnfilterError
from unfilter.format.tag import Codec, Tag
from unfilter.photo.payload import PayloadQuality
from unfilter.photo.top_up import Goal

Carry: TypeAlias = Literal["network", "payload"]
"""Who carries the photo in an exact file: the network, or a payload in the low bits of what the network made."""


@dataclass(frozen=True)
class Carrying:
    """What was asked for.

    Raises:
        UnfilterError: a payload and a top-up, or a payload's quality out of range.
    """

    carry: Carry = "network"
    payload: PayloadQuality = "best"
    top_up: Goal | None = None

    def __post_init__(self) -> None:
        if self.carry == "payload" and self.top_up:
            raise UnfilterError(
                "a payload holds the photo already, so there is nothing to top up; leave out --carry payload or --top-up"
            )
        if self.payload not in ("best", "lossless") and not (isinstance(self.payload, int) and 1 <= self.payload <= 100):
            raise UnfilterError(f"payload {self.payload!r}: give a quality of AVIF, 1..100, or best, or lossless")

    def check_codec(self, target: Path, codec: Codec) -> None:
        """Raises PhotoError where a file of `codec` keeps no low bits."""
        if self.carry == "payload" and codec == "jpeg":
            raise PhotoError(
                f"{target}: a JPEG keeps no low bits for a payload; use .png, .webp or .heic, or add to the JPEG what the "
                "filter does not restore (--top-up)"
            )

    def alike(self, tag: Tag, pixels: int) -> bool:
        """Whether `tag`, of a file of so many pixels, tells of what was asked for."""
        payload, top_up = tag.payload, tag.top_up
        if (payload is not None) != (self.carry == "payload"):
            return False
        if payload and (payload.coding == "webp") != (self.payload == "lossless"):
            return False
        if self.top_up is None:
            return top_up is None
        match self.top_up.unit:
            case "exact":
                return top_up is not None and top_up.holds == "photo"
            case "bpp":
                return top_up is not None and top_up.holds == "residual" and 8 * top_up.bytes <= self.top_up.amount * pixels
            case "dB":  # without one, the pixels restored to as much
                return top_up is None or (top_up.restores_db or 0) >= self.top_up.amount
