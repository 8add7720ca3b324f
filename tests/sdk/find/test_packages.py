"""Laws: packed bundles of packages are found by name and by tag, after all folders, and unpacked when asked for."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unfilter.cli import main
from unfilter.errors import BundleError
from unfilter.find import store
from unfilter.find.archive import pack
from unfilter.find.packages import GROUP, packed
from unfilter.find.search_path import find_bundle, open_bundle
from unfilter.format.bundle import Bundle
from unfilter.photo import Tag

pytestmark = pytest.mark.usefixtures("elsewhere")
EditManifest = Callable[[Path, Callable[[dict[str, Any]], Any]], None]


@pytest.fixture
def install_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Installs a package as pip does: a module and its metadata on the import path. Returns its folder of bundles."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(site)

    def install(name: str, value: str = "{name}:BUNDLES") -> Path:
        folder = site / name / "bundles"
        folder.mkdir(parents=True)
        module = "from pathlib import Path\n\nBUNDLES = Path(__file__).parent / 'bundles'\n"
        (site / name / "__init__.py").write_text(module)
        metadata = site / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {value.format(name=name)}\n")
        monkeypatch.delitem(sys.modules, name, raising=False)
        return folder

    return install


@pytest.fixture
def packed_l0(install_package: Callable[..., Path], small_bundle: Path) -> Path:
    path = install_package("some_filters") / "l0.unfilter"
    pack(Bundle(small_bundle), path)
    return path


def test_found_by_name_and_by_tag_and_unpacked_but_then(packed_l0: Path, small_bundle: Path) -> None:
    (archive,) = packed()
    assert archive.path == packed_l0
    assert (archive.name, archive.size) == (Bundle(small_bundle).name, Bundle(small_bundle).size)
    assert not any(store.unpacked().iterdir())
    opened = open_bundle("l0")
    opened.check()
    assert opened.folder.parent == store.unpacked()
    tag = Tag(filter="l0", restoration=opened.manifest.restoration, codec="png")
    assert find_bundle(Path("filtered.png"), tag).folder == opened.folder


def test_what_is_installed_by_the_user_goes_first(packed_l0: Path, small_bundle: Path) -> None:
    bundle, _ = store.install(small_bundle)
    assert open_bundle("l0").folder == bundle.folder


def test_another_training_of_one_name_is_ambiguous_and_both_are_named(
    packed_l0: Path, small_bundle: Path, edit_manifest: EditManifest
) -> None:
    bundle, _ = store.install(small_bundle)
    edit_manifest(bundle.folder, lambda fields: fields.update(restoration="1" * 64))
    with pytest.raises(BundleError, match="is ambiguous") as refusal:
        open_bundle("l0")
    assert str(packed_l0) in str(refusal.value)
    assert str(bundle.folder) in str(refusal.value)


def test_the_list_shows_what_a_package_brings(packed_l0: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["filters"]) == 0
    shown = capsys.readouterr().out
    assert str(packed_l0) in shown
    assert "unfilter card l0" in shown
    assert main(["filters", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["filter"], listed["folder"], listed["card"]) == ("l0", str(packed_l0), None)
    assert not any(store.unpacked().iterdir())


def test_a_broken_package_and_a_broken_file_are_passed_over_and_said(
    packed_l0: Path, install_package: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    install_package("a_broken_package", "no_such_module:BUNDLES")
    (packed_l0.parent / "a.unfilter").write_bytes(b"no zip")
    told: list[BundleError] = []
    assert [archive.path for archive in packed(told.append)] == [packed_l0]
    first, second = map(str, told)
    assert "no_such_module" in first
    assert "a.unfilter" in second
    assert main(["filters"]) == 0
    assert capsys.readouterr().err.count("\n") == 2
