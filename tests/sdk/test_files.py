"""Law: nothing half-written ever stands under a final name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from unfilter import files
from unfilter.files import exchange, new_folder, remove_folder, remove_leftovers, replacing, replacing_folder


def test_the_file_stands_only_after_the_block(tmp_path: Path) -> None:
    target = tmp_path / "photo.png"
    with replacing(target) as temporary:
        temporary.write_bytes(b"new")
        assert temporary.parent == tmp_path  # a rename within one file system is atomic
        assert temporary.suffix == ".png"  # encoders look at it
        assert not target.exists()
        inode = temporary.stat().st_ino
    assert target.read_bytes() == b"new"
    assert target.stat().st_ino == inode  # renamed, not copied
    assert list(tmp_path.iterdir()) == [target]


def _write_half(path: Path, error: type[BaseException]) -> None:
    path.write_bytes(b"half")
    raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("existing", [None, b"old"])
def test_a_failure_leaves_what_was_there_and_nothing_else(
    tmp_path: Path, error: type[BaseException], existing: bytes | None
) -> None:
    target = tmp_path / "photo.png"
    if existing:
        target.write_bytes(existing)
    with pytest.raises(error), replacing(target) as temporary:
        _write_half(temporary, error)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([existing] if existing else [])


def test_an_existing_file_stays_until_it_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "photo.png"
    target.write_bytes(b"old")
    with replacing(target) as temporary:
        temporary.write_bytes(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("existing", [None, b"old"])
def test_a_kill_before_the_rename_leaves_the_final_name_as_it_was(tmp_path: Path, existing: bytes | None) -> None:
    target = tmp_path / "photo.png"
    if existing:
        target.write_bytes(existing)
    program = (
        "import os, pathlib, sys; from unfilter.files import replacing\n"
        "with replacing(pathlib.Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_bytes(b'half'); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", program, target], check=False).returncode == 9
    assert (target.read_bytes() if target.exists() else None) == existing


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_permissions_honour_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        with replacing(tmp_path / "photo.png") as temporary:
            temporary.write_bytes(b"")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert (tmp_path / "photo.png").stat().st_mode & 0o777 == mode


def test_a_missing_folder_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="absent does not exist"), replacing(tmp_path / "absent" / "photo.png"):
        pytest.fail("the block ran")
    assert list(tmp_path.iterdir()) == []


def test_a_name_as_long_as_the_file_system_allows_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("p" * 251 + ".png")
    target.write_bytes(b"old")
    with replacing(target) as temporary:
        temporary.write_bytes(b"new")
    assert target.read_bytes() == b"new"


def test_a_folder_stands_only_after_the_block(tmp_path: Path) -> None:
    with new_folder(tmp_path / "l0") as temporary:
        (temporary / "file").touch()
        assert temporary.parent == tmp_path
        assert not (tmp_path / "l0").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["l0"]
    assert (tmp_path / "l0/file").exists()


def test_a_folder_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "l0") as temporary:
        _write_half(temporary / "file", KeyboardInterrupt)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(params=[True, False], ids=["exchanged", "renamed twice"])
def exchanges(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems that exchange two folders in one step, and those that cannot."""
    if not request.param:
        monkeypatch.setattr(files, "exchange", lambda *_: False)


def _holding(folder: Path, word: str) -> Path:
    folder.mkdir()
    (folder / "file").write_text(word)
    return folder


@pytest.mark.usefixtures("exchanges")
@pytest.mark.parametrize("existing", ["folder", "empty", "file", None])
def test_a_folder_is_replaced_whatever_stood_there_and_nothing_else_is_left(tmp_path: Path, existing: str | None) -> None:
    target = tmp_path / "l0"
    if existing == "folder":
        _holding(target, "old")
    elif existing == "empty":
        target.mkdir()
    elif existing == "file":
        target.write_text("old")
    with replacing_folder(target) as temporary:
        (temporary / "file").write_text("new")
        assert existing != "folder" or (target / "file").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    assert (target / "file").read_text() == "new"


@pytest.mark.usefixtures("exchanges")
def test_a_folder_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    target = _holding(tmp_path / "l0", "old")
    with pytest.raises(KeyboardInterrupt), replacing_folder(target) as temporary:
        _write_half(temporary / "file", KeyboardInterrupt)
    assert list(tmp_path.iterdir()) == [target]
    assert (target / "file").read_text() == "old"


def test_a_new_folder_that_cannot_take_its_name_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "exchange", lambda *_: False)
    target = _holding(tmp_path / "l0", "old")
    with pytest.raises(FileNotFoundError), replacing_folder(target) as temporary:
        temporary.rmdir()
    assert list(tmp_path.iterdir()) == [target]
    assert (target / "file").read_text() == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="two folders cannot be exchanged there")
def test_an_exchange_is_one_step_and_says_what_is_missing(tmp_path: Path) -> None:
    first, second = _holding(tmp_path / "a", "first"), _holding(tmp_path / "b", "second")
    assert exchange(first, second)
    assert [(folder / "file").read_text() for folder in (first, second)] == ["second", "first"]
    with pytest.raises(FileNotFoundError):
        exchange(first, tmp_path / "absent")


REPLACED = """
import os, signal, sys
from pathlib import Path
from unfilter import files

target, moment = Path(sys.argv[1]), sys.argv[2]
kill, exchange = lambda: os.kill(os.getpid(), signal.SIGKILL), files.exchange

def killed(*paths):
    if moment == "before the exchange":
        kill()
    exchange(*paths)
    kill()

files.exchange = killed
with files.replacing_folder(target) as temporary:
    (temporary / "file").write_text("half")
    if moment == "while it is filled":
        kill()
    (temporary / "file").write_text("new")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
@pytest.mark.parametrize(
    ("moment", "stands"),
    [("while it is filled", "old"), ("before the exchange", "old"), ("after the exchange", "new")],
)
def test_a_kill_leaves_a_whole_folder_and_what_lies_beside_it_is_cleared_away(
    tmp_path: Path, moment: str, stands: str
) -> None:
    target = _holding(tmp_path / "l0", "old")
    killed = subprocess.run([sys.executable, "-c", REPLACED, target, moment], check=False)
    assert killed.returncode == -9
    assert (target / "file").read_text() == stands
    assert len(list(tmp_path.iterdir())) == 2
    remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == [target]
    assert (target / "file").read_text() == stands


def test_removing_a_folder_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "l0/inner").mkdir(parents=True)
    remove_folder(tmp_path / "l0")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="leftovers stay there")
def test_leftovers_of_the_dead_are_removed_and_what_is_being_written_or_is_not_ours_stays(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys; from unfilter.files import new_folder, replacing\n"
        "with replacing(pathlib.Path(sys.argv[1], 'dead.png')) as a, new_folder(pathlib.Path(sys.argv[1], 'dead')) as b:\n"
        "    (b / 'file').touch(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path], check=False)
    assert len(list(tmp_path.iterdir())) == 2
    users = [tmp_path / name for name in (".hidden.png", ".photo.unfilter-0123.png", "a.unfilter-0123456789ab.png")]
    for path in users:
        path.touch()
    with replacing(tmp_path / "live.png") as file, new_folder(tmp_path / "live") as folder:
        remove_leftovers(tmp_path)
        assert sorted(tmp_path.iterdir()) == sorted([*users, file, folder])
    os.mkfifo(tmp_path / ".pipe.unfilter-0123456789ab.png")  # opening it must not wait for a writer
    remove_leftovers(tmp_path)
    assert (tmp_path / "live.png").exists()
