"""Luma of ITU-R BT.601 in studio range: black at 16/255, white at 235/255, as MATLAB's rgb2ycbcr gives it."""

from jaxtyping import Float
from torch import Tensor

BLACK, RANGE = 16 / 255, 219 / 255
SHARES = (65.481 / 255, 128.553 / 255, 24.966 / 255)
"""Of red, green and blue; they add up to RANGE."""


def studio_luma(images: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 1 height width"]:
    """Luma Y of sRGB images in 0..1: 0.063..0.922."""
    red, green, blue = images.split(1, dim=1)
    return BLACK + SHARES[0] * red + SHARES[1] * green + SHARES[2] * blue


def replace_luma(
    images: Float[Tensor, "batch 3 height width"], luma: Float[Tensor, "batch 1 height width"]
) -> Float[Tensor, "batch 3 height width"]:
    """The images with another luma and the same chroma. A luma of 1 lies above white, at 1.09, unclipped."""
    # YCbCr is linear and luma counts alike in red, green and blue: no conversion there and back is needed.
    return images + (luma - studio_luma(images)) / RANGE
