"""Writing files and folders so that nothing half-written ever stands under a final name.

Until it is complete, what is written stands hidden beside its final name, as `.NAME.unfilter-XXXXXXXXXXXX.SUFFIX`, locked by
the process that writes it. One that is killed leaves it there; `remove_leftovers` clears away what nobody holds any more.
"""

import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_LEFTOVER = re.compile(r"\..*\.unfilter-[0-9a-f]{12}(?:\.[^.]{1,9})?", re.DOTALL)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` to write to; renamed to `path` on success, removed on failure.

    Raises:
        FileNotFoundError: the folder of `path` does not exist.
    """
    # Not tempfile, whose files are private: a saved photo should be as readable as the umask says.
    temporary = _beside(path, path.suffix[:10])
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    try:
        with _held(descriptor):
            yield temporary
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path` to fill; renamed to `path` on success, removed on failure.

    Raises:
        FileNotFoundError: the folder of `path` does not exist.
        OSError: `path` exists by then.
    """
    temporary = _beside(path, "")
    temporary.mkdir()
    try:
        with _held(None if sys.platform == "win32" else os.open(temporary, os.O_RDONLY)):
            yield temporary
            temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def remove_folder(path: Path) -> None:
    """Remove a folder that others may be looking at: under its own name it is there, whole, or not."""
    aside = _beside(path, "")
    path.rename(aside)
    shutil.rmtree(aside)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left half-written in `folder`. On Windows it stays, hidden, and is never looked at."""
    if sys.platform == "win32":
        return
    for path in folder.iterdir():
        if not _LEFTOVER.fullmatch(path.name):
            continue
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue  # gone meanwhile, or nothing of ours
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # being written, or on a file system without locks
        else:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _beside(path: Path, suffix: str) -> Path:
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: the folder {path.parent} does not exist; create it first")
    return path.parent / f".{path.stem[:40]}.unfilter-{secrets.token_hex(6)}{suffix}"


@contextmanager
def _held(descriptor: int | None) -> Iterator[None]:
    """Hold the lock of an open file or folder until the end. Windows renames nothing that is open: there it is closed."""
    if descriptor is None:
        yield
    elif sys.platform == "win32":
        os.close(descriptor)
        yield
    else:
        try:
            with suppress(OSError):  # a file system without locks, where nothing is cleared away either
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(descriptor)
