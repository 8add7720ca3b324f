"""Looking into a folder: what matches, what it holds, where in it the photos lie."""

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from unfilter.errors import UnfilterError

DEPTH = 3
"""How far below a folder photos are looked for, to name the right folder: `raw_photos/HQa1to700/photos` is three deep."""


def matching(folder: Path, patterns: Iterable[str], suffixes: Collection[str]) -> list[Path]:
    """Files of `folder` with one of `suffixes` (lower case; the files' may be upper) that match a glob pattern, sorted.

    Raises:
        UnfilterError: `folder` is no folder or cannot be listed, or a pattern is none.
    """
    if folder.is_file():
        raise UnfilterError(f"{folder}: is a file; name the folder of photos that it lies in")
    if not folder.is_dir():
        raise UnfilterError(f"{folder}: no such folder of photos")
    found = set()
    for pattern in patterns:
        try:
            found |= {path for path in folder.glob(pattern) if path.suffix.lower() in suffixes and path.is_file()}
        except (ValueError, NotImplementedError) as error:  # an empty or an absolute pattern
            raise UnfilterError(f"{folder}: {pattern!r} is no pattern of file names in it ({error})") from None
        except OSError as error:
            raise UnfilterError(f"{folder}: cannot be listed ({error.strerror})") from None
    return sorted(found)


def contents(folder: Path) -> str:
    """What `folder` holds, in words for a message: how many files and folders, and one of them by name."""
    found = entries(folder)
    folders = [entry for entry in found if entry.is_dir()]
    files = [entry for entry in found if not entry.is_dir()]
    said = [
        f"{len(some)} {kind}{'s' if len(some) > 1 else ''}, {'such as' if len(some) > 1 else 'called'} {some[0].name}"
        for some, kind in ((files, "file"), (folders, "folder"))
        if some
    ]
    return " and ".join(said) or "nothing"


def folders_with(folder: Path, wanted: Callable[[Path], bool]) -> list[Path]:
    """Folders below `folder`, down to `DEPTH`, that hold a file which is `wanted`, sorted."""
    return sorted(below for below in _below(folder, DEPTH) if any(wanted(entry) for entry in entries(below)))


def _below(folder: Path, depth: int) -> Iterator[Path]:
    for entry in entries(folder):
        if entry.is_dir():
            yield entry
            if depth > 1:
                yield from _below(entry, depth - 1)


def entries(folder: Path) -> list[Path]:
    """Entries of `folder` that are not hidden, sorted; none where it cannot be listed."""
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        return []
