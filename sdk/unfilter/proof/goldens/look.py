"""What stands for an app's own filter in the goldens of guided filters (R29 of sdk/format/RULES.md)."""

import numpy as np
from numpy.typing import NDArray


def golden_look(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Faded colours, warm lights and a curve, in whole levels, of an sRGB photo (height x width x 3)."""
    levels = pixels.astype(np.int32)
    luma = (77 * levels[..., 0] + 150 * levels[..., 1] + 29 * levels[..., 2]) >> 8
    faded = (5 * levels + 3 * luma[..., None]) >> 3
    warm = faded + ((luma[..., None] * np.array([24, 4, -32])) >> 8)
    curved = 16 + ((warm * (640 - warm)) >> 9) * 7 // 8
    look: NDArray[np.uint8] = np.clip(curved, 0, 255).astype(np.uint8)
    return look
