"""LiteRT without XNNPACK, which would hide the values in between, on a copy of the graph that takes a small photo.

The size of a TFLite graph cannot be changed at run time; here it is changed in the file: height and width of every tensor,
and the same numbers where they are constants (sizes of slices and of transposed convolutions).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.proof.divergence.operation import Operation, planes
from unfilter.run.runtimes import image_inputs, parameter_input, threads


def trace(
    bundle: Bundle, artifact: Artifact, image: NDArray[np.float32], parameters: NDArray[np.float32] | None
) -> list[Operation]:
    """Every operation in order of the signature for full tiles; see `unfilter.proof.divergence.traces`."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
    from ai_edge_litert.tools import flatbuffer_utils

    signature = artifact.signature or ""
    model = flatbuffer_utils.read_model(str(bundle.path(artifact.path)))
    _resize(model, bundle.manifest.tiles.tile, image.shape[0])
    interpreter = Interpreter(
        model_content=bytes(flatbuffer_utils.convert_object_to_bytearray(model)),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
        num_threads=threads(),
    )
    runner = interpreter.get_signature_runner(signature)
    runner(**{**image_inputs(artifact, image), **parameter_input(artifact, parameters)})
    (number,) = (each.subgraphIndex for each in model.signatureDefs if each.signatureKey == signature.encode())
    graph = model.subgraphs[number]
    operations = []
    for place, operator in enumerate(graph.operators):
        kind = flatbuffer_utils.opcode_to_name(model, operator.opcodeIndex)
        output = operator.outputs[0]
        found = planes(np.asarray(interpreter.get_tensor(output, number)), channels_last=True)
        if found is not None:
            inputs = tuple(str(each) for each in operator.inputs)
            operations.append(Operation(kind, f"operator {place}", "", inputs, str(output), found))
    return operations


def _resize(model: Any, old: int, new: int) -> None:
    """Change sizes of `old` to `new`, and of `old / n` to `new / n` where the squeeze made them, in place."""
    sizes = {old // step: new // step for step in (1, 2, 4, 8) if new % step == 0}
    shapes = set()
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            shape = [int(length) for length in ([] if tensor.shape is None else tensor.shape)]
            data = model.buffers[tensor.buffer].data
            if len(shape) == 4 and data is None:
                tensor.shape = [sizes.get(length, length) if axis in (1, 2) else length for axis, length in enumerate(shape)]
            elif shape == [4] and data is not None and tensor.buffer not in shapes:
                shapes.add(tensor.buffer)
                held = np.frombuffer(bytes(data), "<i4").copy()
                held[1:3] = [sizes.get(int(length), int(length)) for length in held[1:3]]
                model.buffers[tensor.buffer].data = list(held.tobytes())
