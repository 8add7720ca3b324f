"""What the restoration loses by noise in each DCT coefficient of a JPEG, and the tables that this asks for.

To first order the error of what is restored is J n, for the noise n of the coefficients and the Jacobian J of the inverse.
The mean of (J^T v)^2 over random v of unit variance is the squared length of J's columns: a few backward passes give what
all 128 coefficients count. Steps then follow as in every allocation of bits (Shoham, Gersho, "Efficient bit allocation for
an arbitrary set of quantizers", IEEE TASSP 1988): each takes the least rate + weight * error.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from unfilter.format.quantisation import Subsampling
from unfilter_training.degradation.jpeg_tables import TO_RGB
from unfilter_training.degradation.soft_jpeg import coefficients, luma_and_chroma, samples
from unfilter_training.quantisation.crops import Crops, Steps, tensor

_DRAWS = 2
STEPS = np.unique(np.round(np.geomspace(1, 255, 60))).astype(np.int64)
"""Steps that are considered."""


class Component(NamedTuple):
    """Luma, or both chroma planes together; of each of 64 coefficients at each of `STEPS`, a row each:

    Attributes:
        bits: what a value takes, about.
        restoration: mean squared error that it adds to what is restored.
        look: the same of the picture itself.
    """

    bits: NDArray[np.float64]
    restoration: NDArray[np.float64]
    look: NDArray[np.float64]


def components_of(crops: Crops, steps: Steps, subsampling: Subsampling) -> tuple[Component, Component]:
    """Luma and chroma of the filtered crops; what they count about a JPEG of these steps."""
    ones = torch.ones(8, 8, dtype=torch.int64)
    planes = luma_and_chroma(tensor(crops.filtered), subsampling)
    values = [coefficients(plane, ones, 50).reshape(-1, 64).double().numpy() for plane in planes]
    _, saved = crops.saved(steps, subsampling)
    held = [coefficients(plane, ones, 50).requires_grad_() for plane in luma_and_chroma(tensor(saved), subsampling)]
    restoration, look = (
        [torch.zeros(64, dtype=torch.float64) for _ in held],
        [torch.zeros(64, dtype=torch.float64) for _ in held],
    )
    random = torch.Generator().manual_seed(0)
    for into, through in ((restoration, crops.network.restore), (look, _unchanged)):
        for _ in range(_DRAWS):
            result = through(_decoded(held, subsampling))
            noise = torch.randn(result.shape, generator=random)
            gradients = torch.autograd.grad((result * noise).sum(), held)
            for total, gradient in zip(into, gradients, strict=True):
                total += gradient.reshape(-1, 64).double().square().mean(0) / _DRAWS
    luma, chroma = (
        _component(value, one.numpy(), two.numpy()) for value, one, two in zip(values, restoration, look, strict=True)
    )
    return luma, chroma


def steps_for(components: Sequence[Component], like: Steps, look: float) -> NDArray[np.float64]:
    """Steps of luma and chroma, 2 x 64, that take the least bits for the error that the steps `like` make: of it a part
    `look`, 0..1, is of the picture itself, and the rest of what is restored.
    """
    errors = [(1 - look) * component.restoration + look * component.look for component in components]
    rows = [np.abs(STEPS[:, None] - np.asarray(table)).argmin(0) for table in like]
    wanted = sum(_taken(error, row) for error, row in zip(errors, rows, strict=True))
    low, high = -10.0, 25.0
    for _ in range(40):
        weight = math.exp((low + high) / 2)
        rows = [
            np.argmin(component.bits + weight * error, axis=0) for component, error in zip(components, errors, strict=True)
        ]
        if sum(_taken(error, row) for error, row in zip(errors, rows, strict=True)) > wanted:
            low = math.log(weight)
        else:
            high = math.log(weight)
    return STEPS[np.stack(rows)].astype(np.float64)


def _taken(table: NDArray[np.float64], rows: NDArray[np.int64]) -> float:
    return float(np.take_along_axis(table, rows[None], 0).sum())


def _component(values: NDArray[np.float64], restoration: NDArray[np.float64], look: NDArray[np.float64]) -> Component:
    bits, errors = np.empty((len(STEPS), 64)), np.empty((len(STEPS), 64))
    for row, step in enumerate(STEPS):
        quantised = np.round(values / step)
        bits[row], errors[row] = _bits(quantised), np.square(quantised * step - values).mean(0)
    share = len(values)  # values weigh as often as there are any, in luma and in chroma
    return Component(share * bits, share * errors * restoration, share * errors * look)


def _bits(quantised: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of a value in each column: a Laplacian's entropy, which JPEG's run lengths come near to."""
    zero = np.clip((quantised == 0).mean(0), 1e-4, 1 - 1e-4)
    size = np.log2(1 + np.abs(quantised)).sum(0) / np.maximum((quantised != 0).sum(0), 1)
    return -zero * np.log2(zero) - (1 - zero) * np.log2(1 - zero) + (1 - zero) * (1 + 1.5 * size)


def _decoded(held: list[Tensor], subsampling: Subsampling) -> Tensor:
    """RGB in 0..1, of luma's and chroma's coefficients in levels."""
    luma, chroma = (samples(values) for values in held)
    if subsampling == "4:2:0":
        chroma = functional.interpolate(chroma, scale_factor=2, mode="bilinear")
    return torch.einsum("oc,bchw->bohw", TO_RGB.to(luma), torch.cat([luma + 128, chroma], 1)) / 255


def _unchanged(images: Tensor) -> Tensor:
    return images
