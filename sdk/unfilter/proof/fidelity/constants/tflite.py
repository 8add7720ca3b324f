"""TFLite files, by the schema of LiteRT. Names of tensors differ between precisions, so convolutions are counted."""

from pathlib import Path
from typing import Any

import numpy as np

from unfilter.proof.fidelity.constants import Weights
from unfilter.run import runtimes
from unfilter.run.runtimes import litert

_TYPES = {0: np.float32, 1: np.float16, 9: np.int8}
"""Of `TensorType` in the schema (https://github.com/google-ai-edge/LiteRT/blob/main/tflite/converter/schema/schema.fbs)."""


def unavailable() -> str | None:
    return litert.unavailable() or runtimes.import_failure("litert")


def read(path: Path) -> dict[str, Weights]:
    from ai_edge_litert.tools import flatbuffer_utils

    model: Any = flatbuffer_utils.read_model(str(path))
    found = {}
    for signature in model.signatureDefs:
        graph = model.subgraphs[signature.subgraphIndex]
        kinds = [(flatbuffer_utils.opcode_to_name(model, each.opcodeIndex), each) for each in graph.operators]
        source = {int(each.outputs[0]): int(each.inputs[0]) for kind, each in kinds if kind == "DEQUANTIZE"}
        convolutions = [each for kind, each in kinds if kind.endswith("CONV_2D")]
        for number, operator in enumerate(convolutions):
            for part, index in zip(("weight", "bias"), operator.inputs[1:3], strict=False):
                tensor = graph.tensors[source.get(int(index), int(index))]
                if (values := _values(model, tensor)) is not None:
                    found[f"{signature.signatureKey.decode()}.convolution.{number}.{part}"] = values
    return found


def _values(model: Any, tensor: Any) -> Weights | None:
    """What a tensor holds, multiplied by its scales; None where it is no constant, or of another type."""
    data = model.buffers[tensor.buffer].data
    if data is None or tensor.type not in _TYPES:
        return None
    values = np.frombuffer(bytes(data), _TYPES[tensor.type]).reshape(tensor.shape).astype(np.float32)
    scale = None if tensor.quantization is None else tensor.quantization.scale
    if scale is None:
        return values
    along = [1] * values.ndim
    along[tensor.quantization.quantizedDimension] = -1
    return values * np.asarray(scale, np.float32).reshape(along)
