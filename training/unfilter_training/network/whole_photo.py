"""The network on a whole photo, untiled, through the same rules for bytes and left-over lines as the SDK's."""

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unfilter.format.rounding import to_floats
from unfilter.format.tiles import TilePlan
from unfilter.run.again import again
from unfilter.run.runtimes import BoundGraph
from unfilter.run.tiling import run_photo
from unfilter_training.network.restorable import RestorableNetwork

Direction = Literal["forward", "inverse"]

_UNTILED = 1 << 20
"""Larger than any photo, and a multiple of any alignment."""


def run_whole(
    network: RestorableNetwork,
    direction: Direction,
    pixels: NDArray[np.uint8],
    hyper_parameters: tuple[float, ...] = (),
    output: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """One direction on a photo (uint8, height x width x 3) on the CPU in float32, rounded to bytes.

    `hyper_parameters`, `output` and errors are those of `graph`.
    """
    return run_photo(graph(network, direction, hyper_parameters, output), pixels, untiled(network))


def run_again(
    network: RestorableNetwork, pixels: NDArray[np.uint8], hyper_parameters: tuple[float, ...] = ()
) -> NDArray[np.uint8]:
    """A photo (uint8, height x width x 3) restored from an exact file's pixels as the SDK does it, `unfilter.run.again`; a
    network that takes the operator's output restores once.

    `hyper_parameters` are those that it was filtered with.
    """
    if network.takes_output:
        return run_whole(network, "inverse", pixels)
    graphs = graph(network, "inverse"), graph(network, "forward", hyper_parameters)
    return run_photo(again(*graphs), pixels, untiled(network))


def untiled(network: RestorableNetwork) -> TilePlan:
    """A plan that cuts no photo."""
    return TilePlan(tile=_UNTILED, halo=0, alignment=network.alignment)


def graph(
    network: RestorableNetwork,
    direction: Direction,
    hyper_parameters: tuple[float, ...] = (),
    output: NDArray[np.uint8] | None = None,
) -> BoundGraph:
    """One direction as the SDK's runtimes give it, on the CPU in float32.

    `hyper_parameters` are normalised, 0..1, for direction `forward` of a network that has them; `output` is
    what the operator itself makes of the photo, of the same shape, and is looked at by networks that take it.

    Raises:
        ValueError: `hyper_parameters` given to the inverse; from a call, missing, superfluous, or of another count, or
            `output` missing.
    """
    if hyper_parameters and direction == "inverse":
        raise ValueError("the inverse takes no hyper-parameters")
    normalised = torch.tensor([hyper_parameters]) if hyper_parameters else None

    def run(image: NDArray[np.float32]) -> NDArray[np.float32]:
        height, width, _ = image.shape
        made = None if output is None else _planes(to_floats(output[:height, :width]))  # the one tile: the aligned part
        planes = _planes(image)
        with torch.inference_mode():
            result = network.filter(planes, normalised, made)[0] if direction == "forward" else network.restore(planes)
        return result[0].permute(1, 2, 0).numpy()

    return run


def _planes(image: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None]
