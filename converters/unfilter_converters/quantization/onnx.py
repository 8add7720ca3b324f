"""ONNX in smaller precisions: half, 8-bit weights, and 8-bit weights with 16-bit activations (quantize-dequantize form).

8-bit weights are written as Cast and Mul. Every ONNX Runtime folds those into plain float weights when it loads a graph, and
only then asks its execution providers: each of them sees the graph of fp32. DequantizeLinear is folded only where a session
option asks for it, and a convolution whose weights are no constant is refused by NNAPI.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from unfilter.bundle import Artifact, Precision, TilePlan
from unfilter_converters.quantization import LEAST_WEIGHTS, renamed

MADE_FROM: dict[Precision, Precision] = {"fp16": "fp32", "w8": "fp32", "w8a16": "fp32"}
TOOLS = ("onnx", "onnxruntime")

_FIRST = re.compile(r"trunk\.convolutions\.0\.weight$")


def quantize(
    source: Path, artifacts: tuple[Artifact, ...], plan: TilePlan, precision: Precision, folder: Path
) -> tuple[Artifact, ...]:
    """Write `forward_PRECISION.onnx` and `inverse_PRECISION.onnx` under `folder / "onnx"`; inputs and outputs stay float32."""
    import onnx

    made = []
    (folder / "onnx").mkdir(exist_ok=True)
    for artifact in artifacts:
        model = onnx.load(source / artifact.path)
        entry = renamed(artifact, precision, ".onnx")
        if precision == "fp16":
            model = _half(model)
        elif precision == "w8":
            _integer_weights(model)
        else:
            model = _integer_activations(model, source, artifacts, artifact, plan)
        onnx.save(model, folder / entry.path)
        made.append(entry)
    return tuple(made)


def _half(model: Any) -> Any:
    """Weights and arithmetic in half precision, between casts at the graph's ends."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    return convert_float_to_float16(model, keep_io_types=True)


def _is_quantized(tensor: Any) -> bool:
    """Whether the weights of a convolution are held in 8 bits."""
    return len(tensor.dims) == 4 and np.prod(tensor.dims) >= LEAST_WEIGHTS and not _FIRST.search(tensor.name)


def _integer_weights(model: Any) -> None:
    """Hold weights as int8, symmetric, with a float32 scale per output channel."""
    from onnx import TensorProto, helper, numpy_helper

    kept, integers, nodes = [], [], []
    for tensor in model.graph.initializer:
        if not _is_quantized(tensor):
            kept.append(tensor)
            continue
        weights = numpy_helper.to_array(tensor)
        largest = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
        scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
        name = tensor.name
        integers += [
            numpy_helper.from_array(np.rint(weights / scale).astype(np.int8), f"{name}.int8"),
            numpy_helper.from_array(scale, f"{name}.scale"),
        ]
        nodes += [
            helper.make_node("Cast", [f"{name}.int8"], [f"{name}.float"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}.float", f"{name}.scale"], [name]),
        ]
    nodes += model.graph.node
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept + integers)
    model.graph.node.extend(nodes)
