"""Laws: what is installed is whole and found by name; versions that old photos need stay; a kill leaves no half bundle."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unfilter.cli import main
from unfilter.errors import BundleError
from unfilter.find import store
from unfilter.find.archive import pack
from unfilter.find.search_path import bundles, open_bundle
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import MANIFEST

EditManifest = Callable[[Path, Callable[[dict[str, Any]], Any]], None]
Flip = Callable[[Path], None]

pytestmark = pytest.mark.usefixtures("elsewhere")


def installed() -> list[str]:
    """Names of all that stands in the store, hidden or not."""
    return sorted(path.name for path in store.installed().iterdir()) if store.installed().exists() else []


@pytest.fixture(params=["folder", "packed"])
def given(request: pytest.FixtureRequest, small_bundle: Path, tmp_path: Path) -> Path:
    """`small_bundle` in either form."""
    if request.param == "folder":
        return small_bundle
    pack(Bundle(small_bundle), tmp_path / "l0.unfilter")
    return tmp_path / "l0.unfilter"


def test_what_is_installed_is_found_by_name_and_whole(given: Path, small_bundle: Path) -> None:
    bundle, new = store.install(given)
    assert new
    assert installed() == [f"l0-{Bundle(small_bundle).id}"]
    bundle.check()
    assert open_bundle("l0").folder == bundle.folder


def test_installing_the_same_again_changes_nothing_and_says_so(
    given: Path, small_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = store.install(small_bundle)
    inode = (first.folder / MANIFEST).stat().st_ino
    assert main(["install", str(given)]) == 0
    assert "is installed already" in capsys.readouterr().out
    assert (first.folder / MANIFEST).stat().st_ino == inode


def _version(small_bundle: Path, folder: Path, edit_manifest: EditManifest, **fields: object) -> Path:
    shutil.copytree(small_bundle, folder)
    edit_manifest(folder, lambda manifest: manifest.update(fields))
    return folder


def test_another_restoration_id_is_installed_beside_since_old_photos_need_the_old_one(
    small_bundle: Path, tmp_path: Path, edit_manifest: EditManifest
) -> None:
    store.install(small_bundle)
    store.install(_version(small_bundle, tmp_path / "other", edit_manifest, restoration="0" * 64))
    assert len(installed()) == 2


def test_the_same_restoration_id_converted_again_takes_the_place_of_the_old_one(
    small_bundle: Path, tmp_path: Path, edit_manifest: EditManifest
) -> None:
    store.install(small_bundle)
    again = _version(small_bundle, tmp_path / "again", edit_manifest, tools={"onnx": "9"})
    bundle, new = store.install(again)
    assert new
    assert installed() == [bundle.folder.name]
    assert bundle.manifest.tools == {"onnx": "9"}


def test_a_broken_bundle_is_refused_by_the_name_of_its_file_and_nothing_is_installed(
    given: Path, tmp_path: Path, flip_byte: Flip, refused: Callable[..., str]
) -> None:
    broken = tmp_path / ("broken" + given.suffix)
    if given.is_dir():
        shutil.copytree(given, broken)
        flip_byte(broken / "onnx/inverse.onnx")
    else:
        content = bytearray(given.read_bytes())
        content[-300_000] ^= 0xFF  # in the last large file
        broken.write_bytes(content)
    assert str(broken) in refused("install", broken)
    assert installed() == []


def test_a_whole_archive_of_other_files_than_its_manifest_says_is_refused(
    small_bundle: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    pack(Bundle(small_bundle), tmp_path / "good.unfilter")
    sha256 = Bundle(small_bundle).manifest.files[0].sha256.encode()
    with zipfile.ZipFile(tmp_path / "bad.unfilter", "w") as bad, zipfile.ZipFile(tmp_path / "good.unfilter") as good:
        for name in good.namelist():
            bad.writestr(name, good.read(name).replace(sha256, b"0" * 64))
    assert f"{tmp_path / 'bad.unfilter'}/onnx" in refused("install", tmp_path / "bad.unfilter")
    assert installed() == []


def test_a_damaged_installed_bundle_is_mended(small_bundle: Path, flip_byte: Flip) -> None:
    bundle, _ = store.install(small_bundle)
    flip_byte(bundle.folder / "onnx/inverse.onnx")
    assert store.install(small_bundle)[1]
    bundle.check()


@pytest.mark.parametrize("given", ["absent", "absent.unfilter", "photo.png"])
def test_what_is_no_bundle_is_refused_in_one_line(given: str, refused: Callable[..., str]) -> None:
    Path("photo.png").write_bytes(b"\x89PNG\r\n")
    assert given in refused("install", given)


def test_a_store_that_cannot_be_written_is_told(small_bundle: Path) -> None:
    store.installed().parent.mkdir(parents=True)
    store.installed().touch()
    with pytest.raises(BundleError, match="cannot be copied to"):
        store.install(small_bundle)


def test_only_what_the_manifest_lists_is_installed(small_bundle: Path, tmp_path: Path) -> None:
    shutil.copytree(small_bundle, tmp_path / "l0")
    (tmp_path / "l0/extra.txt").touch()
    bundle, _ = store.install(tmp_path / "l0")
    assert not (bundle.folder / "extra.txt").exists()


def test_uninstall_removes_one_and_says_what_is_lost(
    small_bundle: Path, refused: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    store.install(small_bundle)
    assert main(["uninstall", "l0"]) == 0
    assert "photos that it filtered need it" in capfd.readouterr().out
    assert installed() == []
    assert "none is there" in refused("uninstall", "l0")


def test_uninstall_leaves_what_was_not_installed(small_bundle: Path, refused: Callable[..., str]) -> None:
    shutil.copytree(small_bundle, "build/bundles/l0")
    assert "no filter of that name" in refused("uninstall", "l0")
    assert open_bundle("l0").folder == Path("build/bundles/l0")


KILLED = """
import os, sys
from pathlib import Path
from unfilter.format import bundle
from unfilter.find import store

