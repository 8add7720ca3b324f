"""The constants of JPEG. Sources: ITU T.81 (09/92), K.1 (quantiser tables); ITU T.871 (JFIF), 7 (colours)."""

import torch
from torch import Tensor

# T.81 tables K.1 and K.2, vertical frequency downwards.
LUMA_TABLE = torch.tensor(
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
CHROMA_TABLE = torch.full((8, 8), 99)
CHROMA_TABLE[:4, :4] = torch.tensor([[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]])

# JFIF's colours in 2**-16. Sums of such fractions are exact in float64, and in float64 no accelerator shortens a product.
TO_YCC = torch.tensor([[19595, 38470, 7471], [-11059, -21709, 32768], [32768, -27439, -5329]], dtype=torch.float64) / 65536
TO_RGB = torch.tensor([[65536, 0, 91881], [65536, -22554, -46802], [65536, 116130, 0]], dtype=torch.float64) / 65536


def scaled(table: Tensor, quality: int) -> Tensor:
    """Steps of the quantiser at `quality` 1..100, as libjpeg scales its tables: 1..255, in float64."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return ((table * percent + 50) // 100).clamp(1, 255).double()
