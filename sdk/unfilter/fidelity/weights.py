"""Whether the weights of a smaller precision are those of fp32, rounded.

The tolerance of a smaller precision has room for what rounding does to a whole network; a single wrong weight, or a scale
that is a little off, hides in it. Weights can be compared one by one, and there rounding has a bound of its own. Core ML
packages, which runtime `mil` reads, and ONNX files where the package `onnx` is installed: their constants have the same
names in every precision. Those of TFLite files have not.
"""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter import runtimes
from unfilter.bundle import Bundle, Format, Precision

Weights = NDArray[np.float32]

_SUFFIX = re.compile(r"_to_fp16.*$")
"""What coremltools appends to the names of constants that it casts or quantizes."""

_HELD = ".int8"
"""What is appended to the names of weights that ONNX files hold in 8 bits; their scales end in `.scale`."""

_HALF_STEP = 2.0**-11
"""Largest error of a rounded weight, relative to the weight: IEEE 754 binary16 has 11 significant bits."""

_SMALLEST = 2.0**-24
"""Step of binary16 near zero, where it is not relative any more."""

_STEPS = 0.75
"""Largest error of a weight in 8 bits, in steps of its channel's scale: half a step, and what coremltools loses beside it by
scales in binary16 (0.61 measured). A scale that is 1 % off moves the largest weight by 1.27 steps.
"""


def wrong_weights(bundle: Bundle) -> list[str]:
    """Tensors of smaller precisions that are not those of fp32 rounded, a line each; empty where nothing reads them."""
    found = []
    paths = {(each.format, each.precision, each.direction): bundle.path(each.path) for each in bundle.manifest.artifacts}
    for (form, precision, direction), path in paths.items():
        exact = paths.get((form, "fp32", direction))
        if precision not in _BOUNDS or form not in _READERS or exact is None or _unreadable(form):
            continue
        try:
            expected, rounded = _READERS[form](exact), _READERS[form](path)
        except Exception:  # what cannot be read breaks its engine off, and that is said there; parsers share no class
            continue
        found += _wrong(expected, rounded, path.name, _BOUNDS[precision])
    return found


def _wrong(
    expected: dict[str, Weights], rounded: dict[str, Weights], name: str, bound: Callable[[Weights], Weights]
) -> list[str]:
    found = []
    for tensor, values in rounded.items():
        right = expected.get(tensor)
        if right is None or right.shape != values.shape:
            continue
        excess = np.abs(values - right) - bound(right)
        if not np.all(excess <= 0):
            count = int(np.count_nonzero(~(excess <= 0)))
            found.append(f"{name}: {count} of {values.size} weights of {tensor} are not those of fp32 rounded")
    return found


def _of_half(weights: Weights) -> Weights:
    bound: Weights = np.float32(_HALF_STEP) * np.abs(weights) + np.float32(_SMALLEST)
    return bound


def _of_8_bits(weights: Weights) -> Weights:
    if weights.ndim != 4:  # biases are not held in 8 bits
        return _of_half(weights)
    steps: Weights = np.abs(weights).max(axis=(1, 2, 3), keepdims=True) / np.float32(127)
    return np.float32(_STEPS) * steps + np.float32(_SMALLEST)


_BOUNDS: dict[Precision, Callable[[Weights], Weights]] = {"fp16": _of_half, "w8": _of_8_bits, "w8a16": _of_8_bits}


def _unreadable(form: Format) -> bool:
    if form == "onnx":
        return runtimes.missing("onnx", "convert") is not None
    return "mil" not in runtimes.installed()


def _of_package(package: Path) -> dict[str, Weights]:
    from unfilter.runtimes._mil.program import Program

    held = Program(package).constants
    arrays = {_SUFFIX.sub("", name): value for name, value in held.items() if isinstance(value, np.ndarray)}
    return {name: value for name, value in arrays.items() if value.dtype == np.float32}


def _of_file(path: Path) -> dict[str, Weights]:
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


_READERS: dict[Format, Callable[[Path], dict[str, Weights]]] = {"mlpackage": _of_package, "onnx": _of_file}