count = int(sys.argv[2])
copy, write = bundle.shutil.copyfile, Path.write_bytes

def count_down(target):
    global count
    count -= 1
    if count < 0:
        write(Path(target), b"half")
        os.kill(os.getpid(), 9)

def copyfile(source, target):
    count_down(target)
    return copy(source, target)

def write_bytes(target, content):
    count_down(target)
    return write(target, content)

bundle.shutil.copyfile, Path.write_bytes = copyfile, write_bytes
store.install(Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
@pytest.mark.parametrize("files", [0, 2, 4])
def test_a_kill_while_installing_leaves_nothing_that_is_found_and_the_next_install_clears_it(
    small_bundle: Path, files: int
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, small_bundle, str(files)], check=False)
    assert killed.returncode == -9
    assert [name.startswith(".") for name in installed()] == [True]
    assert list(bundles()) == []
    bundle, new = store.install(small_bundle)
    assert new
    assert installed() == [bundle.folder.name]


def test_the_list_has_what_an_app_asks_for(
    small_bundle: Path, edit_manifest: EditManifest, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["filters"]) == 0
    assert "add one with `unfilter install BUNDLE`" in capsys.readouterr().out
    research = _version(small_bundle, Path("build/bundles/scream"), edit_manifest, filter="scream", restoration="1" * 64)
    edit_manifest(research, lambda fields: fields.update(research_only="weights of a\nstyle network"))
    bundle, _ = store.install(small_bundle)
    Path("build/bundles/broken").mkdir()
    Path("build/bundles/broken", MANIFEST).write_text("{")
    assert main(["filters"]) == 0
    out, err = capsys.readouterr()
    scream, l0 = out.split("\n\n")
    assert "for research only: weights of a style network" in scream
    assert "for research only" not in l0
    for part in (bundle.name, bundle.id, "1.1 MB", "exact, jpeg", "onnx fp32", str(bundle.card)):
        assert part in l0
    assert err.count("\n") == 1
    assert "broken" in err
    assert main(["filters", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["filter"] for one in listed] == ["scream", "l0"]
    assert listed[1]["runtimes"] == {"onnx": ["fp32"]}
    assert listed[1]["restoration"] == bundle.manifest.restoration
    assert listed[0]["research_only"]


def test_a_card_is_printed_without_what_a_terminal_would_obey(
    small_bundle: Path, tmp_path: Path, edit_manifest: EditManifest, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(small_bundle, tmp_path / "l0")
    (tmp_path / "l0/CARD.md").write_text("# l0\n\x1b[2Jgone\n")
    assert main(["card", str(tmp_path / "l0")]) == 0
    assert capsys.readouterr().out == "# l0\n[2Jgone\n"


def test_pack_and_install_from_the_command_line(small_bundle: Path, refused: Callable[..., str]) -> None:
    assert "*.unfilter" in refused("pack", small_bundle, "l0.zip")
    assert "absent" in refused("pack", small_bundle, "absent/l0.unfilter")
    assert main(["pack", str(small_bundle)]) == 0
    assert main(["install", "l0.unfilter"]) == 0
    assert main(["pack", "l0", "again.unfilter"]) == 0
    assert Path("again.unfilter").read_bytes() == Path("l0.unfilter").read_bytes()
    assert os.listdir(store.installed()) == [f"l0-{Bundle(small_bundle).id}"]
