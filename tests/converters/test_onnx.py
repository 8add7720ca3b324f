"""The ONNX files are the network at any size, in operations that other runtimes take too."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx as onnx_format
import pytest
import torch

from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.format.tiles import TilePlan
from unfilter.run.runtimes import onnx as onnx_runtime
from unfilter_converters import onnx as converter
from unfilter_converters.macs import macs_per_pixel
from unfilter_training.network import PRESETS, NetworkConfig, QuasiInvertibleNetwork

PLAN = TilePlan(tile=128, halo=58, alignment=2)
DIRECTIONS = ("forward", "inverse")
ALLOWED = {
    "Add", "Concat", "Constant", "Conv", "DepthToSpace", "Exp", "LeakyRelu", "Mul", "Slice", "Tanh",
}  # fmt: skip
"""No Neg, which splits ONNX Runtime's Core ML partition; no ConvTranspose, which NNAPI rejects; no Split."""


@pytest.fixture(scope="module")
def bundle(
    small_network: QuasiInvertibleNetwork,
    bundle_of: Callable[[Path, tuple[Artifact, ...], TilePlan], Bundle],
    tmp_path_factory: pytest.TempPathFactory,
) -> Bundle:
    folder = tmp_path_factory.mktemp("onnx")
    return bundle_of(folder, converter.convert(small_network, PLAN, folder, "fp32"), PLAN)


def difference(network: QuasiInvertibleNetwork, bundle: Bundle, direction: str, size: tuple[int, int]) -> float:
    image = np.random.default_rng(0).random((*size, 3), dtype=np.float32)
    graph = onnx_runtime.open_graph(bundle, bundle.artifact("onnx", direction, "fp32"))
    planes = torch.from_numpy(image).permute(2, 0, 1)[None]
    with torch.inference_mode():
        expected = network(planes)[0] if direction == "forward" else network.inverse(planes)
    return float(np.abs(graph(image) - expected[0].permute(1, 2, 0).numpy()).max())


@pytest.mark.parametrize("size", [(64, 64), (2, 2), (30, 22), (34, 130), (256, 8)])  # (64, 64) was traced
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_onnx_runtime_equals_torch_at_any_size(
    direction: str, size: tuple[int, int], bundle: Bundle, small_network: QuasiInvertibleNetwork
) -> None:
    assert difference(small_network, bundle, direction, size) < 1e-5


@pytest.mark.parametrize("size", [(30, 22), (33, 5)])  # no multiples of 4: the strided branch crops by the size it meets
def test_strided_branch_keeps_sizes_dynamic(
    size: tuple[int, int],
    noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork],
    bundle_of: Callable[[Path, tuple[Artifact, ...], TilePlan], Bundle],
    tmp_path: Path,
) -> None:
    network = noisy(PRESETS["paper"].model_copy(update={"blocks": 2}))
    plan = TilePlan(tile=128, halo=32, alignment=1)
    bundle = bundle_of(tmp_path, converter.convert(network, plan, tmp_path, "fp32"), plan)
    for direction in DIRECTIONS:
        assert difference(network, bundle, direction, size) < 1e-5


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_graph_holds_allowed_operations_alone(direction: str, bundle: Bundle) -> None:
    graph = onnx_format.load(bundle.folder / f"onnx/{direction}.onnx").graph
    assert {node.op_type for node in graph.node} <= ALLOWED


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_file_is_valid_and_its_sizes_are_free(direction: str, bundle: Bundle) -> None:
    model = onnx_format.load(bundle.folder / f"onnx/{direction}.onnx")
    onnx_format.checker.check_model(model, full_check=True)
    for value in (model.graph.input[0], model.graph.output[0]):
        dimensions = value.type.tensor_type.shape.dim
        assert [dimension.dim_param for dimension in dimensions][2:] == ["height", "width"]
        assert [dimension.dim_value for dimension in dimensions][:2] == [1, 3]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_stored_tensor_is_a_weight(direction: str, bundle: Bundle) -> None:
    """Nothing of a photo's size is baked in, such as Delta = 0."""
    graph = onnx_format.load(bundle.folder / f"onnx/{direction}.onnx").graph
    weights = {name for node in graph.node if node.op_type == "Conv" for name in node.input[1:]}
    assert {tensor.name for tensor in graph.initializer} <= weights
    constants = [node.attribute[0].t for node in graph.node if node.op_type == "Constant"]
    assert all(np.prod(constant.dims, dtype=int) <= 1 for constant in constants)


@pytest.mark.parametrize(
    ("direction", "source", "result"), [("forward", "photo", "filtered"), ("inverse", "filtered", "restored")]
)
def test_artifact_describes_the_file(direction: str, source: str, result: str, bundle: Bundle) -> None:
    artifact = bundle.artifact("onnx", direction, "fp32")
    graph = onnx_format.load(bundle.folder / artifact.path).graph
    assert [value.name for value in graph.input] == [artifact.image.name] == [source]
    assert [value.name for value in graph.output] == [artifact.result.name] == [result]
    assert artifact.image.layout == artifact.result.layout == "NCHW"
    assert not artifact.fixed_size
    assert artifact.valid is None
    assert artifact.macs_per_pixel == macs_per_pixel(bundle.folder / artifact.path)


def test_hyper_parameters_are_one_more_input_of_the_forward_graph(
    variable_network: QuasiInvertibleNetwork, small_network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    for name, network in (("with", variable_network), ("without", small_network)):
        (tmp_path / name).mkdir()
        converter.convert(network, PLAN, tmp_path / name, "fp32")
    graphs = {
        (name, direction): onnx_format.load(tmp_path / f"{name}/onnx/{direction}.onnx").graph
        for name in ("with", "without")
        for direction in DIRECTIONS
    }
    image, parameters = graphs["with", "forward"].input
    assert (image.name, parameters.name) == ("photo", "parameters")
    assert [dimension.dim_value for dimension in parameters.type.tensor_type.shape.dim] == [1, 2, 1, 1]
    assert [value.name for value in graphs["with", "inverse"].input] == ["filtered"]
    added = Counter(node.op_type for node in graphs["with", "forward"].node)
    added.subtract(node.op_type for node in graphs["without", "forward"].node)
    assert {operation: count for operation, count in added.items() if count} == {"Conv": 1, "Add": 1}


def test_hyper_parameters_cost_no_mac_per_pixel(
    variable_network: QuasiInvertibleNetwork, bundle: Bundle, tmp_path: Path
) -> None:
    artifacts = converter.convert(variable_network, PLAN, tmp_path, "fp32")
    assert [a.macs_per_pixel for a in artifacts] == [a.macs_per_pixel for a in bundle.manifest.artifacts]


@pytest.mark.parametrize("name", PRESETS)
def test_untrained_network_converts(name: str, tmp_path: Path) -> None:
    artifacts = converter.convert(QuasiInvertibleNetwork(PRESETS[name]).eval(), PLAN, tmp_path, "fp32")
    assert len(artifacts) == 2
