"""Saving nothing away: the floats themselves, as a lossless float format would keep them."""

from jaxtyping import Float
from torch import Tensor


def identity(filtered: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
    """`filtered` as it is."""
    return filtered
