"""Folders of ours that bundles are copied into: those that are installed, and those unpacked from a packed one.

A bundle's folder is named `FILTER-ID` after the filter and the bundle's id, so that its content never changes: it is there,
whole, or not. Bundles of one filter stand beside each other where their restoration ids differ, since photos filtered with
the older one need it; of one restoration id there is one, and what is installed anew takes its place.

Both are where the platform keeps such things, below `$XDG_DATA_HOME` and `$XDG_CACHE_HOME`, `%LOCALAPPDATA%` or
`~/Library` (https://platformdirs.readthedocs.io). Neither is asked for by whoever names a bundle's folder.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from platformdirs import PlatformDirs

from unfilter.errors import BundleError
from unfilter.files import new_folder, remove_folder, remove_leftovers
from unfilter.find import signing
from unfilter.find.archive import Archive, is_archive
from unfilter.format.bundle import Bundle


def installed() -> Path:
    """The folder of the bundles that the user installed; the last of the search path.

    Raises:
        BundleError: this user has no home folder, and no variable names another one.
    """
    return _of_the_user("user_data_path", "XDG_DATA_HOME") / "bundles"


def installed_formerly() -> Path | None:
    """Where version 0.1 put them on every system; None where that is `installed()`, or nothing is there."""
    folder = Path(os.path.expanduser("~/.local/share/unfilter/bundles"))
    with suppress(BundleError):
        if folder == installed():
            return None
    return folder if folder.is_absolute() and folder.is_dir() else None


def unpacked() -> Path:
    """The folder of the packed bundles that were opened; all in it can be removed at any time.

    Where there is no home folder, or none that can be written to, it is a temporary one that goes when the process ends.
    """
    try:
        folder = _of_the_user("user_cache_path", "XDG_CACHE_HOME") / "bundles"
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    except (BundleError, OSError):
        pass
    return _until_the_end()


@cache
def _until_the_end() -> Path:
    folder = tempfile.mkdtemp(prefix="unfilter-")
    process = os.getpid()

    def remove() -> None:
        if os.getpid() == process:  # a forked child ends too, and its parent still reads from there
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return Path(folder)


def _of_the_user(kind: str, variable: str) -> Path:
    try:
        path: Path | None = getattr(PlatformDirs("unfilter", appauthor=False), kind)
    except (RuntimeError, KeyError, ValueError, OSError):  # of the systems' ways to name a home, where there is none
        path = None
    if path is None or not path.is_absolute():  # `~` stays as it is where nobody knows whose it is
        raise BundleError(f"this user has no home folder; set HOME, or {variable} to an absolute path")
    return path


def install(source: Path, public_key: Path | None = None) -> tuple[Bundle, bool]:
    """Copy a bundle, folder or packed, to where `Filter.open` finds it by name, every file compared with its manifest.

    Returns:
        The installed bundle, and whether it was not there before.

    Raises:
        BundleError: no bundle, a broken or hostile one, one that is not signed as demanded, or a disk that does not take it;
            what was installed stays as it was.
    """
    bundle, new = keep(source, installed(), public_key)
    for folder in installed().glob(f"{bundle.manifest.filter}-*"):
        other = _opened(folder)
        if other and other.id != bundle.id and other.manifest.restoration == bundle.manifest.restoration:
            remove_folder(folder)
    return bundle, new


def keep(source: Path, folder: Path, public_key: Path | None = None) -> tuple[Bundle, bool]:
    """Copy a bundle, folder or packed, into `folder`, unless it is there; see `install`. `public_key` is as for
    `unfilter.find.search_path.open_bundle`.
    """
    origin = Archive(source) if is_archive(source) else Bundle(source)
    if key := public_key or signing.demanded():
        signing.check(origin, key, source)  # before anything of it is written
    target = folder / f"{origin.manifest.filter}-{origin.id}"
    present = _opened(target)
    if present and present.id == origin.id and present.signature == origin.signature and _whole(present):
        return present, False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder)
        if target.exists():  # damaged since, or signed anew
            remove_folder(target)
        with new_folder(target) as temporary:
            origin.put_into(temporary)
            _check_copy(temporary, source)
    except OSError as error:
        raced = _opened(target)  # by another process, between the look and the copy
        if raced and _whole(raced):
            return raced, False
        raise BundleError(f"{source}: cannot be copied to {folder} ({' '.join(str(error).split())})") from None
    return Bundle(target), True


def _opened(folder: Path) -> Bundle | None:
    try:
        return Bundle(folder)
    except BundleError:
        return None


def _whole(bundle: Bundle) -> bool:
    try:
        bundle.check()
    except BundleError:
        return False
    return True


def _check_copy(copy: Path, source: Path) -> None:
    """Raises BundleError, which names the file in `source`, unless all of it is as the manifest says."""
    try:
        Bundle(copy).check()
    except BundleError as error:
        raise BundleError(str(error).replace(str(copy), str(source))) from None
