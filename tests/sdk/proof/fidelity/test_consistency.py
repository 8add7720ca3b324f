"""Laws: the reach that is measured is the network's own; a bundle that contradicts itself fails, with the number, in every
report.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from unfilter.format.artifact import Direction
from unfilter.format.bundle import Bundle
from unfilter.format.rounding import RULE
from unfilter.format.tiles import TilePlan
from unfilter.jobs.filter import Filter
from unfilter.proof.fidelity import FidelityReport, render, verify
from unfilter.proof.fidelity.consistency import contradictions, reach
from unfilter.proof.fidelity.reports.junit import junit
from unfilter.proof.fidelity.reports.page import page
from unfilter.proof.fidelity.results import Engine
from unfilter.proof.fidelity.weights import weights_apart, wrong_weights
from unfilter.run import runtimes
from unfilter_training.checkpoint import find, read_description
from unfilter_training.network import halo

EditManifest = Callable[[Path, Callable[[dict[str, Any]], Any]], None]
PLAN = TilePlan(tile=64, halo=8, alignment=2)


def opened(folder: Path, runtime: str = "onnx") -> dict[Engine, Filter]:
    return {Engine(runtime=runtime, precision="fp32"): Filter(Bundle(folder), runtime)}


@pytest.mark.parametrize("direction", ["forward", "inverse"])
def test_the_reach_is_that_of_the_network(
    runtime: str, direction: Direction, shipped_bundle: Path, open_filter: Callable[..., Filter]
) -> None:
    graph = open_filter(runtime)
    if runtime == "litert":
        pytest.skip("takes one size")
    plan = graph.bundle.manifest.tiles
    widest = halo(read_description(find("l0")).network, direction)  # in whole steps of the plan
    assert widest - plan.step < reach(graph.graph(direction), plan) <= widest


@pytest.mark.parametrize(("shift", "expected"), [((0, 0), 0), ((5, 0), 5), ((-3, 7), 7), ((0, -9), 9)])
def test_a_known_reach_is_measured_to_the_pixel(shift: tuple[int, int], expected: int) -> None:
    def graph(image: np.ndarray) -> np.ndarray:
        return image + np.roll(image, shift, (0, 1))

    assert reach(graph, PLAN) == expected


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize("axis", [0, 1])
def test_a_reach_that_hangs_on_the_place_in_the_coarsest_cell_is_measured_at_each(place: int, axis: int) -> None:
    plan = TilePlan(tile=64, halo=16, alignment=2, grid=16)

    def graph(image: np.ndarray) -> np.ndarray:
        lines = np.arange(image.shape[axis]) // 2 % 8 == place
        alone = np.where(np.expand_dims(lines, [1, 2] if axis == 0 else [0, 2]), image, 0)
        return image + np.roll(alone, 13, axis)

    # Each place is asked along one axis: a network's reach is the same along both.
    assert reach(graph, plan) == (13 if (place < 4) == (axis == 0) else 0)


def test_a_graph_that_gives_no_numbers_has_no_reach() -> None:
    assert reach(lambda image: image * np.float32(math.nan), PLAN) == 0


def test_a_sound_bundle_is_sound(shipped_bundle: Path) -> None:
    assert list(contradictions(Bundle(shipped_bundle), opened(shipped_bundle))) == []


def test_a_halo_that_is_too_narrow_fails(bundle_copy: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(bundle_copy, lambda fields: fields["tiles"].update(halo=192))
    (line,) = contradictions(Bundle(bundle_copy), opened(bundle_copy))
    assert line == "inverse reaches 194 pixels or more, the halo has 192: tiles would show seams"


def test_a_halo_of_forward_graphs_that_is_too_narrow_fails(bundle_copy: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(bundle_copy, lambda fields: fields["tiles"].update(forward_halo=96))
    (line,) = contradictions(Bundle(bundle_copy), opened(bundle_copy))
    assert line.startswith("forward reaches ")
    assert line.endswith(" pixels or more, the halo has 96: tiles would show seams")


@pytest.mark.parametrize("rule", ["rounding", "remainder"])
def test_another_rule_fails(rule: str, bundle_copy: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(bundle_copy, lambda fields: fields.update({rule: "another"}))
    (line,) = contradictions(Bundle(bundle_copy), {})
    assert line.startswith(f"the rule of {rule} is 'another', ours is ")


def test_goldens_that_do_not_restore_fail(bundle_copy: Path, edit_manifest: EditManifest) -> None:
    def filtered_as_restored(fields: dict[str, Any]) -> None:
        fields["goldens"] = [golden | {"restored": golden["filtered"]} for golden in fields["goldens"]]

    edit_manifest(bundle_copy, filtered_as_restored)
    (line,) = contradictions(Bundle(bundle_copy), {})
    assert line.startswith("goldens restore to ")
    edit_manifest(bundle_copy, lambda fields: fields["provenance"].update(scores=[]))
    assert list(contradictions(Bundle(bundle_copy), {})) == []  # of a filter that nobody scored nothing is expected


def test_weights_of_smaller_precisions_are_those_of_fp32_rounded(shipped_bundle: Path) -> None:
    pytest.importorskip("coremltools")
    assert wrong_weights(Bundle(shipped_bundle)) == []


def test_one_wrong_weight_of_half_precision_is_found(bundle_copy: Path) -> None:
    pytest.importorskip("coremltools")
    path = bundle_copy / "coreml/forward_fp16.mlpackage/Data/com.apple.CoreML/weights/weight.bin"
    content = bytearray(path.read_bytes())
    content[20_000] ^= 1  # the last bit of one weight's fraction
    path.write_bytes(content)
    (line,) = wrong_weights(Bundle(bundle_copy))
    assert "1 of 9216 weights of auxiliary_encode_0_weight" in line


def test_a_scale_of_8_bit_weights_that_is_1_percent_off_is_found(bundle_copy: Path) -> None:
    """A network in 8 bits has room for it in every tolerance."""
    onnx = pytest.importorskip("onnx")
    held = [each for each in Bundle(bundle_copy).manifest.artifacts if (each.format, each.precision) == ("onnx", "w8")]
    if not held:
        pytest.skip("the bundle has no 8-bit weights")
    path = bundle_copy / held[0].path
    model = onnx.load(path)
    tensor = next(each for each in model.graph.initializer if each.name.endswith(".scale"))
    scale = onnx.numpy_helper.to_array(tensor) * np.float32(1.01)
    tensor.CopyFrom(onnx.numpy_helper.from_array(scale, tensor.name))
    onnx.save(model, path)
    (line,) = wrong_weights(Bundle(bundle_copy))
    assert line.startswith(f"{path.name}: ")
    assert tensor.name.removesuffix(".scale") in line


def test_it_is_found_in_tflite_too(bundle_copy: Path) -> None:
    pytest.importorskip("ai_edge_litert")
    from ai_edge_litert.tools import flatbuffer_utils

    held = [each for each in Bundle(bundle_copy).manifest.artifacts if (each.format, each.precision) == ("tflite", "w8")]
    if not held:
        pytest.skip("the bundle has no 8-bit weights")
    path = bundle_copy / held[0].path
    model = flatbuffer_utils.read_model(str(path))
    forward = model.subgraphs[0]
    scaled = [each.quantization for each in forward.tensors if each.quantization and each.quantization.scale is not None]
    scaled[0].scale = [float(scale) * 1.01 for scale in scaled[0].scale]
    flatbuffer_utils.write_model(model, str(path))
    (line,) = wrong_weights(Bundle(bundle_copy))
    assert line.startswith(f"{path.name}: ")
    assert ".convolution." in line


def test_both_directions_hold_the_same_weights(shipped_bundle: Path) -> None:
    pytest.importorskip("coremltools")
    assert weights_apart(Bundle(shipped_bundle)) == []


def test_an_inverse_that_trained_one_step_longer_is_found(bundle_copy: Path) -> None:
    """What it restores is as good as before: no golden and no score can tell."""
    onnx = pytest.importorskip("onnx")
    path = bundle_copy / "onnx/inverse.onnx"
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.name.endswith(".weight"):
            values = onnx.numpy_helper.to_array(tensor) * np.float32(1.0001)
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
    onnx.save(model, path)
    (line,) = weights_apart(Bundle(bundle_copy))
    assert line.startswith("inverse.onnx: ")
    assert line.endswith("the inverse does not belong to the forward")


def test_constants_that_each_file_numbers_for_itself_are_not_compared(bundle_copy: Path) -> None:
    """As coremltools names them: `var_312` of one direction has nothing to do with that of the other."""
    onnx = pytest.importorskip("onnx")
    for direction, value in (("forward", 1.0), ("inverse", 2.0)):
        path = bundle_copy / f"onnx/{direction}.onnx"
        model = onnx.load(path)
        model.graph.initializer.append(onnx.numpy_helper.from_array(np.float32([value]), "var_312"))
        onnx.save(model, path)
    assert weights_apart(Bundle(bundle_copy)) == []


def test_every_form_of_the_report_says_in_what_a_bundle_contradicts_itself(
    bundle_copy: Path, edit_manifest: EditManifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtimes, "NAMES", ("onnx",))

    def one_golden_and_another_rule(fields: dict[str, Any]) -> None:
        fields.update(rounding="another", goldens=[golden for golden in fields["goldens"] if golden["name"] == "rocket"])

    edit_manifest(bundle_copy, one_golden_and_another_rule)
    report = verify(Bundle(bundle_copy))
    (line,) = report.failures
    assert line == f"bundle: the rule of rounding is 'another', ours is {RULE!r}"
    assert FidelityReport.model_validate_json(report.model_dump_json()) == report
    assert f"FAIL {line}" in render(report).splitlines()
    assert render(report).splitlines()[-1].startswith("FAIL: ")
    assert ElementTree.fromstring(junit(report)).find("testsuite[@name='l0 bundle']/testcase/failure") is not None
    assert json.dumps(line)[1:-1].replace("<", "\\u003c") in page(report)
