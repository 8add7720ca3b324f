"""What a tag tells of the pixels as they were saved, so that a file that was altered since is known (R15 and R16 of
sdk/format/RULES.md).

A digest of the pixels proves them. A JPEG's pixels are its decoder's, though, and decoders differ by levels: for one that is
not the writer's, means over a grid of cells tell, which hardly differ then.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Pixels = NDArray[np.uint8]

_DIGITS = 32
"""Hexadecimal digits that are kept of a digest: by chance, no two photos ever agree in them."""

_GRID, _LEAST_SIDE = 8, 32
"""Most cells along an axis, and the least side in pixels of one that is not alone."""

_MEASURES, _STEPS = 4, 64
"""Measures of a cell, and the steps per level that they are kept in."""

_ALLOWED = np.array([0.35, 0.45, 0.45, 0.12])
_OF_ROUGHNESS = 0.05
"""Levels that decoders may differ by in each measure, and for the last a share of itself beside. Set on training
photos, as JPEG of quality 60 to 98, 97 to 512 pixels a side: the IJG's decoders 6b and 9e, with and without interpolated
chroma and in floating point, come to 0.8 of it at most, what was recoloured by 5 to 30 % to 1.9 at least.
"""

_LEAST = 0.001
"""Of a deviation that cells tell, so that 0 says that every level is the same."""


class Fingerprint(BaseModel):
    """Size and digest of the pixels of a file (height x width x 3, uint8 RGB) when it was saved; of a JPEG, cells beside.

    Laws: `deviation` of what was saved is 0, of a JPEG that another decoder read at most 1, and of any other pixels in an
    exact file infinite.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra={"additionalProperties": False})

    version: Literal[1] = 1
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    sha256: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{_DIGITS}}}$")] = Field(
        description="first half of the digest of the pixels, row by row"
    )
    decoder: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        None, description="of a JPEG: whose pixels the digest is of; decoders of one name give the same, level by level"
    )
    coding: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")] | None = Field(
        None, description="of a JPEG: its tables and sampling, as `unfilter.photo.jpeg.coding_of` gives them"
    )
    cells: Annotated[str, StringConstraints(max_length=800)] | None = Field(
        None,
        description="of a JPEG: the four measures of each cell, row by row, in 1/64 levels; uint16, little endian, base64",
    )

    @model_validator(mode="after")
    def _cells_fit(self) -> "Fingerprint":
        if self.cells is not None and len(b64decode(self.cells, validate=True)) != 2 * np.prod(self._shape):
            raise ValueError(f"cells are not {self._shape}")
        return self

    @property
    def _shape(self) -> tuple[int, int, int]:
        return (*_grid(self.height, self.width), _MEASURES)

    def fits(self, pixels: Pixels) -> bool:
        """Whether the size is the same."""
        return pixels.shape[:2] == (self.height, self.width)

    def deviation(self, pixels: Pixels, decoder: str | None) -> float:
        """How far `pixels` are from those that were saved: 0 where they are the same, up to 1 what decoders of one JPEG may
        differ by, infinite where they are others for certain.

        `decoder` is what read them from a JPEG; None where that is not known.
        """
        if not self.fits(pixels):
            return np.inf
        if _digest(pixels) == self.sha256:
            return 0.0
        if self.cells is None or decoder == self.decoder:
            return np.inf
        saved = np.frombuffer(b64decode(self.cells), "<u2").reshape(self._shape) / _STEPS
        allowed = np.broadcast_to(_ALLOWED, saved.shape).copy()
        allowed[..., -1] += _OF_ROUGHNESS * saved[..., -1]
        return max(float((np.abs(_cells(pixels) / _STEPS - saved) / allowed).max()), _LEAST)


def of_exact(pixels: Pixels) -> Fingerprint:
    """The fingerprint of a file that keeps every level."""
    height, width, _ = pixels.shape
    return Fingerprint(width=width, height=height, sha256=_digest(pixels))


def of_jpeg(pixels: Pixels, decoder: str, coding: str | None) -> Fingerprint:
    """The fingerprint of a JPEG that `decoder` gave `pixels` of."""
    cells = b64encode(_cells(pixels).astype("<u2").tobytes()).decode()
    return of_exact(pixels).model_copy(update={"decoder": decoder, "coding": coding, "cells": cells})


def _digest(pixels: Pixels) -> str:
    return hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest()[:_DIGITS]


def _grid(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of cells."""
    rows, columns = (min(_GRID, max(1, length // _LEAST_SIDE)) for length in (height, width))
    return rows, columns


def _spans(length: int, count: int) -> Iterator[slice]:
    for place in range(count):
        yield slice(length * place // count, length * (place + 1) // count)


def _cells(pixels: Pixels) -> NDArray[np.float64]:
    """Rows x columns x 4, in steps: means of Y, Cb and Cr (ITU T.871), and of how far Y is from its neighbour to the right
    plus that below, within the cell.
    """
    height, width, _ = pixels.shape
    rows, columns = _grid(height, width)
    found = []
    for down in _spans(height, rows):
        for across in _spans(width, columns):
            red, green, blue = (pixels[down, across, channel].astype(np.float32) for channel in range(3))
            luma = 0.299 * red + 0.587 * green + 0.114 * blue
            r, y, b = (float(plane.mean(dtype=np.float64)) for plane in (red, luma, blue))
            rough = sum(float(np.abs(np.diff(luma, axis=axis)).sum()) / luma.size for axis in (0, 1))
            found.append((y, 128 + (b - y) / 1.772, 128 + (r - y) / 1.402, rough))
    steps: NDArray[np.float64] = np.rint(np.array(found) * _STEPS)
    return steps.reshape(rows, columns, _MEASURES)
