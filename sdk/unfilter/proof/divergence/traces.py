"""Runs a graph with every value in between kept: equal siblings `onnx`, `litert`, `mil` and `torch`.

Each has `trace(bundle, artifact, image, parameters)` with `image` float32, height x width x 3, a square as side, and
`parameters` the normalised hyper-parameters, as for `unfilter.run.runtimes.Graph`. Core ML shows nothing in between;
what is in its packages is walked by `mil`.
"""

from importlib import import_module
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import RuntimeUnavailable
from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.proof.divergence.operation import Operation

NAMES = ("torch", "onnx", "litert", "mil")
"""In order of how far their values are trusted: the reference first, our executor last."""


class Tracer(Protocol):
    """What every sibling module offers."""

    def trace(
        self, bundle: Bundle, artifact: Artifact, image: NDArray[np.float32], parameters: NDArray[np.float32] | None
    ) -> list[Operation]: ...


def tracer(runtime: str) -> Tracer:
    """The sibling of that name.

    Raises:
        RuntimeUnavailable: that runtime shows no values in between.
    """
    if runtime not in NAMES:
        raise RuntimeUnavailable(f"runtime {runtime} shows no values in between; walk one of {', '.join(NAMES)}")
    return cast(Tracer, import_module(f"unfilter.proof.divergence.{runtime}"))
