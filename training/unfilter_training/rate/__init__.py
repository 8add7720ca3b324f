"""What a filtered photo will take as a file, differentiable: estimates of bits per pixel, equal siblings.

Both take images of sRGB 0..1, unclipped, and give one number per image. They rank files as the codecs do; a fixed scale
brings them near the codecs' bits.
"""

from unfilter_training.rate.jpeg import jpeg_rate
from unfilter_training.rate.png import png_rate

__all__ = ["jpeg_rate", "png_rate"]
