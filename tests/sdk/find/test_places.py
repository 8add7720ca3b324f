"""Laws: what is kept for a user stands where the platform says; without a home, or in one that is read-only, everything that
needs none still works, and what needs one says so in a line.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from unfilter.errors import BundleError
from unfilter.find import store
from unfilter.find.archive import pack
from unfilter.find.search_path import folders, open_bundle
from unfilter.format.bundle import Bundle

pytestmark = pytest.mark.usefixtures("elsewhere")

RUN = "import sys; from unfilter.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def fresh_temporary_folder() -> Iterator[None]:
    store._until_the_end.cache_clear()
    yield
    store._until_the_end.cache_clear()


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is Linux's")
def test_xdg_names_both_folders(small_bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    installed, _ = store.install(small_bundle)
    assert installed.folder.is_relative_to(tmp_path / "data/unfilter/bundles")
    assert open_bundle("l0").folder == installed.folder
    pack(Bundle(small_bundle), tmp_path / "l0.unfilter")
    assert open_bundle(tmp_path / "l0.unfilter").folder.is_relative_to(tmp_path / "cache/unfilter/bundles")
    assert not Path("home").exists()


@pytest.mark.parametrize("relative", ["data", "~/data", ""])
def test_a_relative_folder_of_xdg_is_never_written_to(
    relative: str, small_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The specification calls it invalid: it would be another folder wherever the command runs."""
    monkeypatch.setenv("XDG_DATA_HOME", relative)
    with suppress(BundleError):  # older platformdirs take it as it is, and then it is refused
        store.install(small_bundle)
    assert set(os.listdir()) <= {"home"}


def test_what_an_older_version_installed_elsewhere_is_found(
    small_bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store.keep(small_bundle, Path("home/.local/share/unfilter/bundles"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert open_bundle("l0").folder.is_relative_to(tmp_path / "home/.local/share/unfilter/bundles")


@pytest.fixture
def homeless(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whom the system knows nothing of, as in a container that was started for a number."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", _unknown)


def _unknown(number: int) -> object:
    raise KeyError(number)


@pytest.mark.skipif(sys.platform == "win32", reason="homes of Windows come from elsewhere")
@pytest.mark.usefixtures("homeless", "fresh_temporary_folder")
def test_without_a_home_only_what_needs_one_is_refused(small_bundle: Path, refused: Callable[..., str]) -> None:
    assert folders() == [Path("build/bundles")]
    assert Bundle(small_bundle).id == open_bundle(small_bundle).id
    pack(Bundle(small_bundle), Path("l0.unfilter"))
    opened = open_bundle("l0.unfilter")
    opened.check()
    for command in (("install", small_bundle), ("uninstall", "l0")):
        assert "this user has no home folder; set HOME, or XDG_DATA_HOME" in refused(*command)
    assert os.listdir() == ["l0.unfilter"]  # no folder that is called ~


@pytest.mark.parametrize("home", ["absent", "read only"])
def test_a_user_without_a_usable_home_filters_and_restores(
    home: str, shipped_bundle: Path, golden_photos: Path, bound_by_permissions: list[str]
) -> None:
    Path("home").mkdir(mode=0o555)
    environment = os.environ | {"HOME": str(Path("home").resolve() / ("below" if home == "absent" else ""))}
    pack(Bundle(shipped_bundle), Path("l0.unfilter"))

    def run(*arguments: str) -> None:
        subprocess.run([*bound_by_permissions, sys.executable, "-c", RUN, *arguments], check=True, env=environment)

    run("apply", "--runtime", "onnx", "--filter", "l0.unfilter", str(golden_photos / "chelsea.webp"), "f.png")
    run("restore", "--runtime", "onnx", "--filter", "l0.unfilter", "f.png", "r.png")
    assert Path("r.png").exists()
    assert os.listdir("home") == []


@pytest.mark.usefixtures("fresh_temporary_folder")
def test_the_temporary_folder_is_removed_when_the_process_ends(small_bundle: Path, tmp_path: Path) -> None:
    pack(Bundle(small_bundle), Path("l0.unfilter"))
    Path("home").touch()  # a file stands where the home should be
    script = "import sys; from unfilter.find.search_path import open_bundle; print(open_bundle(sys.argv[1]).folder)"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    result = subprocess.run(
        [sys.executable, "-c", script, "l0.unfilter"],
        check=True, capture_output=True, text=True, env=os.environ | {"TMPDIR": str(temporary)},
    )  # fmt: skip
    assert Path(result.stdout.strip()).is_relative_to(temporary)
    assert list(temporary.iterdir()) == []


def test_windows_keeps_them_below_localappdata(monkeypatch: pytest.MonkeyPatch) -> None:
    """By platformdirs' own rules for Windows, run here with what its environment would say; never run on Windows."""
    windows = pytest.importorskip("platformdirs.windows")
    monkeypatch.setattr(store, "PlatformDirs", windows.Windows)
    monkeypatch.setattr(windows, "get_win_folder", windows.get_win_folder_from_env_vars)
    monkeypatch.setenv("LOCALAPPDATA", os.path.abspath("D:/local"))
    assert store.installed() == Path("D:/local/unfilter/bundles").absolute()
