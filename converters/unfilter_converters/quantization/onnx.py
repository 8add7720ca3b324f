"""ONNX in smaller precisions: half, 8-bit weights, and 8-bit weights with 16-bit activations (quantize-dequantize form).

8-bit weights are written as Cast and Mul. Every ONNX Runtime folds those into plain float weights when it loads a graph, and
only then asks its execution providers: each of them sees the graph of fp32. DequantizeLinear is folded only where a session
option asks for it, and a convolution whose weights are no constant is refused by NNAPI.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfilter.format.artifact import Artifact, Precision
from unfilter.format.rounding import to_bytes
from unfilter.format.tiles import TilePlan
from unfilter.run.runtimes.onnx import session_options
from unfilter_converters.quantization import renamed, representative
from unfilter_training.network.eight_bits import LEAST_WEIGHTS

MADE_FROM: dict[Precision, Precision] = {"fp16": "fp32", "w8": "fp32", "w8a16": "fp32"}
TOOLS = ("onnx", "onnxruntime")

_DOMAIN = "com.microsoft"
"""ONNX's own QuantizeLinear knows 16 bits from opset 21 on; ONNX Runtime's, in every opset."""
_SIDE = 384
"""Side of the representative photos, pixels: all tensors of a graph are held at once."""
_FIRST = re.compile(r"(\btrunk\.convolutions\.0|\b(auxiliary|predictor)\.first)\.weight$")


def quantize(
    source: Path, artifacts: tuple[Artifact, ...], plan: TilePlan, precision: Precision, folder: Path
) -> tuple[Artifact, ...]:
    """Write `forward_PRECISION.onnx` and `inverse_PRECISION.onnx` under `folder / "onnx"`; both ends stay float32."""
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
            _integer_activations(model, _ranges(source, artifacts, artifact))
        onnx.save(model, folder / entry.path)
        made.append(entry)
    return tuple(made)


def _half(model: Any) -> Any:
    """Weights and arithmetic in half precision, between casts at the graph's ends, in the order that they run in."""
    from onnxruntime.transformers.float16 import convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    converted = OnnxModel(convert_float_to_float16(model, keep_io_types=True))
    converted.topological_sort()  # as ONNX demands; the conversion puts the first cast last
    return converted.model


def _is_quantized(tensor: Any) -> bool:
    """Whether the weights of a convolution are held in 8 bits."""
    return len(tensor.dims) == 4 and np.prod(tensor.dims) >= LEAST_WEIGHTS and not _FIRST.search(tensor.name)


def _integer_weights(model: Any, but: Collection[str] = ()) -> None:
    """Hold weights as int8, symmetric, with a float32 scale per output channel; leave those named in `but`."""
    from onnx import TensorProto, helper, numpy_helper

    kept, integers, nodes = [], [], []
    for tensor in model.graph.initializer:
        if not _is_quantized(tensor) or tensor.name in but:
            kept.append(tensor)
            continue
        name = tensor.name
        held, scale = _held(tensor)
        integers += [numpy_helper.from_array(held, f"{name}.int8"), numpy_helper.from_array(scale, f"{name}.scale")]
        nodes += [
            helper.make_node("Cast", [f"{name}.int8"], [f"{name}.float"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}.float", f"{name}.scale"], [name]),
        ]
    nodes += model.graph.node
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept + integers)
    model.graph.node.extend(nodes)


