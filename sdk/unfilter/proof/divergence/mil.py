"""The reference executor for Core ML packages, told to show what each operation gives."""

import numpy as np
from numpy.typing import NDArray

from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.proof.divergence.operation import Operation, planes
from unfilter.run.runtimes import image_inputs, parameter_input


def trace(
    bundle: Bundle, artifact: Artifact, image: NDArray[np.float32], parameters: NDArray[np.float32] | None
) -> list[Operation]:
    """Every operation in order; see `unfilter.proof.divergence.traces`."""
    from unfilter.run.runtimes._mil.program import Program, Step

    operations = []

    def see(step: Step, values: dict[str, NDArray[np.generic]]) -> None:
        inputs = [each for value in step.arguments.values() for each in ((value,) if isinstance(value, str) else value)]
        for name, _ in step.outputs:
            found = planes(values[name])
            if found is not None:
                operations.append(Operation(step.operation, name, "", tuple(inputs), name, found))

    inputs = {**image_inputs(artifact, image), **parameter_input(artifact, parameters)}
    Program(bundle.path(artifact.path))(inputs, see)
    return operations
