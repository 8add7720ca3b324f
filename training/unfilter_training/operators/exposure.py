"""Highlight-preserving exposure: brighten and clip; the restored photo has its highlights back."""

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter_training.operators.operator import Operator, Parameter


def exposure(
    images: Float[Tensor, "batch 3 height width"], *, brightness: float | Float[Tensor, " batch"] = 2.0
) -> Float[Tensor, "batch 3 height width"]:
    """Multiply the stored sRGB values by `brightness` and clip to 0..1; everything above 1 / `brightness` becomes white.

    The paper says only that it brightens "the image twice". Stored values, not linear light, are what its other operators
    and its networks see; there, twice clips all above level 127, where one stop of linear light would clip above 187.
    `brightness` may differ per image.
    """
    factor = torch.as_tensor(brightness, dtype=images.dtype, device=images.device).reshape(-1, 1, 1, 1)
    return (images * factor).clamp(0, 1)


EXPOSURE = Operator(
    "exposure",
    exposure,
    source="Restorable Image Operators with Quasi-Invertible Networks, AAAI 2022, section Applications",
    parameters={"brightness": Parameter("factor of the stored values; below 1 darkens", bounds=(0.05, 20.0))},
    exact=torch.float32,
)
