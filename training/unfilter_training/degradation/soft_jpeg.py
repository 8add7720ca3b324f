"""JPEG as a smooth chain, of which the simulated JPEG takes the gradient: what it passes back is what the file can hold.

Rounding alone has no useful derivative. With an identity in its place the DCT and its inverse cancel, and the network is
told that every detail survives. Here a quantised coefficient passes the gradient that its size earns: none where it is far
below half a step, because the file will hold a zero whatever is done to it by a little, and all of it from half a step
upwards. A small part always passes, so that a flat patch can learn too.
Source of an asymmetric training, the real codec forward and a simulation backward: SAIN (AAAI 2023); the gate is ours.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from unfilter.photo import Subsampling
from unfilter_training.degradation.jpeg_tables import CHROMA_TABLE, LUMA_TABLE, TO_RGB, TO_YCC, scaled

_FREQUENCY = torch.arange(8, dtype=torch.float64)
_DCT = torch.cos(math.pi / 16 * _FREQUENCY[:, None] * (2 * _FREQUENCY + 1)) / 2
_DCT[0] /= math.sqrt(2)


_LEAST = 0.15
"""Part of the gradient that passes a coefficient of zero."""


class _Quantised(torch.autograd.Function):
    """Rounds; backward multiplies by a gate that rises with (2 |c|)^2 to 1, `c` in steps of the quantiser."""

    @staticmethod
    def forward(context: torch.autograd.function.FunctionCtx, coefficients: Tensor) -> Tensor:
        context.save_for_backward(coefficients)
        return torch.round(coefficients)

    @staticmethod
    def backward(context: torch.autograd.function.FunctionCtx, gradient: Tensor) -> Tensor:
        (coefficients,) = context.saved_tensors
        return gradient * (_LEAST + (1 - _LEAST) * (2 * coefficients.abs()).clamp(0, 1).square())


def soft_jpeg(
    filtered: Float[Tensor, "batch 3 height width"], quality: int, subsampling: Subsampling
) -> Float[Tensor, "batch 3 height width"]:
    """Nearly what a JPEG gives back, in float32: colours, chroma averaged and interpolated for 4:2:0, quantised DCT blocks.

    Nothing is clamped or rounded but the coefficients, so that values agree with the file's to a few levels only.
    """
    height, width = filtered.shape[-2:]
    unit = 8 if subsampling == "4:4:4" else 16
    whole = functional.pad(filtered, (0, -width % unit, 0, -height % unit), mode="replicate")
    luma, chroma = luma_and_chroma(whole, subsampling)
    luma, chroma = _requantised(luma, LUMA_TABLE, quality), _requantised(chroma, CHROMA_TABLE, quality)
    if subsampling == "4:2:0":
        chroma = functional.interpolate(chroma, scale_factor=2, mode="bilinear")  # libjpeg's triangle, 3/4 and 1/4
    return _mixed(torch.cat([luma + 128, chroma], 1), TO_RGB)[..., :height, :width] / 255


def luma_and_chroma(
    images: Float[Tensor, "batch 3 height width"], subsampling: Subsampling
) -> tuple[Float[Tensor, "batch 1 height width"], Float[Tensor, "batch 2 chroma_height chroma_width"]]:
    """Y, and Cb and Cr at the resolution that the file holds them in, all about -128..127. Sizes fill whole blocks."""
    ycc = _mixed(255 * images, TO_YCC)
    chroma = ycc[:, 1:] if subsampling == "4:4:4" else functional.avg_pool2d(ycc[:, 1:], 2)
    return ycc[:, :1] - 128, chroma


def coefficients(
    planes: Float[Tensor, "batch planes height width"], table: Tensor, quality: int
) -> Float[Tensor, "batch planes rows columns 8 8"]:
    """DCT coefficients of every block, in steps of the quantiser and not rounded."""
    dct, steps = _DCT.to(planes), scaled(table, quality).to(planes)
    blocks = planes.unflatten(-1, (-1, 8)).unflatten(-3, (-1, 8)).transpose(-3, -2)
    return dct @ blocks @ dct.T / steps


def samples(
    values: Float[Tensor, "batch planes rows columns 8 8"],
) -> Float[Tensor, "batch planes height width"]:
    """The planes of which these are the DCT coefficients, in levels: the inverse of `coefficients` at steps of one."""
    dct = _DCT.to(values)
    return (dct.T @ values @ dct).transpose(-3, -2).flatten(-4, -3).flatten(-2)


def _mixed(planes: Tensor, matrix: Tensor) -> Tensor:
    return torch.einsum("oc,bchw->bohw", matrix.to(planes), planes)


def _requantised(planes: Tensor, table: Tensor, quality: int) -> Tensor:
    quantised: Tensor = _Quantised.apply(coefficients(planes, table, quality))
    return samples(quantised * scaled(table, quality).to(planes))
