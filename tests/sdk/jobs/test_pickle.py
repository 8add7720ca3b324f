"""Laws: a pickled filter opens its own bundle again, in whatever process and folder, or says in a line why not."""

import multiprocessing
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.errors import BundleError, RuntimeUnavailable
from unfilter.find import store
from unfilter.jobs.filter import Filter
from unfilter.run import runtimes

pytestmark = pytest.mark.usefixtures("elsewhere")


def test_a_spawned_process_gets_the_same_bytes(small_bundle: Path, chelsea: NDArray[np.uint8]) -> None:
    opened = Filter.open(small_bundle, runtime="onnx")
    pixels = np.ascontiguousarray(chelsea[:64, :64])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (filtered,) = pool.map(opened.apply, [pixels])
    np.testing.assert_array_equal(filtered, opened.apply(pixels))


def test_by_name_and_by_a_relative_folder_it_is_found_from_elsewhere(
    small_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(small_bundle, "here")
    store.install(small_bundle)
    pickled = [pickle.dumps(Filter.open(each, runtime="onnx")) for each in (Path("here"), "l0")]
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    for each in pickled:
        opened = pickle.loads(each)
        assert (opened.engine, opened.bundle.manifest.filter) == ("onnx fp32", "l0")


def test_one_that_has_been_used_is_pickled_without_its_graphs(small_bundle: Path) -> None:
    opened = Filter.open(small_bundle, runtime="onnx")
    opened.apply(np.zeros((8, 8, 3), np.uint8))
    assert len(pickle.dumps(opened)) < 1000


def test_another_bundle_in_its_place_is_refused(
    small_bundle: Path, edit_manifest: Callable[[Path, Callable[[dict[str, Any]], Any]], None]
) -> None:
    shutil.copytree(small_bundle, "l0")
    pickled = pickle.dumps(Filter.open(Path("l0"), runtime="onnx"))
    edit_manifest(Path("l0"), lambda fields: fields.update(tools={"onnx": "9"}))
    with pytest.raises(BundleError, match="has changed since the filter was pickled"):
        pickle.loads(pickled)
    shutil.rmtree("l0")
    with pytest.raises(BundleError, match="no bundle here"):
        pickle.loads(pickled)


def test_a_machine_without_its_runtime_says_so(small_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pickled = pickle.dumps(Filter.open(small_bundle, runtime="onnx"))
    monkeypatch.setattr(runtimes.sibling("onnx"), "unavailable", lambda: "onnxruntime is not installed")
    with pytest.raises(RuntimeUnavailable, match="onnxruntime is not installed"):
        pickle.loads(pickled)
