"""Law: samples choose among the delegates of the SDK's table, by the names and in the order that it gives."""

import re
from pathlib import Path

from unfilter.run.delegates.table import Delegate, Platform, delegates, find_delegate, read_table

SAMPLES = Path(__file__).parents[2] / "mobile_samples"


def preferred(platform: Platform, runtime: str) -> list[Delegate]:
    return [find_delegate(one.runtime, one.delegate) for one in read_table().preferred[platform] if one.runtime == runtime]


def test_the_android_app_tries_accelerators_in_the_order_of_the_recipes() -> None:
    code = (SAMPLES / "android/platform/src/main/kotlin/dev/unfilter/android/Exact.kt").read_text(encoding="utf-8")
    tried = list(dict.fromkeys(re.findall(r"Accelerator\.[A-Z]+", code)))
    assert tried == [each.api["kotlin"] for each in preferred("android", "litert")]


def test_the_ios_package_tries_compute_units_of_the_recipes_from_all_to_the_cpu() -> None:
    code = (SAMPLES / "ios/Sources/UnfilterCoreML/Exact.swift").read_text(encoding="utf-8")
    tried = list(dict.fromkeys(re.findall(r"(?<![\w)])(?:MLComputeUnits)?(\.(?:all|cpu\w+))\b", code)))
    listed = [each.api["swift"] for each in preferred("ios", "coreml")]
    assert (tried[0], tried[-1]) == (listed[0], listed[-1])
    assert set(tried) <= {each.api["swift"] for each in delegates() if each.runtime == "coreml"}


def test_the_web_app_tries_the_back_ends_of_the_recipes_in_their_order() -> None:
    code = (SAMPLES / "web/src/unfilter/filter.ts").read_text(encoding="utf-8")
    tried = re.findall(r'open\("(\w+)"\)', code)
    for runtime in ("onnx", "litert"):
        assert tried == [each.api["typescript"] for each in preferred("web", runtime)]


def test_the_web_app_gives_onnx_runtime_the_options_of_the_recipe() -> None:
    code = (SAMPLES / "web/src/unfilter/runtimes/onnx.ts").read_text(encoding="utf-8")
    ((_, options),) = re.findall(r'webgpu: \{ name: "(\w+)", (.*?) \}', code)
    assert dict(re.findall(r'(\w+): "(\w+)"', options)) == find_delegate("onnx", "webgpu").options
