"""Fixtures of the SDK's tests: runtimes, opened filters, real photos, copies of the shipped bundle that may be changed."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

import unfilter_converters
from unfilter.cli import main
from unfilter.format.artifact import Precision
from unfilter.format.bundle import digest, json_digest
from unfilter.format.manifest import MANIFEST
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo
from unfilter.run import runtimes

settings.register_profile("shared-core", deadline=None)  # the time of one example says nothing on a busy machine
settings.load_profile("shared-core")

ROOT = Path(__file__).parents[2]
Fields = dict[str, Any]
EditManifest = Callable[[Path, Callable[[Fields], Any]], None]


@pytest.fixture(params=runtimes.NAMES)
def runtime(request: pytest.FixtureRequest) -> str:
    """Every runtime in turn; those that this machine lacks are skipped with the reason."""
    reason = runtimes.sibling(request.param).unavailable()
    if reason:
        pytest.skip(reason)
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def open_filter(shipped_bundle: Path) -> Callable[..., Filter]:
    """Opens the shipped filter on a runtime, once."""

    @cache
    def opened(runtime: str, precision: Precision = "fp32") -> Filter:
        return Filter.open(shipped_bundle, runtime=runtime, precision=precision)

    return opened


@pytest.fixture(scope="session")
def golden_photos() -> Path:
    """Folder of the goldens' photos: real ones of free licence, of even and odd sizes."""
    return Path(unfilter_converters.__file__).parent / "golden_photos"


@pytest.fixture(scope="session")
def chelsea(golden_photos: Path) -> NDArray[np.uint8]:
    """A real photo whose height and width are odd, 225 x 301."""
    return read_photo(golden_photos / "chelsea.webp").pixels


@pytest.fixture
def bundle_copy(shipped_bundle: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the shipped bundle that a test may change."""
    folder = tmp_path / "bundles" / "l0"
    shutil.copytree(shipped_bundle, folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)  # pytest keeps the folders of three runs


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole bundle that is quick to copy: the ONNX graphs of the oldest fixture, a card, a volatile file, both carriers.
    Read only.
    """
    old, folder = ROOT / "tests/fixtures/bundle-schema-1", tmp_path_factory.mktemp("small") / "l0"
    shutil.copytree(old / "onnx", folder / "onnx")
    (folder / "CARD.md").write_text("# l0\n\nA card.\n")
    (folder / "tool.json").write_text('{"a": 1, "b": 2}')
    fields = json.loads((old / MANIFEST).read_text())
    fields["artifacts"] = [artifact for artifact in fields["artifacts"] if artifact["format"] == "onnx"]
    fields["files"] = [entry for entry in fields["files"] if entry["path"].startswith("onnx/")]
    for name, sha256 in (("CARD.md", digest), ("tool.json", json_digest)):
        path = folder / name
        entry = {"path": name, "sha256": sha256(path), "bytes": path.stat().st_size, "volatile": sha256 is json_digest}
        fields["files"].append(entry)
    fields.update(goldens=[], carriers=["exact", "jpeg"])
    (folder / MANIFEST).write_text(json.dumps(fields))
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty but for a home, away from any bundle of this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for variable in ("UNFILTER_BUNDLES", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


@pytest.fixture
def refused(capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command that must exit 2, and gives the one line that it says."""

    def run(*arguments: object) -> str:
        assert main([str(argument) for argument in arguments]) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert err.startswith("unfilter: ")
        assert err.count("\n") == 1
        return err

    return run


@pytest.fixture(scope="session")
def edit_manifest() -> EditManifest:
    """Changes the fields of a manifest in place."""

    def edit(folder: Path, change: Callable[[Fields], Any]) -> None:
        fields = json.loads((folder / MANIFEST).read_text())
        change(fields)
        (folder / MANIFEST).write_text(json.dumps(fields))

    return edit


@pytest.fixture(scope="session")
def jpeg_bundle(shipped_bundle: Path, tmp_path_factory: pytest.TempPathFactory, edit_manifest: EditManifest) -> Path:
    """The shipped bundle as if its filter had been trained for JPEG too. Read only."""
    folder = tmp_path_factory.mktemp("jpeg") / "l0"
    shutil.copytree(shipped_bundle, folder)
    edit_manifest(folder, lambda fields: fields.update(carriers=["exact", "jpeg"]))
    return folder


@pytest.fixture(scope="session")
def flip_byte() -> Callable[[Path], None]:
    """Changes the middle byte of a file."""

    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)

    return flip


@pytest.fixture(scope="session")
def lean_bundle(shipped_bundle: Path, tmp_path_factory: pytest.TempPathFactory, edit_manifest: EditManifest) -> Path:
    """The shipped bundle with the smallest of its goldens alone, for tests of what is around the measuring. Read only."""
    folder = tmp_path_factory.mktemp("lean") / "l0"
    shutil.copytree(shipped_bundle, folder)
    edit_manifest(folder, keep_smallest_golden)
    return folder


def keep_smallest_golden(fields: Fields) -> None:
    """Leave a manifest the golden that is measured in a twentieth of the time that all of them take."""
    fields["goldens"] = [golden for golden in fields["goldens"] if golden["name"] == "chelsea"]


@pytest.fixture(params=[2, np.nan], ids=["scaled", "nan"])
def altered_bundle(request: pytest.FixtureRequest, bundle_copy: Path, edit_manifest: EditManifest) -> Path:
    """A bundle with one golden, whose ONNX inverse has other weights, and whose manifest was made to agree with it."""
    onnx = pytest.importorskip("onnx")
    path = bundle_copy / "onnx/inverse.onnx"
    model = onnx.load(path)
    largest = max(
        (t for t in model.graph.initializer if t.data_type == onnx.TensorProto.FLOAT), key=lambda t: len(t.raw_data)
    )
    weights = onnx.numpy_helper.to_array(largest) * np.float32(request.param)
    largest.CopyFrom(onnx.numpy_helper.from_array(weights, largest.name))
    onnx.save(model, path)

    def agree(fields: Fields) -> None:
        (entry,) = (entry for entry in fields["files"] if entry["path"] == "onnx/inverse.onnx")
        entry |= {"sha256": digest(path), "bytes": path.stat().st_size}
        keep_smallest_golden(fields)

    edit_manifest(bundle_copy, agree)
    return bundle_copy


@pytest.fixture(scope="session")
def bound_by_permissions() -> list[str]:
    """Start of a command line that permissions of files bind, as they do not bind root."""
    if not hasattr(os, "geteuid"):
        pytest.skip("Windows has other permissions")
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("as root, needs setpriv (util-linux)")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
