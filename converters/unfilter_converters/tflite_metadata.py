"""TFLite's model metadata: a flatbuffer of its own (`M001`) in a buffer of the model that is called TFLITE_METADATA.

Written field by field: of the packages that have generated code for it, tflite-support is no longer made, and MediaPipe
brings OpenCV. A test reads it by MediaPipe's.
Source: https://github.com/google-ai-edge/mediapipe/blob/master/mediapipe/tasks/metadata/metadata_schema.fbs
"""

from typing import Any

from unfilter.format.artifact import Artifact, Tensor
from unfilter_converters.authorship import AUTHOR, About, meaning

NAME = b"TFLITE_METADATA"
IDENTIFIER = b"M001"

# Fields by their place in the schema's tables.
_MODEL = {
    "name": 0, "description": 1, "version": 2, "subgraph_metadata": 3, "author": 4, "license": 5, "min_parser_version": 7
}  # fmt: skip
_SUBGRAPH = {"name": 0, "description": 1, "input_tensor_metadata": 2, "output_tensor_metadata": 3}
_TENSOR = {"name": 0, "description": 1}
_MODEL_FIELDS, _SUBGRAPH_FIELDS, _TENSOR_FIELDS = 8, 7, 7
_PARSER = "1.0.0"
"""Version of the schema that knows all of these fields."""


def put(model: Any, artifacts: tuple[Artifact, ...], about: About) -> None:
    """Add the metadata to a model (`ModelT` of the TFLite schema), or take the place of what it has."""
    from ai_edge_litert import schema_py_generated as schema

    content = list(_metadata(model, artifacts, about))
    for entry in model.metadata or []:
        if entry.name == NAME:
            model.buffers[entry.buffer].data = content
            return
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = content
    entry.name, entry.buffer = NAME, len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]


def _metadata(model: Any, artifacts: tuple[Artifact, ...], about: About) -> bytes:
    import flatbuffers

    builder = flatbuffers.Builder(1024)
    tensors: dict[str, Tensor] = {}
    for artifact in artifacts:
        held = (artifact.image, artifact.output, artifact.parameters, artifact.valid, artifact.result)
        tensors |= {each.name: each for each in held if each is not None}
    signatures = {each.subgraphIndex: each for each in model.signatureDefs}
    # One for every subgraph, in their order: readers go by it.
    graphs = [_graph(builder, subgraph, signatures[number], tensors) for number, subgraph in enumerate(model.subgraphs)]
    graphs_vector = _vector(builder, graphs)
    details = "; ".join(f"{name}: {value}" for name, value in about.fields.items() if name != "description")
    texts = {
        "name": about.name,
        "description": f"{about.description} ({details})",
        "version": about.version,
        "author": AUTHOR,
        "license": about.licence,
        "min_parser_version": _PARSER,
    }
    fields = {name: builder.CreateString(text) for name, text in texts.items()} | {"subgraph_metadata": graphs_vector}
    builder.Finish(_table(builder, _MODEL, _MODEL_FIELDS, fields), IDENTIFIER)
    return bytes(builder.Output())


def _graph(builder: Any, subgraph: Any, signature: Any, tensors: dict[str, Tensor]) -> int:
    """Metadata of one subgraph, its tensors in the subgraph's order: the signature has another, and readers go by place."""
    name = builder.CreateString(signature.signatureKey)
    ends = {
        "input_tensor_metadata": _tensors(builder, subgraph.inputs, signature.inputs, tensors),
        "output_tensor_metadata": _tensors(builder, subgraph.outputs, signature.outputs, tensors),
    }
    return _table(builder, _SUBGRAPH, _SUBGRAPH_FIELDS, {"name": name} | ends)


def _tensors(builder: Any, places: Any, ends: Any, tensors: dict[str, Tensor]) -> int:
    names = {end.tensorIndex: end.name.decode() for end in ends}
    return _vector(builder, [_tensor(builder, tensors[names[int(place)]]) for place in places])


def _tensor(builder: Any, tensor: Tensor) -> int:
    fields = {"name": builder.CreateString(tensor.name), "description": builder.CreateString(meaning(tensor))}
    return _table(builder, _TENSOR, _TENSOR_FIELDS, fields)


def _table(builder: Any, places: dict[str, int], count: int, fields: dict[str, int]) -> int:
    builder.StartObject(count)
    for name, offset in fields.items():
        builder.PrependUOffsetTRelativeSlot(places[name], offset, 0)
    return int(builder.EndObject())


def _vector(builder: Any, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())
