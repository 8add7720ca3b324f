"""Laws: what is packed for distribution has its formats and precisions alone, restores what the whole bundle filtered, and
says nothing of what it lacks.
"""

from pathlib import Path

import numpy as np
import pytest

from unfilter.find.archive import Archive
from unfilter.format.bundle import Bundle
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo
from unfilter.proof.fidelity import read_report, verify
from unfilter.run.delegates.coverage import read_coverage
from unfilter_converters.distribution import pack_for_distribution
from unfilter_converters.goldens import PHOTOS


@pytest.fixture(scope="module")
def packed(shipped_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack_for_distribution(Bundle(shipped_bundle), tmp_path_factory.mktemp("packed"))


@pytest.fixture(scope="module")
def unpacked(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("unpacked")
    Archive(packed).put_into(folder)
    return Bundle(folder)


def test_it_has_onnx_and_tflite_in_fp32_and_fp16_and_every_file_is_as_listed(unpacked: Bundle) -> None:
    unpacked.check()
    kinds = {(artifact.format, artifact.precision) for artifact in unpacked.manifest.artifacts}
    assert kinds == {("onnx", "fp32"), ("onnx", "fp16"), ("tflite", "fp32"), ("tflite", "fp16")}
    folders = {Path(entry.path).parts[0] for entry in unpacked.manifest.files if "/" in entry.path}
    assert folders == {"onnx", "tflite", "goldens"}
    assert all(golden.round_trip for golden in unpacked.manifest.goldens)


def test_report_and_delegates_are_of_what_it_has(unpacked: Bundle) -> None:
    report = read_report(unpacked.folder / "fidelity.json")
    paths = {artifact.path for artifact in unpacked.manifest.artifacts}
    assert {engine.runtime for engine in report.engines} == {"onnx", "litert"}
    assert {engine.precision for engine in report.engines} == {"fp32", "fp16"}
    assert {size.path for size in report.sizes} == paths
    assert {each.path for each in read_coverage(unpacked)} == paths
    assert not report.failures


def test_it_restores_what_the_whole_bundle_filtered_and_the_other_way_round(unpacked: Bundle, shipped_bundle: Path) -> None:
    whole, part = Filter.open(shipped_bundle, runtime="onnx"), Filter(unpacked, "onnx")
    assert unpacked.manifest.restoration == whole.bundle.manifest.restoration
    pixels = read_photo(PHOTOS / "rocket.webp").pixels
    filtered = whole.apply(pixels)
    np.testing.assert_array_equal(part.apply(pixels), filtered)
    np.testing.assert_array_equal(part.restore(filtered), whole.restore(filtered))


def test_it_can_be_verified_where_it_arrives(unpacked: Bundle) -> None:
    assert not verify(unpacked, only=["onnx"]).failures


def test_equal_bundles_give_equal_files(shipped_bundle: Path, packed: Path, tmp_path: Path) -> None:
    assert pack_for_distribution(Bundle(shipped_bundle), tmp_path).read_bytes() == packed.read_bytes()
