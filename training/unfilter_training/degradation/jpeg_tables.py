"""The constants of JPEG. Source of the colours: ITU T.871 (JFIF), 7; the quantiser tables are the SDK's."""

import torch
from torch import Tensor

from unfilter.format.quantisation import ANNEX_K

LUMA_TABLE, CHROMA_TABLE = (torch.tensor(table).view(8, 8) for table in (ANNEX_K.luma, ANNEX_K.chroma))
"""Vertical frequency downwards."""

# JFIF's colours in 2**-16. Sums of such fractions are exact in float64, and in float64 no accelerator shortens a product.
TO_YCC = torch.tensor([[19595, 38470, 7471], [-11059, -21709, 32768], [32768, -27439, -5329]], dtype=torch.float64) / 65536
TO_RGB = torch.tensor([[65536, 0, 91881], [65536, -22554, -46802], [65536, 116130, 0]], dtype=torch.float64) / 65536


def scaled(table: Tensor, quality: int) -> Tensor:
    """Steps of the quantiser at `quality` 1..100, as libjpeg scales its tables: 1..255, in float64."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return ((table * percent + 50) // 100).clamp(1, 255).double()
