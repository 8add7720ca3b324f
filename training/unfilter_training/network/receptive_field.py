"""How far a pixel can reach, so that tiles get a halo that makes them equal to the whole photo."""

from typing import Literal

from unfilter_training.network.config import NetworkConfig
from unfilter_training.network.enhancer import CONVOLUTIONS
from unfilter_training.network.hiding import CONVOLUTIONS as GAIN_CONVOLUTIONS


def halo(config: NetworkConfig, direction: Literal["forward", "inverse"]) -> int:
    """Radius in photo pixels, a multiple of the alignment, of what an input pixel can change in the output.

    Counted in squeeze cells, layer by layer along the longest path: no cell farther away than `halo / cell` cells changes.
    Tests confirm it by perturbation.
    """
    scale = config.cell
    if config.fusion == "hiding":
        widths = config.predictor_widths if direction == "inverse" else config.auxiliary_widths
        context = 0 if config.auxiliary == "guided" and direction == "forward" else _pyramid(len(widths))
        hiding = GAIN_CONVOLUTIONS + config.hiding_blocks * config.subnet_convolutions
        branch = config.blocks * config.subnet_convolutions
        along = context + hiding + (branch if direction == "inverse" else 0)
        if direction == "inverse":
            along += config.refinements * (_pyramid(len(config.auxiliary_widths)) + branch + hiding)
        return _aligned(scale * max(along, branch + hiding), config.grid)
    couplings = config.blocks * (2 if config.block == "additive_affine" else 1)
    branch = couplings * config.subnet_convolutions
    fusion = 0 if config.auxiliary == "none" else 2 * config.fusion_blocks * config.subnet_convolutions
    if direction == "inverse":
        enhancers = {"none": 0, "before": 1, "after": 1, "both": 2}[config.enhancer]
        return _aligned(scale * (fusion + branch + CONVOLUTIONS * enhancers), config.alignment)
    if config.auxiliary == "none":
        return _aligned(scale * branch, config.alignment)
    # Strided: 5x5 at full, 3x3 to half, 3x3 to quarter resolution, two transposed 4x4 (one cell each way), 5x5.
    dilations = config.auxiliary_dilations
    context = {"dilated": sum(dilations) + sum(dilations[:-1]) + 1, "strided": 2 + 1 + 2 + 4 + 2 + 2}[config.auxiliary]
    return _aligned(scale * (max(branch, context) + fusion), config.alignment)


def _pyramid(scales: int) -> int:
    """Reach in cells: first and last convolution, two that encode and one that decodes a scale, and the coarsest cell."""
    first = 1
    coarser = sum(2 ** (scale - 1) + 2**scale for scale in range(1, scales))
    decoding = sum(2**scale for scale in range(scales - 1))
    doubling = 2 ** (scales - 1) - 1
    return first + coarser + doubling + decoding + 1


def _aligned(radius: int, alignment: int) -> int:
    return -(-radius // alignment) * alignment
