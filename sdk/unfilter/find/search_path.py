"""Where bundles are looked for: by `restore`, which knows a restoration id, and by `Filter.open`, which is given a name.

Folders first, then packed bundles of installed packages (`unfilter.find.packages`), which are unpacked when asked for.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from unfilter.errors import BundleError, PhotoError, did_you_mean
from unfilter.find import signing, store
from unfilter.find.archive import Archive, is_archive
from unfilter.find.packages import packed
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import MANIFEST, SHOWN
from unfilter.format.tag import refuse_later
from unfilter.photo import Tag

VARIABLE = "UNFILTER_BUNDLES"
"""Environment variable: folders that hold bundles, separated like PATH."""

_NAME = re.compile(r"[a-z0-9_]{1,64}(?:@[0-9a-f]{1,64})?")
_LIKE_A_NAME = re.compile(r"[\w-]{1,64}(?:@\w{1,64})?")
"""What may have been meant as one, such as `L0` or `llf-variable`: no separator, no suffix."""


def folders() -> list[Path]:
    """Folders that are searched, in order: those of the environment variable, `build/bundles`, the user's data folder, where
    there is one.
    """
    found = [Path(part) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    found.append(Path("build/bundles"))
    with suppress(BundleError):  # no home folder: nothing is installed there
        found.append(store.installed())
    if formerly := store.installed_formerly():
        found.append(formerly)
    return found


def bundles(
    within: Sequence[Path] | None = None, broken: Callable[[BundleError], object] = lambda _: None
) -> Iterator[Bundle]:
    """Every readable bundle of the search path, or of the folders `within`; `broken` is told of one that is passed over."""
    for folder in folders() if within is None else within:
        for manifest in sorted(folder.glob(f"*/{MANIFEST}")):
            if manifest.parent.name.startswith("."):
                continue  # half-written
            try:
                yield Bundle(manifest.parent)
            except BundleError as error:
                broken(error)


def installed(broken: Callable[[BundleError], object] = lambda _: None) -> list[Bundle]:
    """The first bundle of each restoration id, unpacked where it is packed, in the order of the search path; `broken` is
    told of one that is passed over, or that is not signed by the key that the environment demands.
    """
    everywhere: list[Bundle | Archive] = [*bundles(broken=broken), *packed(broken)]
    firsts: dict[str, Bundle | Archive] = {}
    for bundle in everywhere:
        firsts.setdefault(bundle.manifest.restoration, bundle)
    trusted = []
    for bundle in firsts.values():
        try:
            trusted.append(_trusted(_unpacked(bundle)))
        except BundleError as error:
            broken(error)
    return trusted


def find_bundle(source: Path | str, tag: Tag | None) -> Bundle:
    """The bundle whose restoration id the tag of `source` names.

    Raises:
        PhotoError: no tag, one of a later unfilter that this one cannot restore by, or no such bundle in the search path.
        BundleError: it is not signed by the key that the environment demands.
    """
    if tag is None:
        raise PhotoError(
            f"{source}: carries no unfilter tag; if a filter made it, name that (--filter, in Python Filter.open)"
        )
    refuse_later(source, tag)
    broken: list[BundleError] = []
    everywhere: list[Bundle | Archive] = [*bundles(broken=broken.append), *packed(broken.append)]
    for bundle in everywhere:
        if bundle.manifest.restoration == tag.restoration:
            return _trusted(_unpacked(bundle))
    raise PhotoError(
        f"{source}: no bundle of filter {tag.filter} with restoration id {tag.restoration[:SHOWN]} in {_searched()}"
        f"{_passed_over(broken)}; name it (--filter, in Python Filter.open) or set {VARIABLE}"
    )


def open_bundle(named: str | Path, public_key: Path | None = None) -> Bundle:
    """The bundle that a user names: a path to a folder or a packed bundle, or a filter's name in the search path.

    A packed one is unpacked to a cache first. A name is `l0`, or `l0@13b9` where there are several filters of that name; a
    `Path`, and text with a separator or a suffix in it, is never a name. With a `public_key` (a PEM file), or one demanded
    by the environment (`unfilter.find.signing`), only a bundle that it signed is opened.

    Raises:
        BundleError: no bundle there, a broken or hostile one; no filter of that name, or several; not signed as demanded.
    """
    path = Path(named)
    if isinstance(named, str) and is_name(named) and not (path / MANIFEST).is_file():
        found = by_name(named)
    elif isinstance(named, str) and _LIKE_A_NAME.fullmatch(named) and not path.exists():
        found = by_name(named)  # which says what there is
    elif is_archive(path):
        found = store.keep(path, store.unpacked(), public_key)[0]
    else:
        found = Bundle(path)
    return _trusted(found, public_key)


def _trusted(bundle: Bundle, public_key: Path | None = None) -> Bundle:
    if key := public_key or signing.demanded():
        signing.check(bundle, key, bundle.folder)
    return bundle


def is_name(text: str) -> bool:
    """Whether `text` could be a filter's name, such as `l0` or `l0@13b9`."""
    return _NAME.fullmatch(text) is not None


def by_name(name: str, within: Sequence[Path] | None = None) -> Bundle:
    """The first bundle that is called so, in the search path or the folders `within`; see `open_bundle`.

    Raises:
        BundleError: none or several, in one line that says what there is.
    """
    found: dict[str, Bundle | Archive] = {}  # by restoration id: the first of the path stands for others of the same
    broken: list[BundleError] = []
    packages = packed(broken.append) if within is None else ()
    for bundle in (*bundles(within, broken.append), *packages):
        found.setdefault(bundle.manifest.restoration, bundle)
    wanted, _, start = name.partition("@")
    matching = [
        one for one in found.values() if one.manifest.filter == wanted and one.manifest.restoration.startswith(start)
    ]
    if len(matching) == 1:
        return _unpacked(matching[0])
    if matching:
        there = ", ".join(f"{one.name} ({_place(one)})" for one in matching)
        raise BundleError(f"{name}: is ambiguous, there are {there}; name one of them")
    known = sorted(one.name if one.manifest.filter == wanted else one.manifest.filter for one in found.values())
    hint = did_you_mean(wanted, known)
    raise BundleError(
        f"{name}: no bundle folder, and no filter of that name in {_searched(within)}{_passed_over(broken)}; {hint}"
        + (f"there are {', '.join(dict.fromkeys(known))}" if known else "none is there: add one with `unfilter install`")
    )


def _unpacked(bundle: Bundle | Archive) -> Bundle:
    return bundle if isinstance(bundle, Bundle) else store.keep(bundle.path, store.unpacked())[0]


def _place(bundle: Bundle | Archive) -> Path:
    return bundle.folder if isinstance(bundle, Bundle) else bundle.path


def _passed_over(broken: Sequence[BundleError]) -> str:
    """What a message adds where what is looked for may be a bundle that cannot be read."""
    if not broken:
        return ""
    more = f" and {len(broken) - 1} more, see `unfilter filters`" if len(broken) > 1 else ""
    return f" (a broken bundle was passed over: {broken[0]}{more})"


def _searched(within: Sequence[Path] | None = None) -> str:
    return ", ".join(str(folder) for folder in (folders() if within is None else within))
