"""Laws: a model file says by itself who made it, under which licence, what it takes and gives; saying it changes no weight,
no result and no restoration id, and twice is as once.
"""

import json
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from unfilter.format.bundle import Bundle
from unfilter.jobs.filter import Filter
from unfilter_converters.authorship import describe
from unfilter_converters.restoration_id import restoration_id_of
from unfilter_training.checkpoint import Description, read_description
from unfilter_training.network import QuasiInvertibleNetwork

SAID = ("author", "licence", "version", "filter", "direction", "ranges", "description")


@pytest.fixture(scope="module")
def bundle(variable_bundle: Path) -> Bundle:
    """Of a filter with two hyper-parameters, in every format and precision."""
    return Bundle(variable_bundle)


@pytest.fixture(scope="module")
def description(variable_bundle: Path) -> Description:
    return read_description(variable_bundle.parent / "checkpoint")


def files(bundle: Bundle, format: str) -> list[tuple[Path, tuple[str, ...]]]:
    """Every model file of a format, with the directions that it holds."""
    found: dict[str, list[str]] = {}
    for artifact in bundle.manifest.artifacts:
        if artifact.format == format:
            found.setdefault(artifact.path, []).append(artifact.direction)
    assert found
    return [(bundle.path(path), tuple(directions)) for path, directions in found.items()]


def check(said: dict[str, str], directions: tuple[str, ...]) -> None:
    assert set(SAID) <= set(said)
    assert all(said.values())
    assert said["filter"] == "variable"
    assert said["direction"] == ", ".join(directions)
    assert "sigma 0.05..0.4, default 0.1, log scale" in said["ranges"]
    assert "factor 2..8, default 5, linear scale" in said["ranges"]
    assert said["licence"] == "Apache-2.0"


def test_onnx_runtime_reads_it(bundle: Bundle) -> None:
    onnx, onnxruntime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    for path, directions in files(bundle, "onnx"):
        meta = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).get_modelmeta()
        check(meta.custom_metadata_map, directions)
        assert meta.description == meta.graph_description == meta.custom_metadata_map["description"]
        model = onnx.load(path)
        onnx.checker.check_model(model)
        assert all(each.doc_string for each in (*model.graph.input, *model.graph.output))


def test_coremltools_reads_it(bundle: Bundle) -> None:
    coremltools = pytest.importorskip("coremltools")
    for path, directions in files(bundle, "mlpackage"):
        model = coremltools.models.MLModel(str(path), skip_model_load=True)
        check(dict(model.user_defined_metadata), directions)
        assert (model.author, model.license) == ("Unfilter", "Apache-2.0")
        assert model.version
        assert model.short_description
        spec = model.get_spec().description
        assert all(each.shortDescription for each in (*spec.input, *spec.output))
        assert "com.github.apple.coremltools.conversion_date" not in model.user_defined_metadata


@pytest.fixture(scope="module")
def schema() -> ModuleType:
    """MediaPipe's reader of TFLite's metadata, as flatc made it of the schema; the rest of MediaPipe is not imported."""
    try:
        files = distribution("mediapipe")
    except PackageNotFoundError:
        pytest.skip("MediaPipe is not installed: pip install --no-deps mediapipe")
    path = files.locate_file("mediapipe/tasks/metadata/metadata_schema_py_generated.py")
    spec = spec_from_file_location("metadata_schema", str(path))
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mediapipe_reads_it_of_tflite(bundle: Bundle, schema: Any) -> None:
    utils = pytest.importorskip("ai_edge_litert.tools.flatbuffer_utils")
    for path, directions in files(bundle, "tflite"):
        model: Any = utils.read_model(str(path))
        (entry,) = (each for each in model.metadata if each.name == b"TFLITE_METADATA")
        content = bytes(model.buffers[entry.buffer].data)
        assert schema.ModelMetadata.ModelMetadataBufferHasIdentifier(content, 0)
        metadata = schema.ModelMetadataT.InitFromObj(schema.ModelMetadata.GetRootAs(content, 0))
        assert metadata.name.decode() == f"variable {' and '.join(directions)}"
        assert metadata.description.startswith(model.description)
        assert b"sigma 0.05..0.4" in metadata.description
        assert (metadata.author, metadata.license) == (b"Unfilter", b"Apache-2.0")
        assert metadata.version.decode().startswith(version("unfilter"))
        assert metadata.minParserVersion == b"1.0.0"  # what tflite-support 0.4.4 says of these fields
        assert len(metadata.subgraphMetadata) == len(model.subgraphs)
        for said, graph, number in zip(metadata.subgraphMetadata, model.subgraphs, range(len(model.subgraphs)), strict=True):
            (signature,) = (each for each in model.signatureDefs if each.subgraphIndex == number)
            assert said.name == signature.signatureKey
            for tensors, places, ends in (
                (said.inputTensorMetadata, graph.inputs, signature.inputs),
                (said.outputTensorMetadata, graph.outputs, signature.outputs),
            ):
                names = {end.tensorIndex: end.name for end in ends}
                assert [each.name for each in tensors] == [names[place] for place in places], (
                    "readers go by the graph's order"
                )
                assert all(each.description for each in tensors)


def test_a_filter_for_research_says_so_instead_of_a_licence(
    bundle: Bundle, description: Description, tmp_path: Path
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    artifact = bundle.artifact("onnx", "forward", "fp32")
    (tmp_path / "onnx").mkdir()
    (tmp_path / artifact.path).write_bytes(bundle.path(artifact.path).read_bytes())
    recipe = description.recipe.model_copy(update={"research_only": "weights of a\nstyle network"})
    describe([artifact], tmp_path, description.model_copy(update={"recipe": recipe}))
    session = onnxruntime.InferenceSession(str(tmp_path / artifact.path), providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map["licence"] == "for research only: weights of a style network"


def test_saying_it_twice_is_as_once_and_changes_no_result(
    bundle: Bundle, description: Description, tmp_path: Path, variable_network: QuasiInvertibleNetwork
) -> None:
    import shutil

    copy = tmp_path / "bundle"
    shutil.copytree(bundle.folder, copy)
    describe(bundle.manifest.artifacts, copy, description)
    again = Bundle(copy)
    again.check()  # every byte as the manifest says
    assert json.loads((copy / "manifest.json").read_text())["restoration"] == restoration_id_of(variable_network)
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert np.abs(Filter(again, "onnx").apply(pixels).astype(int) - Filter(again, "torch").apply(pixels)).max() <= 1
