"""Edits of TFLite files, through the schema that comes with LiteRT."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from unfilter.format.artifact import Precision
from unfilter_converters.faults.fault import NotHere, artifact_path


def edited(change: Callable[[Any], None], precision: Precision = "fp32") -> Callable[[Path], None]:
    """An edit of a bundle's folder: `change` is given the model, a `ModelT` of the schema."""

    def edit(folder: Path) -> None:
        from ai_edge_litert.tools import flatbuffer_utils

        path = artifact_path(folder, "tflite", "forward", precision)
        model = flatbuffer_utils.read_model(str(path))
        change(model)
        flatbuffer_utils.write_model(model, str(path))

    return edit


def reversed_colours(model: Any) -> None:
    """Forward graphs take BGR for RGB: the weights of whatever sees the photo, in buffers of their own."""
    for graph in (_graph(model, name) for name in ("forward", "forward_masked")):
        for operator in graph.operators:
            if len(operator.inputs) < 3 or operator.inputs[0] not in graph.inputs:
                continue
            tensor = graph.tensors[operator.inputs[1]]
            if tensor.shape[-1] == 3:
                weights = np.frombuffer(bytes(model.buffers[tensor.buffer].data), np.float32).reshape(tensor.shape)
                _own_buffer(model, tensor, weights[..., ::-1])


def no_mask(model: Any) -> None:
    """The masked graphs do not mask: every product with `valid`, or what is made of it for coarser scales, is left out."""
    from ai_edge_litert.tools import flatbuffer_utils

    for name in ("forward_masked", "inverse_masked"):
        graph = _graph(model, name)
        masks = {next(each for each in graph.inputs if list(graph.tensors[each].shape)[-1] == 1)}
        replaced: dict[int, int] = {}
        kept = []
        for operator in graph.operators:
            operator.inputs = [replaced.get(int(each), int(each)) for each in operator.inputs]
            others = [each for each in operator.inputs if each not in masks]
            product = flatbuffer_utils.opcode_to_name(model, operator.opcodeIndex) == "MUL"
            if product and len(others) == 1 and len(operator.inputs) == 2:
                replaced[int(operator.outputs[0])] = others[0]
            elif len(others) < len(operator.inputs):
                masks.add(int(operator.outputs[0]))
            else:
                kept.append(operator)
        graph.operators = kept


def full_tile_slope(model: Any) -> None:
    """A slope of the forward graph for full tiles, of one activation; that for smaller photos is right."""
    from ai_edge_litert.tools import flatbuffer_utils

    graph = _graph(model, "forward")
    leaky = [
        operator
        for operator in graph.operators
        if flatbuffer_utils.opcode_to_name(model, operator.opcodeIndex) == "LEAKY_RELU"
    ]
    leaky[len(leaky) // 2].builtinOptions.alpha *= 1.1


def zeros(model: Any) -> None:
    """The inverse gives zeros: the weights of the operation that makes its result, in a buffer of their own."""
    for name in ("inverse", "inverse_masked"):
        graph = _graph(model, name)
        tensor = graph.tensors[graph.operators[-1].inputs[1]]
        _own_buffer(model, tensor, np.zeros(tensor.shape, np.float32))


def scales(factor: float) -> Callable[[Any], None]:
    """Multiplies the scales of 8-bit weights, all of them."""

    def edit(model: Any) -> None:
        tensors = [
            tensor
            for graph in model.subgraphs
            for tensor in graph.tensors
            if tensor.quantization is not None and tensor.quantization.scale is not None and len(tensor.shape) == 4
        ]
        if not tensors:
            raise NotHere("the file has no 8-bit weights")
        for tensor in tensors:
            tensor.quantization.scale = [float(scale) * factor for scale in tensor.quantization.scale]

    return edit


def _graph(model: Any, signature: str) -> Any:
    (number,) = (each.subgraphIndex for each in model.signatureDefs if each.signatureKey == signature.encode())
    return model.subgraphs[number]


def _own_buffer(model: Any, tensor: Any, weights: np.ndarray) -> None:
    from ai_edge_litert.tools import flatbuffer_utils

    buffer = flatbuffer_utils.BufferT()
    buffer.data = list(np.ascontiguousarray(weights, np.float32).tobytes())
    model.buffers.append(buffer)
    tensor.buffer = len(model.buffers) - 1
