"""ONNX Runtime with every value of the graph made an output, and without the optimisations that would fuse some away."""

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import RuntimeUnavailable
from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.proof.divergence.operation import Operation, planes
from unfilter.run.runtimes import image_inputs, missing, parameter_input
from unfilter.run.runtimes.onnx import session_options


def trace(
    bundle: Bundle, artifact: Artifact, image: NDArray[np.float32], parameters: NDArray[np.float32] | None
) -> list[Operation]:
    """Every operation in order; see `unfilter.proof.divergence.traces`.

    Raises:
        RuntimeUnavailable: the package `onnx`, which edits graphs, is not installed.
    """
    if missing("onnx", "convert"):
        raise RuntimeUnavailable("walking an ONNX graph needs the package onnx; add it with: pip install onnx")
    import onnx
    import onnxruntime

    model = onnx.load(bundle.path(artifact.path))
    given = {output.name for output in model.graph.output}
    names = [name for node in model.graph.node for name in node.output if name]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in given)
    options = session_options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    inputs = {**image_inputs(artifact, image), **parameter_input(artifact, parameters)}
    values = dict(zip(names, session.run(names, inputs), strict=True))
    return [
        Operation(node.op_type, node.name, node.name.strip("/").rpartition("/")[0], tuple(node.input), output, found)
        for node in model.graph.node
        for output in node.output
        if (found := planes(np.asarray(values[output]))) is not None
    ]
