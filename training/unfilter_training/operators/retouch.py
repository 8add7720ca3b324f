"""Face retouch: smooth spots and pores, keep eyes, mouth and hair."""

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter_training.operators.operator import Operator, Parameter
from unfilter_training.operators.rgf import rgf


def retouch(
    images: Float[Tensor, "batch 3 height width"], *, sigma_s: float = 1.0, sigma_r: float = 0.05, iterations: int = 4
) -> Float[Tensor, "batch 3 height width"]:
    """Smooth skin in sRGB by the rolling guidance filter, at a scale that leaves the features of a face.

    The paper says "edge-aware smoothing" and no more. Rolling guidance removes by size rather than contrast: a spot of one
    pixel goes though it is strong, while a hair of one pixel stays because it is long. Chosen by eye on a face of about 130
    pixels: `sigma_s` 2 loses the brows, `sigma_r` 0.1 softens eyes and hair. Larger faces take more `sigma_s`. At the
    default, a cell of the grid is a pixel, so shifted photos give shifted results.
    """
    return rgf(images, sigma_s=sigma_s, sigma_r=sigma_r, iterations=iterations)


RETOUCH = Operator(
    "retouch",
    retouch,
    source=(
        "Restorable Image Operators with Quasi-Invertible Networks, AAAI 2022, section Applications; "
        "by the rolling guidance filter of Zhang et al., ECCV 2014"
    ),
    parameters={
        "sigma_s": Parameter("size of what is smoothed, in pixels", bounds=(1.0, 20.0), training=(1.0, 3.0)),
        "sigma_r": Parameter("difference of values, in 0..1, across which pixels no longer mix", bounds=(0.005, 1.0)),
        "iterations": Parameter("number of passes; later ones restore edges", bounds=(1.0, 100.0)),
    },
    exact=torch.float32,
)
