"""Laws: bytes equal to the CPU's are not engaged; zeros are wrong; what is not here is said with the reason."""

from pathlib import Path

import numpy as np
import pytest

from unfilter.format.bundle import Bundle
from unfilter.proof.engagement import Engagement, judge, trial
from unfilter.run.delegates.table import find_delegate

TILE = np.random.default_rng(0).random((8, 8, 3), dtype=np.float32)


def test_a_delegate_whose_bytes_are_the_cpus_is_not_engaged() -> None:
    assert judge(TILE.copy(), TILE, "fp32") == (Engagement.NOT_ENGAGED, 0.0)


def test_a_delegate_that_adds_in_another_order_is_engaged() -> None:
    engagement, error = judge(TILE + np.float32(1e-6), TILE, "fp32")
    assert engagement is Engagement.ENGAGED
    assert error == pytest.approx(1e-6, abs=2e-7)


@pytest.mark.parametrize(
    "result", [np.zeros_like(TILE), TILE[..., ::-1], TILE * np.float32(np.nan)], ids=["0", "bgr", "nan"]
)
def test_zeros_swapped_channels_and_nan_are_wrong(result: np.ndarray) -> None:
    assert judge(result, TILE, "fp16")[0] is Engagement.WRONG


def test_xnnpack_is_engaged_against_litert_without_it(variable_bundle: Path) -> None:
    pytest.importorskip("ai_edge_litert")
    for direction in ("forward", "inverse"):
        found = trial(Bundle(variable_bundle), find_delegate("litert", "xnnpack"), "fp32", direction)
        assert found.engagement is Engagement.ENGAGED
        assert found.error is not None
        assert 0 < found.error < 1e-5


def test_what_is_not_here_is_said_with_the_reason(variable_bundle: Path) -> None:
    found = trial(Bundle(variable_bundle), find_delegate("onnx", "nnapi"), "fp32", "forward")
    assert found.engagement is Engagement.UNAVAILABLE
    assert "has no NnapiExecutionProvider" in found.reason


def test_a_gpu_that_finds_no_adapter_is_unavailable_and_one_that_runs_is_right(variable_bundle: Path) -> None:
    pytest.importorskip("ai_edge_litert")
    found = trial(Bundle(variable_bundle), find_delegate("litert", "gpu"), "fp16", "inverse")
    if found.engagement is Engagement.UNAVAILABLE:
        assert "Vulkan" in found.reason or "gave no result" in found.reason or "no GPU accelerator" in found.reason
    else:
        assert found.engagement is Engagement.ENGAGED
