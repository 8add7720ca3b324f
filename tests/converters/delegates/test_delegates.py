"""Laws: a prediction counts what documentation says and is labelled so; who has no vendor's compiler is told what to add."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from unfilter.cli import main
from unfilter.format.bundle import Bundle
from unfilter.run.delegates.coverage import Evidence, read_coverage
from unfilter_converters.delegates import litert
from unfilter_converters.delegates.documented import predicted
from unfilter_converters.tensors import graph_entry

ARTIFACT = graph_entry("onnx", "forward", "fp32", "onnx/forward.onnx", "NCHW", 0)
ANALYSIS = """
Subgraph#0 forward(T#0) -> [T#9]
  Op#0 CONV_2D(T#0, T#1, T#2) -> [T#3]
  Op#1 GATHER_ND(T#3, T#4) -> [T#5]
GPU COMPATIBILITY WARNING: Not supported op GATHER_ND
  Op#2 TANH(T#5) -> [T#9]
GPU COMPATIBILITY WARNING: Subgraph#0 has GPU delegate compatibility issues at nodes 1 with TFLite runtime version 2.21.0
Subgraph#1 inverse(T#0) -> [T#9]
  Op#0 EXP(T#0) -> [T#9]
"""


def test_partitions_of_a_prediction_are_its_unbroken_runs() -> None:
    kinds = ["Conv", "Conv", "Mul", "Conv", "Tanh"]
    found = predicted(ARTIFACT, ("onnx", "xnnpack"), kinds, {"Conv"}, "https://example.org")
    assert (found.taken, found.operations, found.partitions, found.left) == (3, 5, 2, ("Mul", "Tanh"))
    assert found.evidence is Evidence.PREDICTED
    assert not found.whole
    assert predicted(ARTIFACT, ("onnx", "webgpu"), kinds, set(kinds), "").whole


def test_the_analyzers_pages_give_operations_and_refusals_per_signature() -> None:
    assert litert.parse(ANALYSIS, "forward") == (["CONV_2D", "GATHER_ND", "TANH"], {"GATHER_ND", "GPU"})
    assert litert.parse(ANALYSIS, "inverse")[0] == ["EXP"]


def test_coverage_names_who_was_asked_and_counts_the_same_operations_for_all(variable_bundle: Path) -> None:
    for each in read_coverage(Bundle(variable_bundle)):
        assert each.operations > 10
        assert each.source
        if each.runtime == "coreml":
            assert each.evidence is Evidence.PREDICTED
            assert each.whole is not (each.delegate == "neural_engine" and each.precision == "fp32")
        if (each.runtime, each.delegate) == ("litert", "npu"):
            assert each.evidence is Evidence.NOT_ASKED


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed: nox -s delegates")
def test_tensorflows_analyzer_finds_nothing_that_a_gpu_refuses(variable_bundle: Path) -> None:
    found = [each for each in read_coverage(Bundle(variable_bundle)) if (each.runtime, each.delegate) == ("litert", "gpu")]
    assert {each.precision for each in found} == {"fp32", "fp16", "w8"}
    assert all(each.whole and each.evidence is Evidence.CHECKED for each in found)


@pytest.mark.skipif(find_spec("onnxruntime_qnn") is None, reason="onnxruntime-qnn is not installed: nox -s delegates")
def test_qualcomms_compiler_takes_both_directions_in_one_partition(
    variable_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compile", str(variable_bundle), "--npu", "qnn", "--soc", "SM8750", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("1 partition(s)") == 2
    assert len(list(tmp_path.glob("variable_*_fp16_SM8750.onnx"))) == 2


@pytest.mark.parametrize(
    ("npu", "soc", "module", "package"),
    [
        ("qnn", "SM8750", "onnxruntime_qnn", "onnxruntime-qnn"),
        ("qualcomm", "SM8750", "ai_edge_litert_sdk_qualcomm", "ai-edge-litert-sdk-qualcomm"),
        ("mediatek", "MT6991", "ai_edge_litert_sdk_mediatek", "ai-edge-litert-sdk-mediatek"),
    ],
)
def test_without_the_vendors_compiler_one_line_says_what_to_add(
    npu: str, soc: str, module: str, package: str, variable_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if find_spec(module):
        pytest.skip(f"{package} is installed")
    assert main(["compile", str(variable_bundle), "--npu", npu, "--soc", soc, "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "not available here" in error
    assert error.endswith(f"pip install {package}\n")
    assert error.count("\n") == 1


@pytest.mark.parametrize(("npu", "known"), [("qnn", "SM8450"), ("qualcomm", "SM8750"), ("mediatek", "MT6991")])
def test_an_unknown_chip_is_told_with_those_that_exist(
    npu: str, known: str, variable_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compile", str(variable_bundle), "--npu", npu, "--soc", "Z80", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "'Z80'" in error
    assert known in error
    assert error.count("\n") == 1
