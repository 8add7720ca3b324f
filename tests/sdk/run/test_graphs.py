"""Laws: several threads that use one filter get the bytes that one thread gets; a graph is loaded once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.errors import BundleError, RuntimeUnavailable
from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.jobs.filter import Filter
from unfilter.run import runtimes
from unfilter.run.delegates import table
from unfilter.run.delegates.table import Delegate
from unfilter.run.graphs import Graphs
from unfilter.run.runtimes import Graph

THREADS = 6


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Counts what a runtime really loads: the paths of artifacts, in order."""

    def count(runtime: str) -> list[str]:
        module = runtimes.sibling(runtime)
        assert isinstance(module, ModuleType)
        paths: list[str] = []
        real = module.open_graph

        def open_graph(bundle: Bundle, artifact: Artifact, delegate: Delegate | None = None) -> Graph:
            paths.append(artifact.direction)
            return real(bundle, artifact, delegate)

        monkeypatch.setattr(module, "open_graph", open_graph)
        return paths

    return count


def test_threads_get_the_bytes_of_one_thread_and_load_each_graph_once(
    runtime: str, variable_bundle: Path, chelsea: NDArray[np.uint8], loaded: Callable[[str], list[str]]
) -> None:
    photos = [np.ascontiguousarray(chelsea[row : row + 33, row : row + 47]) for row in range(0, 120, 20)]
    alone = Filter.open(variable_bundle, runtime=runtime)
    expected = [(filtered := alone.apply(photo), alone.restore(filtered)) for photo in photos]
    paths = loaded(runtime)
    shared, together = Filter.open(variable_bundle, runtime=runtime), threading.Barrier(THREADS)

    def work(photo: NDArray[np.uint8]) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
        together.wait()  # all at once, while nothing is loaded yet
        return [(filtered := shared.apply(photo), shared.restore(filtered)) for _ in range(3)]

    with ThreadPoolExecutor(THREADS) as pool:
        for one, results in zip(expected, pool.map(work, photos), strict=True):
            for result in results:
                np.testing.assert_array_equal(result, one)
    assert sorted(paths) == ["forward", "inverse"]


def test_nothing_is_loaded_before_it_is_needed(small_bundle: Path, loaded: Callable[[str], list[str]]) -> None:
    paths = loaded("onnx")
    opened = Filter.open(small_bundle, runtime="onnx")
    assert paths == []
    opened.restore(np.zeros((4, 4, 3), np.uint8))
    assert paths == ["inverse"]


def test_a_bundle_that_lacks_a_direction_is_refused_on_opening(small_bundle: Path) -> None:
    with pytest.raises(BundleError, match="no onnx forward in fp16"):
        Graphs(Bundle(small_bundle), "onnx", "fp16")
    with pytest.raises(RuntimeUnavailable, match="unknown runtime"):
        Graphs(Bundle(small_bundle), "onx", "fp32")


def test_a_delegate_that_is_unknown_or_not_here_is_refused_in_one_line(small_bundle: Path) -> None:
    with pytest.raises(RuntimeUnavailable, match=r"^runtime onnx has no delegate 'gpu': litert and coreml have it; "):
        Filter.open(small_bundle, runtime="onnx", delegate="gpu")
    with pytest.raises(RuntimeUnavailable, match=r"^delegate onnx nnapi: this onnxruntime has no Nnapi.*builds for android"):
        Filter.open(small_bundle, runtime="onnx", delegate="nnapi")
    with pytest.raises(RuntimeUnavailable, match=r"^delegate nnapi: onnx nnapi: this onnxruntime has no Nnapi"):
        Filter.open(small_bundle, delegate="nnapi")
    with pytest.raises(RuntimeUnavailable, match=r"^delegate neural_engine: coreml neural_engine: the bundle holds no ml"):
        Filter.open(small_bundle, delegate="neural_engine")


def test_without_a_word_fp32_runs_on_the_cpu(runtime: str, shipped_bundle: Path) -> None:
    opened = Filter.open(shipped_bundle, runtime=runtime)
    assert opened.delegate == table.of_runtime(runtime)[0].delegate
    assert opened.engine == f"{runtime} fp32"


def test_hardware_that_takes_whole_tiles_only_gets_whole_tiles(small_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graphs = Graphs(Bundle(small_bundle), "onnx", "fp32")
    assert not graphs.fixed_size("forward")
    monkeypatch.setattr(graphs, "delegate", table.find_delegate("onnx", "coreml"))
    assert graphs.fixed_size("forward")
