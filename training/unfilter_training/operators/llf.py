"""LLF: detail enhancement by a fast local Laplacian filter."""

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter_training.operators.laplacian_pyramid import grey, local_laplacian
from unfilter_training.operators.operator import Operator, Parameter

EPSILON = 2.0**-52
"""Added to grey before dividing by it, so that black stays black (the authors' program)."""


def llf(
    images: Float[Tensor, "batch 3 height width"],
    *,
    sigma: float | Float[Tensor, " batch"] = 0.1,
    factor: float | Float[Tensor, " batch"] = 5.0,
    references: int = 10,
) -> Float[Tensor, "batch 3 height width"]:
    """Strengthen details of up to about `sigma` by about `factor`, without halos at strong edges.

    Grey is filtered and each colour keeps its ratio to grey, so results leave 0..1 on both sides where contrast is strong.
    `sigma` and `factor` may differ per image.
    """
    spread = torch.as_tensor(sigma, dtype=images.dtype, device=images.device).reshape(-1, 1, 1, 1)
    strength = torch.as_tensor(factor, dtype=images.dtype, device=images.device).reshape(-1, 1, 1, 1)
    decay = -0.5 / spread.square()

    def remap(difference: Tensor) -> Tensor:
        return difference.square().mul_(decay).exp_().mul_(difference).mul_(strength)

    plain = grey(images)
    return local_laplacian(plain, remap, references) / (plain + EPSILON) * images


LLF = Operator(
    "llf",
    llf,
    source="Aubry, Paris, Hasinoff, Kautz, Durand: Fast Local Laplacian Filters: Theory and Applications, ACM TOG 2014",
    symmetry="transpose",
    parameters={
        "sigma": Parameter("size of what counts as a detail, in the scale of 0..1", bounds=(1e-3, 1.0)),
        "factor": Parameter(
            "how many times a detail is added to itself; 0 changes nothing", bounds=(0.0, 20.0), training=(2.0, 8.0)
        ),
        "references": Parameter("levels of grey that details are remapped around (N in the paper)", bounds=(2.0, 256.0)),
    },
)
