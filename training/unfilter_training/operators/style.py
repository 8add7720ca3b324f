"""Painting styles: feed-forward networks that were trained on one painting each. Their weights are the user's to name."""

import functools
import os
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter.errors import UnfilterError
from unfilter_training.operators.operator import Operator, Parameter
from unfilter_training.operators.style_network import LayerWeights, arrange, stylise, tensor_shapes
from unfilter_training.operators.style_weights import MANIFEST, read_style_weights

WEIGHTS_VARIABLE = "UNFILTER_STYLE_WEIGHTS"
"""Environment variable with a folder that holds the weights folders rain_princess and scream."""


def rain_princess(
    images: Float[Tensor, "batch 3 height width"], *, weights: Path | None = None
) -> Float[Tensor, "batch 3 height width"]:
    """Paint in the style of Leonid Afremov's Rain Princess, with weights that the user names (research use only).

    sRGB in; the result lies in -0.09..1.09. Every layer is normalised over the whole picture: a part of a photo gives
    another painting than the whole. Agrees with the authors' program in float32.

    Raises:
        UnfilterError: no weights named, or a folder that does not hold this network's weights.
    """
    return stylise(images, _weights("rain_princess", weights, images))


def scream(
    images: Float[Tensor, "batch 3 height width"], *, weights: Path | None = None
) -> Float[Tensor, "batch 3 height width"]:
    """Paint in the style of Edvard Munch's The Scream, with weights that the user names (research use only).

    All else is as in `rain_princess`.
    """
    return stylise(images, _weights("scream", weights, images))


def _weights(name: str, folder: Path | None, images: Tensor) -> tuple[LayerWeights, ...]:
    if folder is None:
        named = os.environ.get(WEIGHTS_VARIABLE)
        if not named:
            raise UnfilterError(
                f"{name} needs its network's weights, which are for research only and not shipped: pass weights=FOLDER"
                f" with {MANIFEST} and one raw little-endian float32 file per tensor, or set {WEIGHTS_VARIABLE} to the"
                f" folder that holds {name}/"
            )
        folder = Path(named) / name
    return _loaded(folder.resolve(), images.device, images.dtype)


@functools.lru_cache(maxsize=8)
def _loaded(folder: Path, device: torch.device, dtype: torch.dtype) -> tuple[LayerWeights, ...]:
    return arrange([tensor.to(device, dtype) for tensor in read_style_weights(folder, tensor_shapes())])


_SOURCE = (
    "Johnson, Alahi, Fei-Fei: Perceptual Losses for Real-Time Style Transfer and Super-Resolution, ECCV 2016;"
    " Logan Engstrom: Fast Style Transfer (lengstrom/fast-style-transfer), 2016"
)
_PARAMETERS = {
    "weights": Parameter(
        f"folder of the network's weights: {MANIFEST} and one raw little-endian float32 file per tensor;"
        f" by default the one in the folder that the environment variable {WEIGHTS_VARIABLE} names"
    )
}

# A flip of the photo does not flip the painting: brush strokes have a direction.
RAIN_PRINCESS = Operator(
    "rain_princess", rain_princess, _SOURCE, parameters=_PARAMETERS, symmetry="none", exact=torch.float32
)
SCREAM = Operator("scream", scream, _SOURCE, parameters=_PARAMETERS, symmetry="none", exact=torch.float32)
