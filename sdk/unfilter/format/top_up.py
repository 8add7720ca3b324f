"""A top-up: what of the photo the inverse does not restore, in a file's metadata (R26 of sdk/format/RULES.md).

Pixels are the base, the top-up refines it; whoever strips metadata leaves the base.
"""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from unfilter.format.payload import DIGITS, Coding

Pixels = NDArray[np.uint8]
ZERO = 128
"""Level of a residual that changes nothing."""


class TopUp(BaseModel):
    """What a tag says of the top-up beside it: how much there is, and by a digest which one it is."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra={"additionalProperties": False})

    holds: Literal["residual", "photo"] = Field(
        description="what is added to the restored photo, or all of the photo, which then needs no inverse"
    )
    coding: Coding = Field(description="avif, or webp, which is lossless; a photo is always the latter")
    steps: int | None = Field(None, ge=1, le=8, description="of a residual: steps of a level, about 128")
    bytes: int = Field(ge=1, description="length of the coded picture")
    sha256: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{DIGITS}}}$")] = Field(
        description="first half of the digest of the coded picture"
    )
    restores_db: float | None = Field(
        None, allow_inf_nan=False, description="RGB PSNR in dB to which it restored when it was made; of a residual"
    )

    @model_validator(mode="after")
    def _whole(self) -> "TopUp":
        if (self.holds == "residual") != (self.steps is not None):
            raise ValueError("a residual has steps, and nothing else does")
        if self.holds == "photo" and self.coding != "webp":
            raise ValueError("a whole photo is coded without loss")
        return self


def residual(photo: Pixels, base: Pixels, steps: int) -> Pixels:
    """What `base` lacks of `photo`, in steps of a level about 128, as a picture (uint8); beyond its range it is clipped."""
    apart = (photo.astype(np.int16) - base) * steps + ZERO
    picture: Pixels = np.clip(apart, 0, 255).astype(np.uint8)
    return picture


def topped_up(base: Pixels, added: Pixels, steps: int) -> Pixels:
    """`base` with a residual added: `clip(base + floor((2 (added - 128) + steps) / (2 steps)), 0, 255)`, in integers.

    Law: `topped_up(base, residual(photo, base, steps), steps) == photo` where nothing was clipped.
    """
    whole = (2 * (added.astype(np.int16) - ZERO) + steps) // (2 * steps)
    better: Pixels = np.clip(base + whole, 0, 255).astype(np.uint8)
    return better
