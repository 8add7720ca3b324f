"""Core ML packages, by the executor of runtime `mil`."""

import re
from pathlib import Path

import numpy as np

from unfilter.proof.fidelity.constants import Weights
from unfilter.run import runtimes
from unfilter.run.runtimes import mil

_SUFFIX = re.compile(r"_to_fp16.*$")
"""What coremltools appends to the names of constants that it casts or quantizes."""


def unavailable() -> str | None:
    return mil.unavailable() or runtimes.import_failure("mil")


def read(path: Path) -> dict[str, Weights]:
    from unfilter.run.runtimes._mil.program import Program

    held = Program(path).constants
    arrays = {_SUFFIX.sub("", name): value for name, value in held.items() if isinstance(value, np.ndarray)}
    return {name: value for name, value in arrays.items() if value.dtype == np.float32}
