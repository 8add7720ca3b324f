"""Whether the weights of a smaller precision are those of fp32, rounded, and those of the inverse the forward graph's.

The tolerance of a smaller precision has room for what rounding does to a whole network; a single wrong weight, or a scale
that is a little off, hides in it. Weights can be compared one by one, and there rounding has a bound of its own. What both
directions hold must be equal: an inverse of another training restores, only worse, and no bound in dB tells that.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

import numpy as np

from unfilter.format.artifact import Format, Precision
from unfilter.format.bundle import Bundle
from unfilter.proof.fidelity.constants import Reader, Weights

_SMALLEST = 2.0**-24
"""Step of binary16 near zero."""

_LEARNED = ("weight", "bias")
"""How names of learned tensors end in every format. Converters number other constants (`var_312`), each file its own."""

_STEPS = 0.75
"""Largest error of a weight in 8 bits, in steps of its channel's scale: half a step, and what coremltools loses beside it by
scales in binary16 (0.61 measured). A scale that is 1 % off moves the largest weight by 1.27 steps.
"""


def wrong_weights(bundle: Bundle) -> list[str]:
    """Tensors of smaller precisions that are not those of fp32 rounded, a line each; empty where nothing reads them."""
    found: dict[str, None] = {}  # a file of both directions is compared for each, and says the same
    read = cache(_read)
    paths = {(each.format, each.precision, each.direction): bundle.path(each.path) for each in bundle.manifest.artifacts}
    for (form, precision, direction), path in paths.items():
        exact = paths.get((form, "fp32", direction))
        if precision not in _BOUNDS or exact is None:
            continue
        expected, rounded = read(form, exact), read(form, path)
        if expected is not None and rounded is not None:
            found |= dict.fromkeys(_wrong(expected, rounded, path.name, _BOUNDS[precision]))
    return list(found)


def weights_apart(bundle: Bundle) -> list[str]:
    """Formats whose two directions hold other fp32 weights under the same names, as those of two trainings do, a line each.

    Signs may differ: the inverse subtracts what the forward graph adds. Empty where nothing reads the files, or where one
    file holds both directions.
    """
    paths = {
        (each.format, each.direction): bundle.path(each.path)
        for each in bundle.manifest.artifacts
        if each.precision == "fp32"
    }
    found = []
    for form in dict.fromkeys(form for form, _ in paths):
        forward, inverse = paths.get((form, "forward")), paths.get((form, "inverse"))
        if forward is None or inverse is None or forward == inverse:
            continue
        ours, theirs = _read(form, forward), _read(form, inverse)
        if ours is None or theirs is None:
            continue
        both = {name for name in ours.keys() & theirs.keys() if name.endswith(_LEARNED)}
        apart = sorted(name for name in both if not np.array_equal(np.abs(ours[name]), np.abs(theirs[name])))
        if apart:
            found.append(
                f"{inverse.name}: {len(apart)} of {len(both)} tensors that {forward.name} has too differ, such as "
                f"{apart[0]}: the inverse does not belong to the forward"
            )
    return found


def _read(form: Format, path: Path) -> dict[str, Weights] | None:
    """The constants of a file; None where nothing here reads them."""
    reader = _reader(form)
    try:
        return reader.read(path) if reader else None
    except Exception:  # what cannot be read breaks its engine off, and that is said there; parsers share no class
        return None


def _reader(form: Format) -> Reader | None:
    """What reads the constants of a format; None where nothing does, or what it needs is not installed."""
    if form not in ("onnx", "tflite", "mlpackage"):
        return None
    reader = cast(Reader, import_module(f"unfilter.proof.fidelity.constants.{form}"))
    return None if reader.unavailable() else reader


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
    """Half of a step of IEEE 754 binary16 at the weight: one that is a step off is farther."""
    with np.errstate(over="ignore", invalid="ignore"):  # NaN and infinity have no step: nothing is within a bound of NaN
        steps = np.spacing(np.abs(weights).astype(np.float16)).astype(np.float32)
    bound: Weights = np.maximum(steps / 2, np.float32(_SMALLEST))
    return bound


def _of_8_bits(weights: Weights) -> Weights:
    if weights.ndim != 4:  # biases are not held in 8 bits
        return _of_half(weights)
    steps: Weights = np.abs(weights).max(axis=(1, 2, 3), keepdims=True) / np.float32(127)
    return np.float32(_STEPS) * steps + np.float32(_SMALLEST)


_BOUNDS: dict[Precision, Callable[[Weights], Weights]] = {"fp16": _of_half, "w8": _of_8_bits, "w8a16": _of_8_bits}
