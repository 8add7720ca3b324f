"""Laws: ends stay float32; first convolutions and the fusion keep what they need; what is quantized is near the exact."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.format.artifact import Artifact, Direction, Precision
from unfilter.format.tiles import TilePlan
from unfilter.photo import read_photo
from unfilter_converters import onnx as exporter
from unfilter_converters.goldens import PHOTOS
from unfilter_converters.quantization import onnx as smaller
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.network.eight_bits import round_to_8_bits

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
PLAN = TilePlan(tile=64, halo=8, alignment=2)
DIRECTIONS: tuple[Direction, ...] = ("forward", "inverse")
ERRORS: dict[Precision, float] = {"fp16": 0.005, "w8": 0.01, "w8a16": 0.01}
"""Of this network, ten times below what a wrong scale, sign or channel does."""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, noisy: Any) -> tuple[Path, tuple[Artifact, ...]]:
    from unfilter_training.network import NetworkConfig

    folder = tmp_path_factory.mktemp("exported")
    # wide enough that its second convolutions have 1,024 weights and more, which are held in 8 bits
    network = noisy(NetworkConfig(blocks=2, subnet_width=16, auxiliary_width=16, fusion_width=16))
    assert isinstance(network, QuasiInvertibleNetwork)
    return folder, exporter.convert(network, PLAN, folder, "fp32")


@pytest.fixture(scope="module", params=ERRORS)
def quantized(
    request: pytest.FixtureRequest, exported: tuple[Path, tuple[Artifact, ...]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Precision, Path, tuple[Artifact, ...]]:
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, folder, smaller.quantize(*exported, PLAN, request.param, folder)


def run(path: Path, image: NDArray[np.float32]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (source,), (result,) = session.get_inputs(), session.get_outputs()
    assert source.type == result.type == "tensor(float)"
    (values,) = session.run(None, {source.name: image})
    return np.asarray(values)


def constants(path: Path) -> dict[str, NDArray[Any]]:
    return {each.name: onnx.numpy_helper.to_array(each) for each in onnx.load(path).graph.initializer}


def photo() -> NDArray[np.float32]:
    pixels = read_photo(PHOTOS / "coffee.webp").pixels[:64, :96]
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None].astype(np.float32) / 255)


def test_a_quantized_graph_is_near_the_exact_one_and_not_equal_to_it(
    quantized: tuple[Precision, Path, tuple[Artifact, ...]], exported: tuple[Path, tuple[Artifact, ...]]
) -> None:
    precision, folder, artifacts = quantized
    for exact, artifact in zip(exported[1], artifacts, strict=True):
        onnx.checker.check_model(
            onnx.load(folder / artifact.path), full_check=precision != "w8a16"
        )  # its domain has no schema
        assert artifact.precision == precision
        assert artifact.path == f"onnx/{artifact.direction}_{precision}.onnx"
        error = np.abs(run(folder / artifact.path, photo()) - run(exported[0] / exact.path, photo())).max()
        assert 0 < error < ERRORS[precision]


def test_a_quantized_file_is_smaller(
    quantized: tuple[Precision, Path, tuple[Artifact, ...]], exported: tuple[Path, tuple[Artifact, ...]]
) -> None:
    _, folder, artifacts = quantized
    for exact, artifact in zip(exported[1], artifacts, strict=True):
        assert (folder / artifact.path).stat().st_size < 0.9 * (exported[0] / exact.path).stat().st_size


def test_first_convolutions_keep_their_weights_to_the_bit(
    exported: tuple[Path, tuple[Artifact, ...]], tmp_path: Path
) -> None:
    artifacts = smaller.quantize(*exported, PLAN, "w8", tmp_path)
    for exact, artifact in zip(exported[1], artifacts, strict=True):
        before, after = constants(exported[0] / exact.path), constants(tmp_path / artifact.path)
        first = [name for name in before if name.endswith("trunk.convolutions.0.weight")]
        assert len(first) >= 3
        for name in first:
            np.testing.assert_array_equal(after[name], before[name])
        held = [name for name in after if name.endswith(".int8")]
        assert held
        for name in held:
            weights = before[name.removesuffix(".int8")]
            scale = after[name.replace(".int8", ".scale")]
            assert np.abs(after[name] * scale - weights).max() <= scale.max() / 2 * 1.001


def test_pyramids_keep_the_weights_that_see_the_photo(tmp_path: Path, noisy: Any) -> None:
    from unfilter_training.network import NetworkConfig

    widths = {"auxiliary_widths": (16, 16), "predictor_widths": (16, 16)}
    network = noisy(NetworkConfig(blocks=0, subnet_width=16, auxiliary="pyramid", fusion="hiding", refinements=1, **widths))
    plan = TilePlan(tile=64, halo=8, alignment=4)
    artifacts = exporter.convert(network, plan, tmp_path, "fp32")
    (quantized := tmp_path / "w8").mkdir()
    for exact, artifact in zip(artifacts, smaller.quantize(tmp_path, artifacts, plan, "w8", quantized), strict=True):
        before, after = constants(tmp_path / exact.path), constants(quantized / artifact.path)
        first = [name for name in before if name.endswith(".first.weight")]
        assert len(first) == {"forward": 1, "inverse": 2}[artifact.direction]
        for name in first:
            np.testing.assert_array_equal(after[name], before[name])
            pyramid = name.removesuffix("first.weight")
            assert any(held.startswith(pyramid) and held.endswith(".int8") for held in after)


def test_weights_that_training_rounded_are_held_as_they_are(tmp_path: Path, noisy: Any) -> None:
    from unfilter_training.network import NetworkConfig

    form = {"auxiliary_widths": (16, 24), "predictor_widths": (16, 24), "expectation": True}
    network = noisy(NetworkConfig(blocks=0, subnet_width=16, auxiliary="pyramid", fusion="hiding", refinements=1, **form))
    round_to_8_bits(network)
    plan = TilePlan(tile=64, halo=8, alignment=4)
    artifacts = exporter.convert(network, plan, tmp_path, "fp32")
    (quantized := tmp_path / "w8").mkdir()
    for exact, artifact in zip(artifacts, smaller.quantize(tmp_path, artifacts, plan, "w8", quantized), strict=True):
        before, after = constants(tmp_path / exact.path), constants(quantized / artifact.path)
        held = [name.removesuffix(".int8") for name in after if name.endswith(".int8")]
        assert any(".up." in name for name in held)
        for name in held:
            np.testing.assert_allclose(after[f"{name}.int8"] * after[f"{name}.scale"], before[name], rtol=1e-6, atol=1e-9)


def test_the_fusion_has_float_activations_and_the_invertible_branch_integers(
    exported: tuple[Path, tuple[Artifact, ...]], tmp_path: Path
) -> None:
    for artifact in smaller.quantize(*exported, PLAN, "w8a16", tmp_path):
        nodes = onnx.load(tmp_path / artifact.path).graph.node
        quantizers = [node.input[0] for node in nodes if node.op_type == "QuantizeLinear"]
        assert any("/invertible." in name for name in quantizers)
        assert not any("/fusion." in name or "/auxiliary" in name for name in quantizers)


def test_half_precision_is_in_every_convolution(exported: tuple[Path, tuple[Artifact, ...]], tmp_path: Path) -> None:
    for artifact in smaller.quantize(*exported, PLAN, "fp16", tmp_path):
        graph = onnx.load(tmp_path / artifact.path).graph
        kinds = {tensor.name: tensor.data_type for tensor in graph.initializer}
        weights = [kinds[node.input[1]] for node in graph.node if node.op_type == "Conv"]
        assert set(weights) == {onnx.TensorProto.FLOAT16}
