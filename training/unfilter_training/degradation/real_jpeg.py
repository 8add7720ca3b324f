"""Saving as a JPEG, by the real codec: what libjpeg makes of the pixels, with a straight-through gradient."""

import io

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor

from unfilter.format.rounding import to_bytes, to_floats
from unfilter.photo import Subsampling


def real_jpeg(
    filtered: Float[Tensor, "batch 3 height width"], quality: int, subsampling: Subsampling
) -> Float[Tensor, "batch 3 height width"]:
    """The values that come back from a JPEG of `quality` 1..100 saved by Pillow, sRGB 0..1.

    Backward takes the residual as a constant (straight-through), clamping included. Images pass through the CPU one by one:
    the codec knows no batches. Source: the paper, section "Training".
    """
    pixels = to_bytes(filtered.detach().float().permute(0, 2, 3, 1).cpu().numpy())
    decoded = []
    for image in pixels:
        file = io.BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=quality, subsampling=subsampling)
        decoded.append(to_floats(np.asarray(Image.open(file))))
    saved = torch.from_numpy(np.stack(decoded)).permute(0, 3, 1, 2).to(filtered.device)
    return filtered + (saved - filtered).detach()
