"""One TFLite file: four signatures, one set of weights, operations that GPU delegates take."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from ai_edge_litert import schema_py_generated as schema

from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.format.tiles import TilePlan
from unfilter.run.runtimes import litert as litert_runtime
from unfilter_converters import litert as converter
from unfilter_training.network import QuasiInvertibleNetwork

PLAN = TilePlan(tile=64, halo=8, alignment=2)
SIGNATURES = {
    "forward": (["photo"], ["filtered"]),
    "forward_masked": (["photo", "valid"], ["filtered"]),
    "inverse": (["filtered"], ["restored"]),
    "inverse_masked": (["filtered", "valid"], ["restored"]),
}
ALLOWED = {"ADD", "CONCATENATION", "CONV_2D", "EXP", "LEAKY_RELU", "MUL", "SLICE", "TANH", "TRANSPOSE_CONV"}
"""No TRANSPOSE and no RESHAPE: channels stay last from end to end, and the layouts need none."""


@pytest.fixture(scope="module")
def bundle(
    small_network: QuasiInvertibleNetwork,
    bundle_of: Callable[[Path, tuple[Artifact, ...], TilePlan], Bundle],
    tmp_path_factory: pytest.TempPathFactory,
) -> Bundle:
    folder = tmp_path_factory.mktemp("litert")
    return bundle_of(folder, converter.convert(small_network, PLAN, folder, "fp32"), PLAN)


@pytest.fixture(scope="module")
def variable(variable_network: QuasiInvertibleNetwork, tmp_path_factory: pytest.TempPathFactory) -> schema.ModelT:
    """The file of a network with two hyper-parameters."""
    folder = tmp_path_factory.mktemp("litert")
    converter.convert(variable_network, PLAN, folder, "fp32")
    return schema.ModelT.InitFromPackedBuf((folder / "tflite/filter.tflite").read_bytes(), 0)


@pytest.fixture(scope="module")
def model(bundle: Bundle) -> schema.ModelT:
    return schema.ModelT.InitFromPackedBuf((bundle.folder / "tflite/filter.tflite").read_bytes(), 0)


@pytest.mark.parametrize("size", [(64, 64), (62, 64), (2, 2), (34, 10), (2, 64)])  # a full tile, then smaller photos
@pytest.mark.parametrize("direction", ["forward", "inverse"])
def test_litert_equals_torch(
    direction: str, size: tuple[int, int], bundle: Bundle, small_network: QuasiInvertibleNetwork
) -> None:
    image = np.random.default_rng(0).random((*size, 3), dtype=np.float32)
    result = litert_runtime.open_graph(bundle, bundle.artifact("tflite", direction, "fp32"))(image)
    planes = torch.from_numpy(image).permute(2, 0, 1)[None]
    with torch.inference_mode():
        expected = small_network(planes)[0] if direction == "forward" else small_network.inverse(planes)
    np.testing.assert_allclose(result, expected[0].permute(1, 2, 0).numpy(), rtol=0, atol=1e-5)


def signatures(model: schema.ModelT) -> dict[str, tuple[list[str], list[str]]]:
    return {
        signature.signatureKey.decode(): (
            sorted(each.name.decode() for each in signature.inputs),
            [each.name.decode() for each in signature.outputs],
        )
        for signature in model.signatureDefs
    }


def test_hyper_parameters_are_one_more_input_of_both_forward_signatures(variable: schema.ModelT) -> None:
    assert signatures(variable) == {
        name: (sorted([*inputs, "parameters"]) if name.startswith("forward") else inputs, outputs)
        for name, (inputs, outputs) in SIGNATURES.items()
    }
    tensors = [t for graph in variable.subgraphs for t in graph.tensors if b"parameters" in (t.name or b"")]
    assert {tuple(tensor.shape) for tensor in tensors} == {(1, 1, 1, 2)}


def test_file_holds_the_four_signatures_of_the_artifacts(bundle: Bundle, model: schema.ModelT) -> None:
    assert signatures(model) == SIGNATURES
    for direction in ("forward", "inverse"):
        artifact = bundle.artifact("tflite", direction, "fp32")
        assert artifact.valid is not None
        assert (artifact.signature, artifact.masked_signature) == (direction, f"{direction}_masked")
        assert sorted([artifact.image.name, artifact.valid.name]) == SIGNATURES[f"{direction}_masked"][0]
        assert [artifact.result.name] == SIGNATURES[direction][1]
        assert artifact.fixed_size
        assert artifact.image.layout == artifact.result.layout == artifact.valid.layout == "NHWC"


def test_signatures_share_their_weights(model: schema.ModelT, small_network: QuasiInvertibleNetwork) -> None:
    stored = [bytes(buffer.data) for buffer in model.buffers if buffer.data is not None and len(buffer.data) > 64]
    assert max(Counter(stored).values()) == 1
    one_network = 4 * sum(parameter.numel() for parameter in small_network.parameters())
    # 1.13 measured: shifts are stored once more with their sign turned, for the inverse
    assert sum(map(len, stored)) < 1.25 * one_network


def test_every_tensor_has_four_axes_at_most(model: schema.ModelT) -> None:
    ranks = {len(tensor.shape) for graph in model.subgraphs for tensor in graph.tensors if tensor.shape is not None}
    assert max(ranks) <= 4


@pytest.mark.parametrize("file", ["model", "variable"])
def test_graphs_hold_allowed_operations_alone(file: str, request: pytest.FixtureRequest) -> None:
    model: schema.ModelT = request.getfixturevalue(file)
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    used = {
        names[model.operatorCodes[operator.opcodeIndex].builtinCode]
        for graph in model.subgraphs
        for operator in graph.operators
    }
    assert used <= ALLOWED


def test_graphs_compute_in_float32(model: schema.ModelT) -> None:
    types = {tensor.type for graph in model.subgraphs for tensor in graph.tensors}
    assert types <= {schema.TensorType.FLOAT32, schema.TensorType.INT32}  # INT32: shapes and offsets of slices
