"""From what a collection stores to what is trained on: short side 480 pixels, sRGB, 8 bits.

"480p" is the size at which FiveK is customarily used: short side 480 pixels, long side in proportion (Zeng et al., "Learning
Image-Adaptive 3D Lookup Tables for High Performance Photo Enhancement in Real-Time", TPAMI 2020). Photos are
never enlarged. All is computed in float32 and rounded once, by the SDK's rule.
"""

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from unfilter.errors import PhotoError
from unfilter.format.rounding import to_bytes
from unfilter_training.photo_sets.colour import ProfileUnsupported, to_srgb
from unfilter_training.photo_sets.stored import Stored

SHORT_SIDE = 480
"""Pixels."""


def reduced(photo: Stored) -> UInt8[np.ndarray, "height width 3"]:
    """8-bit sRGB of `photo` at 480p. Law: 8-bit sRGB photos that are not larger come out as they are.

    Raises:
        PhotoError: a colour profile that is not converted.
    """
    small = at_480p(photo.samples.astype(np.float32) / np.float32(np.iinfo(photo.samples.dtype).max))
    try:
        return to_bytes(to_srgb(small, photo.profile))
    except ProfileUnsupported as reason:
        raise PhotoError(f"{photo.path}: its colour profile {reason}; convert it to sRGB first") from None


def at_480p(image: Float32[np.ndarray, "height width 3"]) -> Float32[np.ndarray, "reduced_height reduced_width 3"]:
    """`image` with a short side of 480 pixels, by Pillow's Lanczos filter, which averages over all that a pixel covers.

    The result may leave the range of `image` by the filter's overshoot. An image that is not larger is returned as it is.
    """
    height, width = image.shape[:2]
    if min(height, width) <= SHORT_SIDE:
        return image
    scale = SHORT_SIDE / min(height, width)
    size = (round(width * scale), round(height * scale))
    channels = [Image.fromarray(channel) for channel in np.ascontiguousarray(np.moveaxis(image, -1, 0))]
    return np.stack([np.asarray(channel.resize(size, Image.Resampling.LANCZOS)) for channel in channels], axis=-1)
