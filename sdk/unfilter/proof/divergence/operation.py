"""One operation of a graph that was run, with what it gave."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Planes = NDArray[np.float32]
"""channels x height x width, whatever the runtime's layout."""


@dataclass(frozen=True)
class Operation:
    """Attributes:
    kind: in the words of its format, such as `Conv` or `CONV_2D`.
    name: of the operation or of its result in the file.
    layer: of the network, where the format records it; else empty.
    inputs: names of the values that it takes, constants among them.
    output: name of what it gives.
    values: what it gave.
    """

    kind: str
    name: str
    layer: str
    inputs: tuple[str, ...]
    output: str
    values: Planes


def planes(values: NDArray[np.generic], channels_last: bool = False) -> Planes | None:
    """A tensor of batch 1 as channels x height x width; None where it is no picture or not of numbers."""
    if values.ndim != 4 or values.shape[0] != 1 or not np.issubdtype(values.dtype, np.floating):
        return None
    single = values[0].transpose(2, 0, 1) if channels_last else values[0]
    return np.array(single, np.float32)
