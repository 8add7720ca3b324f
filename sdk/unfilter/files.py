"""Writing files and folders so that nothing half-written ever stands under a final name (R21 of
sdk/format/RULES.md).

Until it is complete, what is written stands hidden beside its final name, as `.NAME.unfilter-XXXXXXXXXXXX.SUFFIX`, locked by
the process that writes it. One that is killed leaves it there; `remove_leftovers` clears away what nobody holds any more.
"""

import ctypes
import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_AT_FDCWD = -100
_RENAME_EXCHANGE = _RENAME_SWAP = 2
_LEFTOVER = re.compile(r"\..*\.unfilter-[0-9a-f]{12}(?:\.[^.]{1,9})?", re.DOTALL)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` to write to; renamed to `path` on success, removed on failure.

    Raises:
        FileNotFoundError: the folder of `path` does not exist.
    """
    # Not tempfile, whose files are private: a saved photo should be as readable as the umask says.
    with _held(path, path.suffix[:10], _make_file) as temporary:
        try:
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
    with _held(path, "", Path.mkdir) as temporary:
        try:
            yield temporary
            temporary.rename(path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """The same, but what stands at `path` is replaced: at every moment the old folder stands there whole, or the new one.

    Where the system cannot exchange two folders (Windows, some network file systems) there is a moment between two renames
    in which the old one stands hidden beside `path`.

    Raises:
        FileNotFoundError: the folder of `path` does not exist.
    """
    with _held(path, "", Path.mkdir) as temporary:
        try:
            yield temporary
            if not os.path.lexists(path):
                temporary.rename(path)
            elif not exchange(temporary, path):
                remove_folder(path, before_removal=lambda: temporary.rename(path))
        finally:
            _remove(temporary)


def remove_folder(path: Path, before_removal: Callable[[], object] = lambda: None) -> None:
    """Remove a folder that others may be looking at: under its own name it is there, whole, or not."""
    aside = _beside(path, "")
    path.rename(aside)
    try:
        before_removal()
    except OSError:
        aside.rename(path)
        raise
    _remove(aside)


def exchange(first: Path, second: Path) -> bool:
    """Give each of two paths, which both exist, the content of the other, with no moment in between.

    Source: renameat2(2) of Linux, renamex_np(2) of macOS.

    Returns:
        False, with nothing changed, where the system or the file system cannot do that.

    Raises:
        OSError: a path is missing, or may not be renamed.
    """
    names = os.fsencode(first), os.fsencode(second)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            code = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE))
        elif sys.platform == "darwin":
            code = library.renamex_np(names[0], names[1], ctypes.c_uint(_RENAME_SWAP))
        else:
            return False
    except (AttributeError, TypeError):  # a C library without it
        return False
    if code == 0:
        return True
    error = ctypes.get_errno()
    if error in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
        return False
    raise OSError(error, os.strerror(error), str(first), None, str(second))


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
            _remove(path)
        finally:
            os.close(descriptor)


def _beside(path: Path, suffix: str) -> Path:
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: the folder {path.parent} does not exist; create it first")
    return path.parent / f".{path.stem[:40]}.unfilter-{secrets.token_hex(6)}{suffix}"


def _remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _make_file(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))


@contextmanager
def _held(path: Path, suffix: str, make: Callable[[Path], object]) -> Iterator[Path]:
    """A new file or folder beside `path`, locked until the end. Windows renames nothing that is open: there it is not."""
    if sys.platform == "win32":
        temporary = _beside(path, suffix)
        make(temporary)
        yield temporary
        return
    while True:
        temporary = _beside(path, suffix)
        make(temporary)
        try:
            descriptor = os.open(temporary, os.O_RDONLY)
        except FileNotFoundError:
            continue  # taken for a leftover before it was locked
        with suppress(OSError):  # a file system without locks, where nothing is cleared away either
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if temporary.exists():
            break
        os.close(descriptor)
    try:
        yield temporary
    finally:
        os.close(descriptor)
