"""sRGB to CIELab with the white D50 of colour profiles (ICC), and back: what MATLAB's srgb2lab gives."""

import torch
from jaxtyping import Float
from torch import Tensor

WHITE = (0xF6D6, 0x10000, 0xD32C)
"""XYZ of white, D50, in the units of `TO_XYZ`. 0xD32D is the usual Z; this one is what the oracles agree with to 1e-9."""

TO_XYZ = (
    (0x6FA2, 0x6299, 0x24A0),
    (0x38F5, 0xB785, 0x0F84),
    (0x0390, 0x18DA, 0xB6CF),
)
"""Linear sRGB to XYZ, adapted to D50, in 1/65536: the colorants of the sRGB profile as ICC profiles store them."""

EPSILON, KAPPA = 216 / 24389, 24389 / 27
"""Where the cube root of CIELab goes over into a line, and the slope of L there (CIE 15:2018)."""


def srgb_to_lab(images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
    """L in 0..100, a and b, from sRGB in 0..1. Black is exactly 0 in every type."""
    linear = torch.where(images <= 0.04045, images / 12.92, ((images.clamp(min=0) + 0.055) / 1.055) ** 2.4)
    relative = _matrix(images, 1.0) @ linear.flatten(-2)
    x, y, z = relative.view_as(images).unbind(1)
    # L by its own formula: 116 f(Y) - 16 would leave rounding in place of the zero of black.
    lightness = torch.where(y <= EPSILON, KAPPA * y, 116 * _root(y) - 16)
    return torch.stack((lightness, 500 * (_f(x) - _f(y)), 200 * (_f(y) - _f(z))), dim=1)


def lab_to_srgb(lab: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
    """sRGB, clipped to 0..1 in linear light."""
    lightness, a, b = lab.unbind(1)
    middle = (lightness + 16) / 116
    relative = torch.stack([_f_inverse(f) for f in (middle + a / 500, middle, middle - b / 200)], dim=1)
    linear = (_matrix(lab, -1.0) @ relative.flatten(-2)).view_as(lab).clamp(0, 1)
    return torch.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _matrix(like: Tensor, power: float) -> Tensor:
    """Linear sRGB to XYZ relative to white, or back."""
    matrix = torch.tensor(TO_XYZ, dtype=torch.float64) / torch.tensor(WHITE, dtype=torch.float64)[:, None]
    return (matrix if power > 0 else torch.linalg.inv(matrix)).to(like)


def _root(values: Tensor) -> Tensor:
    return values.clamp(min=EPSILON) ** (1 / 3)


def _f(values: Tensor) -> Tensor:
    return torch.where(values > EPSILON, _root(values), (KAPPA * values + 16) / 116)


def _f_inverse(values: Tensor) -> Tensor:
    return torch.where(values**3 > EPSILON, values**3, (116 * values - 16) / KAPPA)
