"""The project's own pencil texture: grey hatching on paper, computed, on an endless sheet."""

import functools
import math

import torch
from jaxtyping import Float
from torch import Tensor

LAYERS = ((28.0, 2.1, 50.0, 0.018), (41.0, 3.3, 80.0, 0.018), (-58.0, 4.5, 60.0, 0.010))
"""Layers of hatching: angle in degrees, breadth and length of a stroke in pixels, strength."""
GRAIN = 0.028
"""Strength of the paper's grain."""
PRESSURE = 0.02
"""Strength of the slow changes in how hard the hand pressed."""
TONE = 0.68
"""Mean tone of the sheet, that of pencil laid down evenly."""
DARKEST, LIGHTEST = 0.3, 0.9


@functools.lru_cache(maxsize=2)
def pencil_texture(height: int, width: int) -> Float[Tensor, "height width"]:
    """The top left corner of the sheet, grey in 0.3..0.9, float64 on the CPU: the same for every size, run and machine."""
    rows = torch.arange(height, dtype=torch.float64)[:, None]
    columns = torch.arange(width, dtype=torch.float64)[None, :]
    # A hand does not draw along a ruler.
    wobble = 4 * _noise(rows / 150, columns / 150, seed=1)
    sheet = TONE + GRAIN * _noise(rows / 1.3, columns / 1.3, seed=2) + PRESSURE * _noise(rows / 60, columns / 60, seed=3)
    for seed, (angle, breadth, length, strength) in enumerate(LAYERS, start=4):
        cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        along, across = columns * cosine - rows * sine, columns * sine + rows * cosine + wobble
        sheet = sheet + strength * _noise(across / breadth, along / length, seed=seed, staggered=True)
    return sheet.clamp(DARKEST, LIGHTEST)


def _noise(row: Tensor, column: Tensor, *, seed: int, staggered: bool = False) -> Tensor:
    """Smooth noise of mean 0 and variance near 1: random values at whole coordinates, blended in between.

    `staggered` shifts each row by a random part, so that strokes side by side do not end together.
    """
    row, column = torch.broadcast_tensors(row, column)
    first = row.floor()
    down = _blend(row - first)
    total = torch.zeros_like(row)
    for below, row_weight in ((0, 1 - down), (1, down)):
        lattice_row = first + below
        shifted = column + (_random(lattice_row, torch.zeros_like(row), seed) if staggered else 0)
        left = shifted.floor()
        right = _blend(shifted - left)
        total = total + row_weight * (
            (1 - right) * _random(lattice_row, left, seed) + right * _random(lattice_row, left + 1, seed)
        )
    return 2 * total


def _blend(part: Tensor) -> Tensor:
    return part * part * (3 - 2 * part)


def _random(row: Tensor, column: Tensor, seed: int) -> Tensor:
    """A number in -sqrt(3)..sqrt(3) (variance 1) that depends on its place and the seed only."""
    mask = 0xFFFFFFFF
    mixed = (row.long() * 0x9E3779B1 + column.long() * 0x85EBCA77 + seed * 0xC2B2AE3D) & mask
    # Two rounds of multiply and fold (32-bit finaliser of MurmurHash3); int64 wraps, and the mask keeps the low half.
    for multiplier, fold in ((0x85EBCA6B, 13), (0xC2B2AE35, 16)):
        mixed = ((mixed ^ (mixed >> fold)) * multiplier) & mask
    mixed = mixed ^ (mixed >> 16)
    return (mixed.to(torch.float64) / mask - 0.5) * 2 * math.sqrt(3)
