"""An operator's result as the bytes of a file."""

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor


def saved_levels(result: Float[Tensor, "1 3 height width"]) -> NDArray[np.uint8]:
    """8-bit levels, height x width x 3: `floor(clip(x, 0, 1) * 255 + 0.5)` in the result's own precision.

    The authors' programs save from float64, where `unfilter.format.rounding.to_bytes`, the rule for graphs, would round in
    float32 and move a byte here and there.
    """
    values = result[0].permute(1, 2, 0).cpu().numpy()
    return np.floor(np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)
