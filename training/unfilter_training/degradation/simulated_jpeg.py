"""Saving as a JPEG, simulated in torch: the codec's own arithmetic, a whole batch at once, on the images' device.

Sources: ITU T.81 (09/92), A.2.4 (padding of blocks), A.3.1 to A.3.4 (level shift, DCT, quantiser). What the standard
leaves open is as libjpeg does it, written from its described behaviour: tables scaled by quality; 16-bit fixed point for
colours (jccolor, jdcolor); its "islow" DCT, two passes over 13-bit cosines with two more bits kept in between (jfdctint,
jidctint); boxes rounded alternately and rows repeated after them (jcsample, jcprepct); "fancy" triangles upwards (jdsample).
"""

from typing import get_args

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from unfilter.photo import Subsampling
from unfilter_training.degradation.jpeg_tables import CHROMA_TABLE, LUMA_TABLE, TO_RGB, TO_YCC, scaled
from unfilter_training.degradation.soft_jpeg import soft_jpeg

# Left half of the DCT, rows by frequency, times sqrt(8) * 2**13; the right half mirrors it, odd rows with the opposite sign.
# Some entries are one off the nearest integer: sums of the 13-bit constants of the fast algorithm (Loeffler et al. 1989).
_HALF_DCT = torch.tensor(
    [
        [8192, 8192, 8192, 8192],
        [11363, 9633, 6437, 2260],
        [10703, 4433, -4433, -10703],
        [9633, -2259, -11362, -6436],
        [8192, -8192, -8192, 8192],
        [6437, -11362, 2261, 9633],
        [4433, -10704, 10704, -4433],
        [2260, -6436, 9633, -11363],
    ],
    dtype=torch.float64,
)
_DCT = torch.cat([_HALF_DCT, _HALF_DCT.flip(1) * torch.tensor([1.0, -1.0]).repeat(4)[:, None]], dim=1)


def simulated_jpeg(
    filtered: Float[Tensor, "batch 3 height width"], quality: int, subsampling: Subsampling
) -> Float[Tensor, "batch 3 height width"]:
    """The values that come back from a JPEG of `quality` 1..100, sRGB 0..1, in float32 even under autocast.

    Law: equal, level by level, to what libjpeg-turbo decodes from its own file (`real_jpeg`), at every size.

    Backward is that of `soft_jpeg`: no gradient asks for detail that the file will not hold.

    Raises `ValueError` for another quality or subsampling.
    """
    if not 1 <= quality <= 100:
        raise ValueError(f"JPEG quality must be within 1..100, got {quality!r}")
    if subsampling not in get_args(Subsampling):
        raise ValueError(f"chroma subsampling must be one of {', '.join(get_args(Subsampling))}, got {subsampling!r}")
    with torch.autocast(filtered.device.type, enabled=False):
        images = filtered.float()
        with torch.no_grad():
            levels = torch.floor(images.clamp(0, 1) * 255 + 0.5)
            saved = _decoded(levels.double(), quality, subsampling).float() / 255
        soft = soft_jpeg(images, quality, subsampling)
        return saved + (soft - soft.detach())  # in this order `saved` stays exact


def _decoded(levels: Tensor, quality: int, subsampling: Subsampling) -> Tensor:
    """RGB levels in, RGB levels out, all whole numbers 0..255."""
    height, width = levels.shape[-2:]
    half = torch.tensor([0.5, 128.5 - 2**-16, 128.5 - 2**-16], dtype=levels.dtype, device=levels.device)
    ycc = torch.floor(_mixed(levels, TO_YCC) + half[:, None, None])
    luma, chroma = ycc[:, :1], ycc[:, 1:]
    luma = _requantised(luma, scaled(LUMA_TABLE, quality))
    if subsampling == "4:4:4":
        chroma = _requantised(chroma, scaled(CHROMA_TABLE, quality))
    else:
        chroma = _requantised(_downsampled(chroma), scaled(CHROMA_TABLE, quality))
        chroma = chroma[..., : (height + 1) // 2, : (width + 1) // 2]
        bias = torch.tensor([8 / 16, 7 / 16], dtype=chroma.dtype, device=chroma.device).repeat(chroma.shape[-1])
        chroma = torch.floor(_upsampled(chroma) + bias)[..., :height, :width]
    return torch.floor(_mixed(torch.cat([luma, chroma - 128], 1), TO_RGB) + 0.5).clamp(0, 255)


def _mixed(planes: Tensor, matrix: Tensor) -> Tensor:
    return torch.einsum("oc,bchw->bohw", matrix.to(planes.device), planes)


def _extended(planes: Tensor, height: int, width: int) -> Tensor:
    """Last row and column repeated up to `height` and `width`."""
    return functional.pad(planes, (0, width - planes.shape[-1], 0, height - planes.shape[-2]), mode="replicate")


def _downsampled(planes: Tensor) -> Tensor:
    """Means of 2 x 2, halves and quarters rounded by 1/4 and 2/4 in turn. Columns are extended to whole blocks before."""
    height, width = planes.shape[-2:]
    planes = _extended(planes, height + height % 2, width + -width % 16)
    bias = torch.tensor([1 / 4, 2 / 4], dtype=planes.dtype, device=planes.device).repeat(planes.shape[-1] // 4)
    return torch.floor(functional.avg_pool2d(planes, 2) + bias)


def _upsampled(planes: Tensor) -> Tensor:
    """Twice the size, not rounded: 3/4 of the nearer sample and 1/4 of the farther one, along both axes."""
    if planes.shape[-1] <= 2:  # libjpeg has no triangle for so few columns
        return planes.repeat_interleave(2, -1).repeat_interleave(2, -2)
    padded = functional.pad(planes, (1, 1, 1, 1), mode="replicate")
    before, here, after = padded[..., :-2, :], padded[..., 1:-1, :], padded[..., 2:, :]
    rows = torch.stack([3 * here + before, 3 * here + after], -2).flatten(-3, -2)
    before, here, after = rows[..., :-2], rows[..., 1:-1], rows[..., 2:]
    return torch.stack([3 * here + before, 3 * here + after], -1).flatten(-2) / 16


def _requantised(planes: Tensor, table: Tensor) -> Tensor:
    """Through DCT, quantiser and back, in blocks of 8 x 8."""
    height, width = planes.shape[-2:]
    whole = _extended(planes, height + -height % 8, width + -width % 8) - 128
    dct, steps = _DCT.to(planes.device), table.T.to(planes.device)  # the coefficients below are transposed
    blocks = whole.unflatten(-1, (-1, 8)).unflatten(-3, (-1, 8)).transpose(-3, -2)
    coefficients = _shifted(_shifted(blocks @ dct.T, 11).mT @ dct.T, 15) / 8
    quantised = coefficients.sign() * torch.floor(coefficients.abs() / steps + 0.5)
    samples = _shifted(_shifted((quantised * steps) @ dct, 11).mT @ dct, 18)
    samples = samples.transpose(-3, -2).flatten(-4, -3).flatten(-2)
    return (samples + 128).clamp(0, 255)[..., :height, :width]


def _shifted(numbers: Tensor, bits: int) -> Tensor:
    return torch.floor(numbers / 2**bits + 0.5)
