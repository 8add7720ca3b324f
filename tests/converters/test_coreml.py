"""Core ML packages, run by the reference executor: the graph and weights on disk are the network's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from unfilter.errors import BundleError
from unfilter.format.artifact import Artifact, Direction, Precision
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import Manifest, Provenance
from unfilter.format.tiles import TilePlan
from unfilter.run.runtimes import mil
from unfilter_converters import coreml
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork

PLAN = TilePlan(tile=96, halo=32, alignment=2)
SIZES = [(96, 96), (64, 40), (2, 6)]
MODEL = "Data/com.apple.CoreML/model.mlmodel"
WEIGHTS = "Data/com.apple.CoreML/weights/weight.bin"


def noisy(config: NetworkConfig) -> QuasiInvertibleNetwork:
    """A network whose every parameter matters, those that start at zero too."""
    torch.manual_seed(0)
    network = QuasiInvertibleNetwork(config).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
    return network


def in_bundle(folder: Path, artifacts: tuple[Artifact, ...]) -> Bundle:
    manifest = Manifest(
        filter="test",
        restoration="0" * 64,
        rounding="",
        remainder="",
        tiles=PLAN,
        artifacts=artifacts,
        goldens=(),
        files=(),
        tools={},
        provenance=Provenance(weights_sha256="0" * 64, steps=0, operator="test", parameters={}),
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    return Bundle(folder)


@pytest.fixture(scope="module")
def network() -> QuasiInvertibleNetwork:
    return noisy(NetworkConfig(blocks=2, subnet_width=8, auxiliary_width=8, fusion_width=8))


@pytest.fixture(scope="module")
def bundle(network: QuasiInvertibleNetwork, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("bundle")
    artifacts = tuple(artifact for p in coreml.PRECISIONS for artifact in coreml.convert(network, PLAN, folder, p))
    return in_bundle(folder, artifacts)


def photo(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height * width).random((height, width, 3), np.float32)


def run(
    bundle: Bundle, direction: Direction, precision: Precision, image: np.ndarray, normalised: np.ndarray | None = None
) -> np.ndarray:
    return mil.open_graph(bundle, bundle.artifact("mlpackage", direction, precision))(image, normalised)


def reference(
    network: QuasiInvertibleNetwork, direction: Direction, image: np.ndarray, normalised: np.ndarray | None = None
) -> np.ndarray:
    planes = torch.from_numpy(image).permute(2, 0, 1)[None]
    given = None if normalised is None else torch.from_numpy(normalised)[None]
    with torch.inference_mode():
        result = network(planes, given)[0] if direction == "forward" else network.inverse(planes)
    return result[0].permute(1, 2, 0).numpy()


@pytest.mark.parametrize("direction", ["forward", "inverse"])
@pytest.mark.parametrize("size", SIZES)
def test_fp32_package_equals_the_network_at_any_size_up_to_the_tile(network, bundle, direction, size) -> None:
    image = photo(*size)
    result = run(bundle, direction, "fp32", image)
    assert result.shape == image.shape
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, reference(network, direction, image), rtol=0, atol=1e-5)


@pytest.mark.parametrize("direction", ["forward", "inverse"])
@pytest.mark.parametrize("size", SIZES)
def test_fp16_package_is_near_the_network_and_is_not_fp32(network, bundle, direction, size) -> None:
    image = photo(*size)
    result = run(bundle, direction, "fp16", image)
    error = np.abs(result - reference(network, direction, image)).max()
    assert result.dtype == np.float32
    assert 1e-4 < error < 0.02


@pytest.mark.parametrize("precision", coreml.PRECISIONS)
def test_forward_then_inverse_of_one_precision_restores_what_the_network_restores(network, bundle, precision) -> None:
    image = photo(64, 64)
    restored = run(bundle, "inverse", precision, run(bundle, "forward", precision, image))
    expected = reference(network, "inverse", reference(network, "forward", image))
    np.testing.assert_allclose(restored, expected, rtol=0, atol=1e-5 if precision == "fp32" else 0.02)


def test_inputs_and_outputs_are_float32_ranges_in_both_precisions(bundle) -> None:
    from coremltools.proto import FeatureTypes_pb2, Model_pb2

    for artifact in bundle.manifest.artifacts:
        model = Model_pb2.Model.FromString((bundle.path(artifact.path) / MODEL).read_bytes())
        (source,), (result,) = model.description.input, model.description.output
        assert (source.name, result.name) == (artifact.image.name, artifact.result.name)
        for feature in (source, result):
            assert feature.type.multiArrayType.dataType == FeatureTypes_pb2.ArrayFeatureType.FLOAT32
        ranges = [(r.lowerBound, r.upperBound) for r in source.type.multiArrayType.shapeRange.sizeRanges]
        assert ranges == [(1, 1), (3, 3), (PLAN.alignment, PLAN.tile), (PLAN.alignment, PLAN.tile)]
        assert list(source.type.multiArrayType.shape) == [1, 3, PLAN.tile, PLAN.tile]


def test_converting_twice_gives_the_same_bytes(network, bundle, tmp_path) -> None:
    for precision in coreml.PRECISIONS:
        for artifact in coreml.convert(network, PLAN, tmp_path, precision):
            for file in (MODEL, WEIGHTS):
                assert (tmp_path / artifact.path / file).read_bytes() == (bundle.path(artifact.path) / file).read_bytes()


def test_nothing_in_a_model_depends_on_the_day_or_the_process(bundle) -> None:
    from coremltools.proto import Model_pb2

    for artifact in bundle.manifest.artifacts:
        data = (bundle.path(artifact.path) / MODEL).read_bytes()
        model = Model_pb2.Model.FromString(data)
        assert data == model.SerializeToString(deterministic=True)
        assert not [key for key in model.description.metadata.userDefined if key.endswith("conversion_date")]


def test_weights_are_read_as_apples_reader_reads_them(bundle) -> None:
    from coremltools.libmilstoragepython import _BlobStorageReader
    from coremltools.proto import Model_pb2

    from unfilter.run.runtimes._mil.values import Values

    for artifact in bundle.manifest.artifacts:
        package = bundle.path(artifact.path)
        function = Model_pb2.Model.FromString((package / MODEL).read_bytes()).mlProgram.functions["main"]
        reader, values = _BlobStorageReader(str(package / WEIGHTS)), Values(package, package / MODEL)
        constants = [
            op.attributes["val"] for op in function.block_specializations[function.opset].operations if op.type == "const"
        ]
        blobs = [value for value in constants if value.WhichOneof("value") == "blobFileValue"]
        assert blobs
        for value in blobs:
            offset = value.blobFileValue.offset
            theirs = (
                np.array(reader.read_float_data(offset), np.float32)
                if artifact.precision == "fp32"
                else np.array(reader.read_fp16_data(offset), np.uint16).view(np.float16).astype(np.float32)
            )
            np.testing.assert_array_equal(np.ravel(values.read(value)), theirs)


@pytest.mark.parametrize("damage", ["missing", "cut", "zeros"])
def test_damaged_weights_are_named(bundle, tmp_path, damage) -> None:
    artifact = bundle.artifact("mlpackage", "forward", "fp32")
    shutil.copytree(bundle.folder, tmp_path, dirs_exist_ok=True)
    weights = tmp_path / artifact.path / WEIGHTS
    data = weights.read_bytes()
    weights.unlink()
    if damage != "missing":
        weights.write_bytes(data[: len(data) // 2] if damage == "cut" else bytes(len(data)))
    with pytest.raises(BundleError, match=rf"{artifact.path}/{WEIGHTS}: [^\n]*$"):
        mil.open_graph(Bundle(tmp_path), artifact)


@pytest.mark.parametrize(
    "config",
    [
        # the released code's form: full resolution, two subnets, skips, strided branch with transposed convolutions
        NetworkConfig(
            squeeze="none",
            blocks=2,
            block="additive_affine",
            subnet_width=4,
            subnet_convolutions=4,
            subnet_skip=True,
            joint_subnet=False,
            auxiliary="strided",
            auxiliary_width=4,
            fusion_width=4,
        ),
        NetworkConfig(blocks=2, subnet_width=4, auxiliary="none"),
        NetworkConfig(blocks=2, subnet_width=4, auxiliary_width=4, fusion_width=4, hyper_parameters=3),
        NetworkConfig(blocks=2, subnet_width=4, auxiliary="strided", auxiliary_width=4, fusion_width=4, hyper_parameters=1),
    ],
    ids=["released code", "no auxiliary branch", "hyper-parameters", "strided branch with a hyper-parameter"],
)
def test_every_form_of_network_converts(config, bundle_of, tmp_path) -> None:
    other = noisy(config)
    with_artifacts = bundle_of(tmp_path, coreml.convert(other, PLAN, tmp_path, "fp32"), PLAN)
    count = config.hyper_parameters
    for direction in ("forward", "inverse"):
        image = photo(34, 50)  # not a multiple of the strided branch's 4
        normalised = np.linspace(0.2, 0.9, count, dtype=np.float32) if count and direction == "forward" else None
        result = run(with_artifacts, direction, "fp32", image, normalised)
        np.testing.assert_allclose(result, reference(other, direction, image, normalised), rtol=0, atol=1e-5)


def test_conversion_prints_nothing_and_needs_no_tensorflow(tmp_path) -> None:
    script = (
        "import logging, sys, pathlib\n"
        "from unfilter.format.manifest import TilePlan\n"
        "from unfilter_converters import coreml\n"
        "from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork\n"
        "network = QuasiInvertibleNetwork(NetworkConfig(blocks=2, subnet_width=2, auxiliary='none'))\n"
        f"coreml.convert(network, TilePlan(tile=32, halo=0, alignment=2), pathlib.Path({str(tmp_path)!r}), 'fp32')\n"
        "assert 'tensorflow' not in sys.modules and logging.root.manager.disable == 0\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=_environment())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_executor_imports_neither_torch_nor_coremltools(bundle) -> None:
    script = (
        "import sys, pathlib, numpy\n"
        "from unfilter.format.bundle import Bundle\n"
        "from unfilter.run.runtimes import mil\n"
        f"bundle = Bundle(pathlib.Path({str(bundle.folder)!r}))\n"
        "mil.open_graph(bundle, bundle.artifact('mlpackage', 'forward', 'fp32'))(numpy.zeros((2, 2, 3), numpy.float32))\n"
        "assert not {'torch', 'coremltools', 'tensorflow'} & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=_environment())
    assert (done.returncode, done.stderr) == (0, "")


def _environment() -> dict[str, str]:
    """The environment of this process, with what its tests can import importable."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
