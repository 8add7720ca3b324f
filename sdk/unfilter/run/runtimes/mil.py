"""A reference executor of ours for Core ML packages: reads the saved program and its weights, and computes with numpy.

It proves that a package holds the right graph and the right weights, on any system. It does not prove Apple's kernels: those
run in runtime `coreml`. Programs in fp32 are computed in float32; in fp16 programs each operation is computed in float32 and
its result rounded to float16, which is one way of rounding among those that Apple's hardware may choose.
"""

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError
from unfilter.format.artifact import Artifact, Format
from unfilter.format.bundle import Bundle
from unfilter.run.delegates.table import Delegate
from unfilter.run.runtimes import Graph, image_inputs, input_names, missing, parameter_input, threads

FORMAT: Format = "mlpackage"
EXTRA = "coreml"
ON_VENDOR_RUNTIME = False


def unavailable() -> str | None:
    return missing("coremltools", EXTRA) or missing("threadpoolctl", EXTRA)


def load() -> None:
    import threadpoolctl  # noqa: F401

    from unfilter.run.runtimes._mil.package import mil_format

    mil_format()


def delegate_unavailable(delegate: Delegate) -> str | None:
    return None  # it has the CPU only


def open_graph(bundle: Bundle, artifact: Artifact, delegate: Delegate | None = None) -> Graph:
    """Read a package.

    Raises:
        BundleError: not a package, damaged, or an operation that this executor lacks; from a call of the graph, an operation
            that does not fit its arguments.
    """
    from unfilter.run.runtimes._mil.blas import limit
    from unfilter.run.runtimes._mil.program import Program

    limit(threads())
    path = bundle.path(artifact.path)
    program = Program(path)
    found = f"{', '.join(program.inputs)} to {', '.join(program.outputs)}"
    expected = f"{', '.join(input_names(artifact))} to {artifact.result.name}"
    if found != expected:
        raise BundleError(f"{path}: turns {found}, the manifest says {expected}")

    def run(image: NDArray[np.float32], parameters: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        inputs = {**image_inputs(artifact, image), **parameter_input(artifact, parameters)}
        result = program(inputs)[artifact.result.name]
        channels_last: NDArray[np.float32] = np.asarray(result, np.float32)[0].transpose(1, 2, 0)
        return channels_last

    return run
