"""Chroma subsampling of a JPEG, by its usual names."""

from typing import Literal

Subsampling = Literal["4:4:4", "4:2:0"]

PILLOW: dict[Subsampling, int] = {"4:4:4": 0, "4:2:0": 2}
"""Pillow's numbers for them."""
