"""Saving as a JPEG, simulated in torch: the codec's own arithmetic, a whole batch at once, on the images' device.

Sources: ITU T.81 (09/92), A.2.4 (padding of blocks), A.3.1 to A.3.4 (level shift, DCT, quantiser), K.1 (tables); ITU T.871
(JFIF), 7 (colours). What the standards leave open is as libjpeg does it, written from its described behaviour: tables scaled
by quality; 16-bit fixed point for colours (jccolor, jdcolor); its "islow" DCT, two passes over 13-bit cosines with two more
bits kept in between (jfdctint, jidctint); boxes rounded alternately and rows repeated after them (jcsample, jcprepct);
"fancy" triangles upwards (jdsample).
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from unfilter_training.degradation.subsampling import PILLOW, Subsampling

# T.81 tables K.1 and K.2, vertical frequency downwards.
_LUMA_TABLE = torch.tensor(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
_CHROMA_TABLE = torch.full((8, 8), 99)
_CHROMA_TABLE[:4, :4] = torch.tensor([[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]])

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

# JFIF's colours in 2**-16. Sums of such fractions are exact in float64, and in float64 no accelerator shortens a product.
_TO_YCC = torch.tensor([[19595, 38470, 7471], [-11059, -21709, 32768], [32768, -27439, -5329]], dtype=torch.float64) / 65536
_TO_RGB = torch.tensor([[65536, 0, 91881], [65536, -22554, -46802], [65536, 116130, 0]], dtype=torch.float64) / 65536
_LUMA = (0.299, 0.587, 0.114)


def simulated_jpeg(
    filtered: Float[Tensor, "batch 3 height width"], quality: int, subsampling: Subsampling
) -> Float[Tensor, "batch 3 height width"]:
    """The values that come back from a JPEG of `quality` 1..100, sRGB 0..1, in float32 even under autocast.

    Law: equal, level by level, to what libjpeg-turbo decodes from its own file (`real_jpeg`), at every size.

    Backward passes straight through every rounding and clamping: their true derivative is zero almost everywhere, and that
    of a smooth stand-in fades just where a coefficient is well quantised. With an identity for a quantiser, the DCT and its
    inverse cancel. What remains is the linear part: for 4:4:4 the identity, as in `real_jpeg`; for 4:2:0 the chroma is
    averaged and interpolated, so that no gradient asks for chroma detail which the file cannot hold.

    Raises `ValueError` for another quality or subsampling.
    """
    if not 1 <= quality <= 100:
        raise ValueError(f"JPEG quality must be within 1..100, got {quality!r}")
    if subsampling not in PILLOW:
        raise ValueError(f"chroma subsampling must be one of {', '.join(PILLOW)}, got {subsampling!r}")
    with torch.autocast(filtered.device.type, enabled=False):
        images = filtered.float()
        with torch.no_grad():
            levels = torch.floor(images.clamp(0, 1) * 255 + 0.5)
            saved = _decoded(levels.double(), quality, subsampling).float() / 255
        linear = images if subsampling == "4:4:4" else _with_coarse_chroma(images)
        return saved + (linear - linear.detach())  # in this order `saved` stays exact


def _with_coarse_chroma(images: Tensor) -> Tensor:
    """4:2:0 without any rounding. Luma and the sampling commute, so that no other colour axes are needed."""
    luma = sum(weight * images[:, channel, None] for channel, weight in enumerate(_LUMA))
    chroma = images - luma
    height, width = chroma.shape[-2:]
    boxes = functional.avg_pool2d(_extended(chroma, height + height % 2, width + width % 2), 2)
    return luma + _upsampled(boxes)[..., :height, :width]


def _decoded(levels: Tensor, quality: int, subsampling: Subsampling) -> Tensor:
    """RGB levels in, RGB levels out, all whole numbers 0..255."""
    height, width = levels.shape[-2:]
    half = torch.tensor([0.5, 128.5 - 2**-16, 128.5 - 2**-16], dtype=levels.dtype, device=levels.device)
    ycc = torch.floor(_mixed(levels, _TO_YCC) + half[:, None, None])
    luma, chroma = ycc[:, :1], ycc[:, 1:]
    luma = _requantised(luma, _scaled(_LUMA_TABLE, quality))
    if subsampling == "4:4:4":
        chroma = _requantised(chroma, _scaled(_CHROMA_TABLE, quality))
    else:
        chroma = _requantised(_downsampled(chroma), _scaled(_CHROMA_TABLE, quality))
        chroma = chroma[..., : (height + 1) // 2, : (width + 1) // 2]
        bias = torch.tensor([8 / 16, 7 / 16], dtype=chroma.dtype, device=chroma.device).repeat(chroma.shape[-1])
        chroma = torch.floor(_upsampled(chroma) + bias)[..., :height, :width]
    return torch.floor(_mixed(torch.cat([luma, chroma - 128], 1), _TO_RGB) + 0.5).clamp(0, 255)


def _mixed(planes: Tensor, matrix: Tensor) -> Tensor:
    return torch.einsum("oc,bchw->bohw", matrix.to(planes.device), planes)


def _scaled(table: Tensor, quality: int) -> Tensor:
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return ((table * percent + 50) // 100).clamp(1, 255).double()


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
