"""Folders of ours that bundles are copied into: those that are installed, and those unpacked from a packed one.

A bundle's folder is named `FILTER-ID` after the filter and the bundle's id, so that its content never changes: it is there,
whole, or not. Bundles of one filter stand beside each other where their restoration ids differ, since photos filtered with
the older one need it; of one restoration id there is one, and what is installed anew takes its place.
"""

from pathlib import Path

from unfilter.errors import BundleError
from unfilter.files import new_folder, remove_folder, remove_leftovers
from unfilter.find import signing
from unfilter.find.archive import Archive, is_archive
from unfilter.format.bundle import Bundle


def installed() -> Path:
    """The folder of the bundles that the user installed; the last of the search path."""
    return Path.home() / ".local/share/unfilter/bundles"


def unpacked() -> Path:
    """The folder of the packed bundles that were opened; all in it can be removed at any time."""
    return Path.home() / ".cache/unfilter/bundles"


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
