"""Laws: a model file says by itself who made it, under which licence, what it takes and gives; saying it changes no weight,
no result and no restoration id, and twice is as once.
"""

import json
import struct
from pathlib import Path
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


class Table:
    """A flatbuffer's table, read by nothing but the format's own rules (https://flatbuffers.dev/internals/)."""

    def __init__(self, content: bytes, place: int) -> None:
        self.content, self.place = content, place

    @classmethod
    def root(cls, content: bytes) -> "Table":
        return cls(content, struct.unpack_from("<I", content)[0])

    def _field(self, number: int) -> int | None:
        vtable = self.place - struct.unpack_from("<i", self.content, self.place)[0]
        if 4 + 2 * number >= struct.unpack_from("<H", self.content, vtable)[0]:
            return None
        offset = struct.unpack_from("<H", self.content, vtable + 4 + 2 * number)[0]
        return self.place + offset if offset else None

    def _target(self, number: int) -> int:
        field = self._field(number)
        assert field is not None
        return int(field + struct.unpack_from("<I", self.content, field)[0])

    def text(self, number: int) -> str:
        start = self._target(number)
        return self.content[start + 4 : start + 4 + struct.unpack_from("<I", self.content, start)[0]].decode()

    def tables(self, number: int) -> list["Table"]:
        start = self._target(number)
        places = [start + 4 + 4 * index for index in range(struct.unpack_from("<I", self.content, start)[0])]
        return [Table(self.content, place + struct.unpack_from("<I", self.content, place)[0]) for place in places]


def test_tflite_has_it_as_its_own_metadata(bundle: Bundle) -> None:
    """Fields by their numbers in metadata_schema.fbs: name 0, description 1, version 2, subgraphs 3, author 4, licence 5."""
    utils = pytest.importorskip("ai_edge_litert.tools.flatbuffer_utils")
    for path, directions in files(bundle, "tflite"):
        model: Any = utils.read_model(str(path))
        (entry,) = (each for each in model.metadata if each.name == b"TFLITE_METADATA")
        content = bytes(model.buffers[entry.buffer].data)
        assert content[4:8] == b"M001"
        metadata = Table.root(content)
        assert metadata.text(0) == f"variable {' and '.join(directions)}"
        assert metadata.text(1).startswith(model.description.decode())
        assert "sigma 0.05..0.4" in metadata.text(1)
        assert (metadata.text(4), metadata.text(5)) == ("Unfilter", "Apache-2.0")
        signatures = {each.signatureKey.decode(): each for each in model.signatureDefs}
        graphs = metadata.tables(3)
        assert {each.text(0) for each in graphs} == set(signatures)
        for graph in graphs:
            signature = signatures[graph.text(0)]
            assert [each.text(0) for each in graph.tables(2)] == [each.name.decode() for each in signature.inputs]
            assert [each.text(0) for each in graph.tables(3)] == [each.name.decode() for each in signature.outputs]
            assert all(each.text(1) for each in (*graph.tables(2), *graph.tables(3)))


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
