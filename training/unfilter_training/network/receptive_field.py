"""How far a pixel can reach, so that tiles get a halo that makes them equal to the whole photo."""

from typing import Literal

from unfilter_training.network.auxiliary import DILATIONS
from unfilter_training.network.config import NetworkConfig


def halo(config: NetworkConfig, direction: Literal["forward", "inverse"]) -> int:
    """Radius in photo pixels beyond which an input pixel cannot change an output pixel.

    Counted layer by layer along the longest path, rounded up to whole squeeze cells: an upper bound that tests confirm by
    perturbation.
    """
    scale = config.alignment
    couplings = config.blocks * (2 if config.block == "additive_affine" else 1)
    branch = couplings * config.subnet_convolutions
    if config.auxiliary == "none":
        return scale * branch
    fusion = 2 * config.fusion_blocks * config.subnet_convolutions
    if direction == "inverse":
        return scale * (fusion + branch)
    # Strided: 5x5 at full, 3x3 to half, 3x3 to quarter resolution, two transposed 4x4 (one cell each way), 5x5.
    context = {"dilated": sum(DILATIONS) + sum(DILATIONS[:-1]) + 1, "strided": 2 + 1 + 2 + 4 + 2 + 2}[config.auxiliary]
    return scale * (max(branch, context) + fusion)
