"""Whether the weights of a smaller precision are those of fp32, rounded.

The tolerance of a smaller precision has room for what rounding does to a whole network, and a single wrong weight hides in
it. Weights can be compared one by one, and there rounding has a bound of its own. Core ML packages only: their constants
have the same names in every precision, and runtime `mil` reads them.
"""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter import runtimes
from unfilter.bundle import Artifact, Bundle, Precision

_SUFFIX = re.compile(r"_to_fp16.*$")
"""What coremltools appends to the names of constants that it casts or quantizes."""

_HALF_STEP: dict[Precision, float] = {"fp16": 2.0**-11}
"""Largest error of a rounded weight, relative to the weight: IEEE 754 binary16 has 11 significant bits."""

_SMALLEST = 2.0**-24
"""Step of binary16 near zero, where it is not relative any more."""


def wrong_weights(bundle: Bundle) -> list[str]:
    """Tensors of smaller precisions that are not those of fp32 rounded, a line each; empty where nothing reads them."""
    if "mil" not in runtimes.installed():
        return []
    found = []
    exact = {each.direction: each for each in bundle.manifest.artifacts if _is(each, "fp32")}
    for artifact in bundle.manifest.artifacts:
        for precision, step in _HALF_STEP.items():
            if _is(artifact, precision) and artifact.direction in exact:
                found += _wrong(bundle.path(exact[artifact.direction].path), bundle.path(artifact.path), step)
    return found


def _is(artifact: Artifact, precision: Precision) -> bool:
    return (artifact.format, artifact.precision) == ("mlpackage", precision)


def _wrong(exact: Path, rounded: Path, step: float) -> list[str]:
    found = []
    expected = _constants(exact)
    for name, values in _constants(rounded).items():
        right = expected.get(name)
        if right is None or right.shape != values.shape:
            continue
        excess = np.abs(values - right) - (step * np.abs(right) + _SMALLEST)
        if not np.all(excess <= 0):
            count = int(np.count_nonzero(~(excess <= 0)))
            found.append(f"{rounded.name}: {count} of {values.size} weights of {name} are not those of fp32 rounded")
    return found


def _constants(package: Path) -> dict[str, NDArray[np.float32]]:
    from unfilter.runtimes._mil.program import Program

    held = Program(package).constants
    arrays = {_SUFFIX.sub("", name): value for name, value in held.items() if isinstance(value, np.ndarray)}
    return {name: value for name, value in arrays.items() if value.dtype == np.float32}
