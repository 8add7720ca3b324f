"""Random looks: what apps do to photos, drawn anew for every patch, so that a guided network meets all kinds of filters.

A look is a colour curve, a look-up table, a mix of the channels, a blur or a sharpening, film grain or a shade across the
picture, or several of them, each drawn at random strength. Looks see a few pixels to each side at most, so that they run on
patches.
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

Look = Callable[[Tensor], Tensor]

_LUMA = (0.299, 0.587, 0.114)


def random_look(random: np.random.Generator) -> Look:
    """One to three steps, ready to call on sRGB images 0..1, batch x 3 x height x width; results are clipped to 0..1."""
    steps = [
        _STEPS[int(index)](random) for index in random.choice(len(_STEPS), size=int(random.integers(1, 4)), replace=False)
    ]

    def look(images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        for step in steps:
            images = step(images)
        return images.clamp(0, 1)

    return look


def _curve(random: np.random.Generator) -> Look:
    """A smooth tone curve, one for all channels or one each: five knots, moved by up to 0.2."""
    apart = bool(random.integers(2))
    knots = np.linspace(0, 1, 5) + random.uniform(-1, 1, (3 if apart else 1, 5)) * random.uniform(0.03, 0.2)
    table = np.stack(
        [np.interp(np.linspace(0, 1, 256), np.linspace(0, 1, 5), row) for row in np.broadcast_to(knots, (3, 5))]
    )
    kernel = np.ones(31) / 31
    table = np.stack([np.convolve(np.pad(row, 15, mode="edge"), kernel, mode="valid") for row in table])
    curves = torch.from_numpy(table).float()

    def step(images: Tensor) -> Tensor:
        place = images.clamp(0, 1) * 255
        below = place.floor().clamp(max=254).long()
        part = place - below
        planes = [
            (1 - part[:, c]) * curves[c].to(images.device)[below[:, c]]
            + part[:, c] * curves[c].to(images.device)[below[:, c] + 1]
            for c in range(3)
        ]
        return torch.stack(planes, dim=1)

    return step


def _mix(random: np.random.Generator) -> Look:
    """Saturation from none to twice, and a mix of the channels of up to a fifth."""
    saturation = float(random.choice([0.0, random.uniform(0, 1), random.uniform(1, 2)]))
    luma = torch.tensor(_LUMA).repeat(3, 1)
    matrix = luma + saturation * (torch.eye(3) - luma)
    matrix = matrix + torch.from_numpy(random.uniform(-1, 1, (3, 3)) * random.uniform(0, 0.2)).float() * min(1.0, saturation)
    shift = torch.from_numpy(random.uniform(-0.06, 0.06, (3, 1, 1))).float() * int(random.integers(2))
    return lambda images: torch.einsum("oc,bchw->bohw", matrix.to(images), images) + shift.to(images)


def _exposure(random: np.random.Generator) -> Look:
    """Brightness by a factor of 0.6 to 1.8, contrast around mid-grey by 0.6 to 1.6."""
    factor, contrast = float(random.uniform(0.6, 1.8)), float(random.uniform(0.6, 1.6))
    return lambda images: ((images * factor).clamp(0, 1) - 0.5) * contrast + 0.5


def _blur(random: np.random.Generator) -> Look:
    """A Gaussian blur of a standard deviation of 0.5 to 3 pixels, mixed with the photo."""
    sigma, part = float(random.uniform(0.5, 3)), float(random.uniform(0.4, 1))
    return lambda images: images + part * (_gaussian(images, sigma) - images)


def _sharpening(random: np.random.Generator) -> Look:
    """An unsharp mask, or local contrast where it is wide: a radius of 0.7 to 12 pixels, an amount of 0.3 to 2."""
    sigma, amount = float(np.exp(random.uniform(np.log(0.7), np.log(12)))), float(random.uniform(0.3, 2))
    return lambda images: images + amount * (images - _gaussian(images, sigma))


def _smoothing(random: np.random.Generator) -> Look:
    """Detail below a threshold is flattened, above it kept: soft coring of the difference to a blur."""
    sigma, threshold = float(random.uniform(1, 4)), float(random.uniform(0.02, 0.12))

    def step(images: Tensor) -> Tensor:
        base = _gaussian(images, sigma)
        detail = images - base
        return base + detail * detail.square() / (detail.square() + threshold**2)

    return step


def _table(random: np.random.Generator) -> Look:
    """A smooth 3D look-up table: the identity on 4 x 4 x 4 nodes, each moved by up to 0.03 to 0.2, read trilinearly."""
    axis = np.linspace(0, 1, 4)
    nodes = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"))
    moved = nodes + random.uniform(-1, 1, nodes.shape) * random.uniform(0.03, 0.2)
    table = torch.from_numpy(moved).float()[None]

    def step(images: Tensor) -> Tensor:
        place = (images.clamp(0, 1) * 2 - 1).permute(0, 2, 3, 1).flip(-1)[:, None]  # grid_sample's x is the last axis
        tables = table.to(images).expand(len(images), -1, -1, -1, -1)
        return functional.grid_sample(tables, place, align_corners=True, padding_mode="border")[:, :, 0]

    return step


def _grain(random: np.random.Generator) -> Look:
    """Grey grain of a standard deviation of 0.01 to 0.05, one to two pixels wide."""
    strength, sigma = float(random.uniform(0.01, 0.05)), float(random.uniform(0.4, 1))
    seed = int(random.integers(2**31))

    def step(images: Tensor) -> Tensor:
        noise = torch.randn(images[:, :1].shape, generator=torch.Generator().manual_seed(seed)).to(images)
        noise = _gaussian(noise, sigma)
        return images + strength * noise / noise.std()

    return step


def _shade(random: np.random.Generator) -> Look:
    """A shade that grows across the picture, as a corner of a vignette does: down to 0.4 to 0.95 at its end."""
    dark, direction = float(random.uniform(0.4, 0.95)), random.uniform(0, 1, 2)

    def step(images: Tensor) -> Tensor:
        rows, columns = (torch.linspace(0, 1, side).to(images) for side in images.shape[-2:])
        way = (direction[0] * rows[:, None] + direction[1] * columns) / max(1e-6, float(direction.sum()))
        return images * (1 - (1 - dark) * way.square())

    return step


def _gaussian(images: Tensor, sigma: float) -> Tensor:
    reach = int(3 * sigma + 0.5)
    taps = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma) ** 2)
    taps = (taps / taps.sum()).to(images)
    padded = functional.pad(images, (reach,) * 4, mode="replicate").flatten(0, 1)[:, None]
    rows = functional.conv2d(padded, taps[None, None, :, None])
    return functional.conv2d(rows, taps[None, None, None]).reshape(images.shape)


_STEPS = (_curve, _mix, _exposure, _blur, _sharpening, _smoothing, _table, _grain, _shade)
