"""Laws: one table for every language; a delegate has a runtime, a source, a CPU to compare with; a platform, a choice."""

from typing import get_args

import pytest

from unfilter.errors import RuntimeUnavailable
from unfilter.format.manifest import Precision
from unfilter.run import runtimes
from unfilter.run.delegates import recipes
from unfilter.run.delegates.recipes import Delegates, Platform, table


def test_every_runtime_has_a_cpu_first_and_nothing_else_is_a_runtime() -> None:
    assert {each.runtime for each in table().recipes} == set(runtimes.NAMES)
    for name in runtimes.NAMES:
        assert recipes.of_runtime(name)[0].hardware == "CPU"


@pytest.mark.parametrize("recipe", table().recipes, ids=str)
def test_what_is_no_plain_cpu_has_a_baseline_on_the_cpu_of_its_runtime(recipe: recipes.Delegate) -> None:
    assert recipe.source.startswith("https://")
    assert recipe.api.keys() & {"python", "kotlin", "swift", "typescript"}
    assert recipe.hardware == "CPU" or recipe.baseline
    if recipe.baseline:
        baseline = recipes.recipe(recipe.runtime, recipe.baseline)
        assert baseline.hardware == "CPU"
        assert baseline.delegate != recipe.delegate


def test_every_platform_prefers_what_it_offers_and_can_run_fp32() -> None:
    assert set(table().preferred) == set(get_args(Platform))
    for platform, preferences in table().preferred.items():
        for each in preferences:
            assert platform in recipes.recipe(each.runtime, each.delegate).platforms
        assert any("fp32" in each.precisions for each in preferences)


@pytest.mark.parametrize("platform", ["darwin", "linux", "win32"])
def test_fp32_is_never_handed_to_hardware_that_computes_in_half_precision(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    for name in runtimes.NAMES:
        assert recipes.preferred(name, "fp32")[0].hardware == "CPU"


def test_on_macos_half_precision_goes_to_the_neural_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    precisions: tuple[Precision, ...] = ("fp16", "w8")
    for precision in precisions:
        assert recipes.preferred("coreml", precision)[0].delegate == "all"


def test_the_table_survives_json() -> None:
    assert Delegates.model_validate_json(table().model_dump_json()) == table()


def test_an_unknown_delegate_is_told_with_those_that_exist() -> None:
    with pytest.raises(RuntimeUnavailable, match="litert has no delegate 'metal': choose one of xnnpack, builtin, gpu, npu"):
        recipes.recipe("litert", "metal")
