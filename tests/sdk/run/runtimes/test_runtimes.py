"""Laws: equal siblings with one protocol; each graph agrees with the reference; what cannot be loaded is one line."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.errors import BundleError, RuntimeUnavailable
from unfilter.format.artifact import Artifact, Direction
from unfilter.format.bundle import Bundle
from unfilter.format.rounding import to_floats
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo
from unfilter.run import runtimes

DIRECTIONS: tuple[Direction, ...] = ("forward", "inverse")


def test_an_unknown_name_is_told_with_those_that_exist() -> None:
    for look_up in (runtimes.runtime, runtimes.sibling):
        with pytest.raises(RuntimeUnavailable, match=r"'tensorrt': choose one of onnx, litert, coreml, torch, mil"):
            look_up("tensorrt")


@pytest.mark.parametrize("name", runtimes.NAMES)
def test_a_missing_library_is_told_with_the_line_that_adds_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda package: None)
    monkeypatch.setattr(sys, "platform", "darwin")
    module = runtimes.sibling(name)
    reason = module.unavailable()
    assert reason is not None
    assert reason.endswith(f"pip install 'unfilter[{module.EXTRA}]'")
    with pytest.raises(RuntimeUnavailable, match=f"^runtime {name}: "):
        runtimes.runtime(name)
    assert runtimes.installed() == []


@pytest.mark.skipif(sys.platform == "darwin", reason="Core ML runs here")
def test_core_ml_off_macos_points_to_the_reference_executor() -> None:
    with pytest.raises(RuntimeUnavailable, match=r"macOS only.*runtime mil"):
        runtimes.runtime("coreml")


def test_installed_keeps_the_order_of_preference() -> None:
    usable = runtimes.installed()
    assert usable == [name for name in runtimes.NAMES if name in usable]
    assert usable


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_graph_gives_unclipped_floats_of_the_same_shape_and_leaves_its_input(
    runtime: str, direction: Direction, chelsea: NDArray[np.uint8], open_filter: Callable[..., Filter]
) -> None:
    image = to_floats(chelsea[:34, :46]).transpose(1, 0, 2)  # not contiguous
    before = image.copy()
    graph = open_filter(runtime).graph(direction)
    result = graph(image)
    assert (result.shape, result.dtype) == (image.shape, np.float32)
    np.testing.assert_array_equal(image, before)
    np.testing.assert_allclose(result, open_filter("torch").graph(direction)(image), rtol=0, atol=1e-5)
    np.testing.assert_array_equal(graph(image), result)
    bright = graph(np.ones((34, 46, 3), np.float32))
    assert bright.max() > 1  # rounding and clipping are the host's


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_whole_tile_gives_what_the_reference_gives(
    runtime: str, direction: Direction, golden_photos: Path, variable_bundle: Path
) -> None:
    """The full form of a fixed-size artifact; of the shipped filter's, with tiles nine times as large, the golden that fills
    one tells when it is converted.
    """
    if runtime == "torch":
        pytest.skip("is the reference")
    opened, reference = (Filter.open(variable_bundle, runtime=name) for name in (runtime, "torch"))
    tile = opened.bundle.manifest.tiles.tile
    image = to_floats(read_photo(golden_photos / "astronaut.webp").pixels[:tile, :tile])
    assert image.shape == (tile, tile, 3)
    expected = reference.graph(direction)(image)
    np.testing.assert_allclose(opened.graph(direction)(image), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_wrong_count_of_hyper_parameters_is_told_with_the_right_one(
    runtime: str, count: int, direction: Direction, variable_bundle: Path
) -> None:
    graph = runtimes.runtime(runtime).open_graph(
        bundle := Bundle(variable_bundle), bundle.artifact(runtimes.sibling(runtime).FORMAT, direction, "fp32")
    )
    image, normalised = np.zeros((4, 4, 3), np.float32), np.zeros(count, np.float32) if count else None
    taken = 2 if direction == "forward" else 0
    if count == taken:
        assert graph(image, normalised).shape == image.shape
        return
    with pytest.raises(ValueError, match=rf"\({direction}\) takes {taken} hyper-parameters, got {count}$"):
        graph(image, normalised)


@pytest.mark.parametrize("change", ["absent", None])
def test_hyper_parameters_that_the_graph_does_not_take_so_are_seen_when_it_is_opened(
    runtime: str, change: str | None, variable_bundle: Path
) -> None:
    """By another name, or where the manifest knows of none."""
    if runtime == "torch" and change:
        pytest.skip("a .pt2 file takes its inputs by position")
    bundle, module = Bundle(variable_bundle), runtimes.runtime(runtime)
    artifact = bundle.artifact(module.FORMAT, "forward", "fp32")
    assert artifact.parameters
    other = artifact.parameters.model_copy(update={"name": change}) if change else None
    with pytest.raises(BundleError, match="the manifest says") as caught:
        module.open_graph(bundle, artifact.model_copy(update={"parameters": other}))
    assert "\n" not in str(caught.value)


def _files(bundle: Bundle, artifact: Artifact) -> list[Path]:
    path = bundle.path(artifact.path)
    return [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    "damage", [lambda c: b"", lambda c: b"not a model", lambda c: c[: len(c) // 2]], ids=["empty", "text", "truncated"]
)
def test_an_artifact_that_cannot_be_loaded_is_one_line(
    runtime: str, damage: Callable[[bytes], bytes], bundle_copy: Path
) -> None:
    """Past the check of its digest: such as one that was broken when the bundle was made."""
    bundle, module = Bundle(bundle_copy), runtimes.runtime(runtime)
    artifact = bundle.artifact(module.FORMAT, "forward", "fp32")
    for path in _files(bundle, artifact):
        path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BundleError) as caught:
        module.open_graph(bundle, artifact)
    assert "\n" not in str(caught.value)
    assert artifact.path in str(caught.value)


@pytest.mark.parametrize("tensor", ["image", "result", "valid"])
def test_a_tensor_that_the_graph_lacks_is_seen_when_it_is_opened(
    runtime: str,
    tensor: str,
    bundle_copy: Path,
    edit_manifest: Callable[[Path, Callable[[dict[str, Any]], Any]], None],
) -> None:
    if runtime == "torch":
        pytest.skip("a .pt2 file takes its inputs by position")

    def rename(fields: dict[str, Any]) -> None:
        for artifact in fields["artifacts"]:
            if artifact[tensor]:
                artifact[tensor]["name"] = "absent"

    edit_manifest(bundle_copy, rename)
    bundle, module = Bundle(bundle_copy), runtimes.runtime(runtime)
    artifact = bundle.artifact(module.FORMAT, "forward", "fp32")
    if getattr(artifact, tensor) is None:
        pytest.skip(f"has no {tensor}")
    with pytest.raises(BundleError, match="absent"):
        module.open_graph(bundle, artifact)


@pytest.mark.parametrize("fields", [{"signature": "absent"}, {"masked_signature": None}, {"valid": None}])
def test_a_tflite_file_without_what_the_manifest_says_is_refused(fields: dict[str, Any], shipped_bundle: Path) -> None:
    module = runtimes.sibling("litert")
    if reason := module.unavailable():
        pytest.skip(reason)
    bundle = Bundle(shipped_bundle)
    artifact = bundle.artifact("tflite", "forward", "fp32").model_copy(update=fields)
    with pytest.raises(BundleError):
        module.open_graph(bundle, artifact)
