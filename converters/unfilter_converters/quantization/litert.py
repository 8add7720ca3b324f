"""TFLite in smaller precisions, by ai-edge-quantizer: the four signatures go on sharing one set of weights."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from unfilter.format.artifact import Artifact, Precision
from unfilter.format.rounding import to_bytes
from unfilter.format.tiles import TilePlan
from unfilter_converters.quantization import renamed, representative
from unfilter_training.network.eight_bits import LEAST_WEIGHTS

MADE_FROM: dict[Precision, Precision] = {"fp16": "fp32", "w8": "fp32", "w8a16": "fp32"}
TOOLS = ("ai-edge-quantizer", "ai-edge-litert")

_CONVOLUTIONS = r"torch\.nn\.modules\.conv\.Conv2d_"
"""In the scope of every convolution whose weights were trained, and of no other operation."""
_INVERTIBLE = r"\bCouplingForm_\d+/(.*/)?torch\.nn\.modules\.conv\.Conv2d_"
_FIRST = (
    r"(\bTrunk_(scale_)?trunk/torch\.nn\.modules\.conv\.Conv2d_0|\bPyramidForm_\w+/torch\.nn\.modules\.conv\.Conv2d_first);"
)


def quantize(
    source: Path, artifacts: tuple[Artifact, ...], plan: TilePlan, precision: Precision, folder: Path
) -> tuple[Artifact, ...]:
    """Write `filter_<precision>.tflite` under `folder / "tflite"`. Inputs and outputs stay float32."""
    from ai_edge_quantizer.quantizer import Quantizer

    entries = tuple(renamed(artifact, precision, ".tflite") for artifact in artifacts)
    (folder / "tflite").mkdir(exist_ok=True)
    path = source / artifacts[0].path
    worker: Any = Quantizer(str(path))
    ranges = None
    if precision == "fp16":
        _weights(worker, ".*", bits=16, algorithm="float_casting", everywhere=True)
    elif precision == "w8":
        _weights(worker, _CONVOLUTIONS, bits=8)
        _leave(worker, path)
    else:
        ranges = _integer_activations(worker, path, artifacts, plan)
    (folder / entries[0].path).write_bytes(worker.quantize(ranges).quantized_model)
    return entries


def _weights(worker: Any, scope: str, *, bits: int, algorithm: str | None = None, everywhere: bool = False) -> None:
    from ai_edge_quantizer.qtyping import TFLOperationName

    operation = TFLOperationName.ALL_SUPPORTED if everywhere else TFLOperationName.CONV_2D
    chosen = {"algorithm_key": algorithm} if algorithm else {}
    worker.add_weight_only_config(scope, operation, num_bits=bits, **chosen)


def _leave(worker: Any, path: Path) -> None:
    """First and small convolutions keep float weights."""
    from ai_edge_quantizer.qtyping import TFLOperationName

    for scope in (_FIRST, *_small(path)):
        worker.update_quantization_recipe(scope, TFLOperationName.CONV_2D, algorithm_key="no_quantize")


def _small(path: Path) -> set[str]:
    """Scopes of convolutions of fewer than `LEAST_WEIGHTS`."""
    from ai_edge_litert.schema_py_generated import BuiltinOperator
    from ai_edge_quantizer.utils.tfl_flatbuffer_utils import get_op_scope, read_model

    model = read_model(str(path))
    convolutions = {index for index, code in enumerate(model.operatorCodes) if code.builtinCode == BuiltinOperator.CONV_2D}
    return {
        f"^{re.escape(get_op_scope(each, graph.tensors))}$"
        for graph in model.subgraphs
        for each in graph.operators
        if each.opcodeIndex in convolutions and np.prod(graph.tensors[each.inputs[1]].shape) < LEAST_WEIGHTS
    }


def _integer_activations(worker: Any, path: Path, artifacts: tuple[Artifact, ...], plan: TilePlan) -> dict[str, Any]:
    """Choose 16-bit activations for the invertible branch; give the ranges of all tensors on the representative photos."""
    from ai_edge_litert.interpreter import Interpreter
    from ai_edge_quantizer.qtyping import TFLOperationName

    _weights(worker, _CONVOLUTIONS, bits=8)
    worker.add_static_config(_INVERTIBLE, TFLOperationName.CONV_2D, activation_num_bits=16, weight_num_bits=8)
    _leave(worker, path)
    (forward,) = (each for each in artifacts if each.direction == "forward")
    filter_tile = Interpreter(str(path)).get_signature_runner(forward.signature)
    samples: dict[str, list[dict[str, Any]]] = {}
    photo = representative.batch(plan.tile)
    valid = np.ones((1, plan.tile // plan.alignment, plan.tile // plan.alignment, 1), np.float32)
    for normalised in representative.NORMALISED if forward.parameters else representative.NORMALISED[:1]:
        given = {forward.image.name: photo}
        if forward.output:
            given[forward.output.name] = representative.output(plan.tile)
        if forward.parameters:
            given[forward.parameters.name] = np.full((1, 1, 1, forward.parameters.channels), normalised, np.float32)
        filtered = to_bytes(filter_tile(**given)[forward.result.name]).astype(np.float32) / np.float32(255)
        for artifact in artifacts:
            inputs = given if artifact.direction == "forward" else {artifact.image.name: filtered}
            assert artifact.valid and artifact.signature and artifact.masked_signature
            samples.setdefault(artifact.signature, []).append(inputs)
            samples.setdefault(artifact.masked_signature, []).append(inputs | {artifact.valid.name: valid})
    ranges: dict[str, Any] = worker.calibrate(samples)
    for found in ranges.values():
        for end in ("min", "max"):
            if end in found:
                found[end] = found[end] * representative.MARGIN
    return ranges
