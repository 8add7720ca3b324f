"""Execution providers of ONNX Runtime: Core ML and NNAPI by its usability checker, QNN by Qualcomm's compiler where it is
installed, the others by their pages.
"""

import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from unfilter.errors import RuntimeUnavailable
from unfilter.format.artifact import Artifact, Precision
from unfilter.run.delegates.coverage import Coverage, Evidence
from unfilter.run.delegates.table import find_delegate
from unfilter_converters.delegates.documented import predicted
from unfilter_converters.delegates.qualcomm import compile_graph

WEBGPU = {"Add", "Cast", "Concat", "Conv", "DepthToSpace", "Exp", "LeakyRelu", "Mul", "Slice", "Sub", "Tanh"}
QNN = WEBGPU | {"DequantizeLinear", "QuantizeLinear"}
XNNPACK = {"AveragePool", "Conv", "ConvTranspose", "Gemm", "MatMul", "MaxPool", "QLinearConv", "Softmax"}
"""Of what the pages in the table list, the kinds that such networks may hold."""

SIDE = 768
"""Side of the tile that is compiled, pixels; coverage does not hang on it."""


def coverage(path: Path, artifact: Artifact) -> Iterator[Coverage]:
    """What each execution provider would run of an ONNX file."""
    model = _folded(path, artifact.precision)
    operations = [node.op_type for node in model.graph.node]
    yield from _checked(model, artifact)
    yield _qnn(path, artifact, operations)
    for delegate, takes in (("webgpu", WEBGPU), ("xnnpack", XNNPACK)):
        known = find_delegate("onnx", delegate)
        yield predicted(artifact, ("onnx", delegate), operations, takes, known.source, known.note)


def _folded(path: Path, precision: Precision) -> Any:
    """The graph as execution providers see it: constants folded, shapes inferred.

    A graph in half precision has no constants to fold, and would be rewritten: this machine's CPU has no half precision
    LeakyRelu, so ONNX Runtime takes it apart.
    """
    import onnx
    from onnxruntime.tools.onnx_model_utils import optimize_model

    if precision == "fp16":
        return onnx.shape_inference.infer_shapes(_without_constant_nodes(onnx.load(path)))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / path.name
        optimize_model(path, target)
        return onnx.shape_inference.infer_shapes(onnx.load(target))


def _without_constant_nodes(model: Any) -> Any:
    for node in [node for node in model.graph.node if node.op_type == "Constant"]:
        tensor = node.attribute[0].t
        tensor.name = node.output[0]
        model.graph.initializer.append(tensor)
        model.graph.node.remove(node)
    return model


def _checked(model: Any, artifact: Artifact) -> Iterator[Coverage]:
    from onnxruntime.tools.mobile_helpers import usability_checker

    # Shapes count as fixed: the table fixes them (`fixed_size`).
    found = {
        "coreml": usability_checker.check_coreml_partitions(model, False, "coreml_supported_mlprogram_ops.md"),
        "nnapi": usability_checker.check_nnapi_partitions(model, False),
    }
    for delegate, information in found.items():
        yield Coverage(
            path=artifact.path,
            direction=artifact.direction,
            precision=artifact.precision,
            runtime="onnx",
            delegate=delegate,
            evidence=Evidence.CHECKED,
            operations=information.num_nodes,
            taken=information.num_supported_nodes,
            partitions=information.num_partitions,
            left=tuple(sorted(kind.removeprefix("ai.onnx:") for kind in information.unsupported_ops)),
            source=f"onnxruntime {version('onnxruntime')}, mobile usability checker",
            note="kinds of operations are checked, element types are not",
        )


def _qnn(path: Path, artifact: Artifact, operations: list[str]) -> Coverage:
    known = find_delegate("onnx", "qnn")
    guess = predicted(artifact, ("onnx", "qnn"), operations, QNN, known.source)
    if not find_spec(known.plugin.replace("-", "_")):
        return guess.model_copy(update={"note": f"Qualcomm's compiler is asked where {known.plugin} is installed"})
    with tempfile.TemporaryDirectory() as folder:
        try:
            nodes = compile_graph(path, Path(folder) / "compiled.onnx", side=SIDE)
        except RuntimeUnavailable as error:
            return guess.model_copy(update={"note": str(error)})
    taken = [count for provider, count in nodes if provider == known.api["python"]]
    return guess.model_copy(
        update={
            "evidence": Evidence.COMPILED,
            "operations": sum(count for _, count in nodes),
            "taken": sum(taken),
            "partitions": len(taken),
            "left": (),
            "source": f"{known.plugin} {version(known.plugin)}",
            "note": "compiled for the HTP of SM8750; nothing ran",
        }
    )
