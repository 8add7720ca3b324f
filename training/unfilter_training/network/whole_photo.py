"""The network on a whole photo, untiled, through the same rules for bytes and left-over lines as the SDK's."""

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from unfilter.bundle import TilePlan
from unfilter.filter import run_photo
from unfilter.runtimes import BoundGraph
from unfilter_training.network.quasi_invertible import QuasiInvertibleNetwork

Direction = Literal["forward", "inverse"]

_UNTILED = 1 << 20
"""Larger than any photo, and a multiple of any alignment."""


def run_whole(
    network: QuasiInvertibleNetwork,
    direction: Direction,
    pixels: NDArray[np.uint8],
    hyper_parameters: tuple[float, ...] = (),
) -> NDArray[np.uint8]:
    """One direction on a photo (uint8, height x width x 3) on the CPU in float32, rounded to bytes.

    `hyper_parameters` and errors are those of `graph`.
    """
    return run_photo(graph(network, direction, hyper_parameters), pixels, untiled(network))


def untiled(network: QuasiInvertibleNetwork) -> TilePlan:
    """A plan that cuts no photo."""
    return TilePlan(tile=_UNTILED, halo=0, alignment=network.config.alignment)


def graph(network: QuasiInvertibleNetwork, direction: Direction, hyper_parameters: tuple[float, ...] = ()) -> BoundGraph:
    """One direction as the SDK's runtimes give it, on the CPU in float32.

    `hyper_parameters` are places of 0..1 in their ranges, for direction `forward` of a network that has them.

    Raises:
        ValueError: `hyper_parameters` given to the inverse; from a call, missing, superfluous, or of another count.
    """
    if hyper_parameters and direction == "inverse":
        raise ValueError("the inverse takes no hyper-parameters")
    places = torch.tensor([hyper_parameters]) if hyper_parameters else None

    def run(image: NDArray[np.float32]) -> NDArray[np.float32]:
        planes = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None]
        with torch.inference_mode():
            result = network(planes, places)[0] if direction == "forward" else network.inverse(planes)
        return result[0].permute(1, 2, 0).numpy()

    return run
