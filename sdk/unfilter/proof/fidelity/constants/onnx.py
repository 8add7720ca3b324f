"""ONNX files, by the package `onnx`."""

from pathlib import Path

import numpy as np

from unfilter.proof.fidelity.constants import Weights
from unfilter.run import runtimes

_HELD = ".int8"
"""What is appended to the names of weights that are held in 8 bits; their scales end in `.scale`."""


def unavailable() -> str | None:
    return runtimes.missing("onnx", "convert")


def read(path: Path) -> dict[str, Weights]:
    import onnx
    from onnx import numpy_helper

    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    found = {}
    for name, values in held.items():
        base = name.removesuffix(_HELD)
        if base != name:
            found[base] = values.astype(np.float32) * held[f"{base}.scale"].astype(np.float32).reshape(-1, 1, 1, 1)
        elif np.issubdtype(values.dtype, np.floating):
            found[name] = values.astype(np.float32)
    return found