def _held(tensor: Any) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Weights as int8, and the scale of each output channel (channels x 1 x 1 x 1)."""
    from onnx import numpy_helper

    weights = numpy_helper.to_array(tensor)
    largest = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(weights / scale).astype(np.int8), scale


def _integer_activations(model: Any, ranges: dict[str, float]) -> None:
    """Put the convolutions of the invertible branch between quantizers: 16 bits for what they take and give, 8 for weights.

    `ranges` is the largest magnitude of every tensor. Elsewhere weights alone are held in 8 bits.
    """
    from onnx import helper, numpy_helper

    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    chosen = {node.input[1] for node in model.graph.node if node.op_type == "Conv" and _is_integer(tensors, node.input[1])}
    _integer_weights(model, but=chosen)
    nodes: list[Any] = []
    made: list[Any] = []
    steps: dict[str, str] = {}

    def constant(name: str, value: NDArray[Any] | np.generic) -> str:
        made.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def through(name: str, source: str, target: str) -> None:
        """Quantize `source`, whose range is that of the tensor `name`, and dequantize it into `target`."""
        if name not in steps:
            steps[name] = constant(f"{name}.step", np.float32(ranges[name] / 32767))
            constant(f"{name}.zero", np.int16(0))
        both = [steps[name], f"{name}.zero"]
        nodes.append(helper.make_node("QuantizeLinear", [source, *both], [f"{target}.int16"], domain=_DOMAIN))
        nodes.append(helper.make_node("DequantizeLinear", [f"{target}.int16", *both], [target], domain=_DOMAIN))

    quantized: set[str] = set()
    for node in model.graph.node:
        if node.op_type != "Conv" or node.input[1] not in chosen:
            nodes.append(node)
            continue
        source, weights, result = node.input[0], node.input[1], node.output[0]
        if source not in quantized:
            quantized.add(source)
            through(source, source, f"{source}.held")
        held, scale = _held(tensors[weights])
        constant(f"{weights}.int8", held)
        constant(f"{weights}.scale", scale.reshape(-1))
        constant(f"{weights}.zero", np.zeros(len(scale), np.int8))
        inputs = [f"{weights}.{part}" for part in ("int8", "scale", "zero")]
        nodes.append(helper.make_node("DequantizeLinear", inputs, [weights], domain=_DOMAIN, axis=0))
        node.input[0], node.output[0] = f"{source}.held", f"{result}.exact"
        nodes.append(node)
        through(result, f"{result}.exact", result)
    kept = [tensor for tensor in model.graph.initializer if tensor.name not in chosen]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept + made)
    model.graph.node.extend(nodes)
    model.opset_import.append(helper.make_opsetid(_DOMAIN, 1))


def _is_integer(tensors: Mapping[str, Any], name: str) -> bool:
    return name.startswith(("invertible.", "hiding.couplings.")) and name in tensors and _is_quantized(tensors[name])


def _ranges(source: Path, artifacts: tuple[Artifact, ...], artifact: Artifact) -> dict[str, float]:
    """The largest magnitude of every tensor of a graph on the representative photos, with the margin.

    The inverse is measured on what the forward graph makes of them.
    """
    import onnx
    import onnxruntime
    from onnx import shape_inference

    model = shape_inference.infer_shapes(onnx.load(source / artifact.path))
    floats = [each for each in model.graph.value_info if each.type.tensor_type.elem_type == onnx.TensorProto.FLOAT]
    model.graph.output.extend(floats)
    options = session_options()
    measuring = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [each.name for each in measuring.get_outputs()]
    photo = representative.batch(_SIDE).transpose(0, 3, 1, 2)
    ranges: dict[str, float] = {}
    (forward,) = (each for each in artifacts if each.direction == "forward")
    for normalised in representative.NORMALISED if forward.parameters else representative.NORMALISED[:1]:
        inputs = _inputs(forward, photo, normalised)
        if artifact.direction == "inverse":
            path = str(source / forward.path)
            filtering = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            filtered = to_bytes(filtering.run(None, inputs)[0]).astype(np.float32) / np.float32(255)
            inputs = {artifact.image.name: filtered}
        found = dict(zip(names, measuring.run(None, inputs), strict=True)) | inputs
        for name, values in found.items():
            ranges[name] = max(ranges.get(name, 1e-6), representative.MARGIN * float(np.abs(values).max()))
    return ranges


def _inputs(forward: Artifact, photo: NDArray[np.float32], normalised: float) -> dict[str, NDArray[np.float32]]:
    given = {forward.image.name: photo}
    if forward.output:
        given[forward.output.name] = representative.output(_SIDE).transpose(0, 3, 1, 2)
    if forward.parameters:
        given[forward.parameters.name] = np.full((1, forward.parameters.channels, 1, 1), normalised, np.float32)
    return given
