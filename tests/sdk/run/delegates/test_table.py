"""Laws: one table for every language; a delegate has a runtime, a source, a CPU to compare with; a platform, a choice."""

from typing import get_args

import pytest

from unfilter.errors import RuntimeUnavailable
from unfilter.format.artifact import Precision
from unfilter.run import runtimes
from unfilter.run.delegates import table
from unfilter.run.delegates.table import Delegates, Platform, delegates, read_table


def test_every_runtime_has_a_cpu_first_and_nothing_else_is_a_runtime() -> None:
    assert {each.runtime for each in delegates()} == set(runtimes.NAMES)
    for name in runtimes.NAMES:
        assert table.of_runtime(name)[0].hardware == "CPU"


@pytest.mark.parametrize("delegate", delegates(), ids=str)
def test_what_is_no_plain_cpu_has_a_baseline_on_the_cpu_of_its_runtime(delegate: table.Delegate) -> None:
    assert delegate.source.startswith("https://")
    assert delegate.api.keys() & {"python", "kotlin", "swift", "typescript"}
    assert delegate.hardware == "CPU" or delegate.baseline
    if delegate.baseline:
        baseline = table.find_delegate(delegate.runtime, delegate.baseline)
        assert baseline.hardware == "CPU"
        assert baseline.delegate != delegate.delegate


def test_every_platform_prefers_what_it_offers_and_can_run_fp32() -> None:
    assert set(read_table().preferred) == set(get_args(Platform))
    for platform, preferences in read_table().preferred.items():
        for each in preferences:
            assert platform in table.find_delegate(each.runtime, each.delegate).platforms
        assert any("fp32" in each.precisions for each in preferences)


@pytest.mark.parametrize("platform", ["darwin", "linux", "win32"])
def test_fp32_is_never_handed_to_hardware_that_computes_in_half_precision(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    for name in runtimes.NAMES:
        assert table.preferred(name, "fp32")[0].hardware == "CPU"


def test_on_macos_half_precision_goes_to_the_neural_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    precisions: tuple[Precision, ...] = ("fp16", "w8")
    for precision in precisions:
        assert table.preferred("coreml", precision)[0].delegate == "all"


def test_the_table_survives_json() -> None:
    assert Delegates.model_validate_json(read_table().model_dump_json()) == read_table()


def test_an_unknown_delegate_is_told_with_those_that_exist() -> None:
    with pytest.raises(RuntimeUnavailable, match="litert has no delegate 'metal': choose one of xnnpack, builtin, gpu, npu"):
        table.find_delegate("litert", "metal")
