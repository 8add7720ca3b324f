"""Which photos a command line means, and where the result of each belongs."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import get_args

from unfilter.errors import PhotoError
from unfilter.photo.kinds import kind_of
from unfilter.photo.photo import Kind

_JPEG = (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi", ".pjpeg", ".pjp", ".mpo")
SUFFIXES = frozenset((*_JPEG, ".png", ".heic", ".heif", ".hif", ".webp", ".avif", ".tif", ".tiff"))
"""Of the files in a folder that are taken, whatever they hold; others are taken if they hold a photo. One that is named is
taken in any case.
"""


def photos(
    inputs: Iterable[Path],
    out: Path | None,
    refuse: Callable[[PhotoError], object],
    pass_over: Callable[[Path], object] = lambda _: None,
) -> dict[Path, Path]:
    """The photos that `inputs` name, each with its place in the tree of results, folder by folder, in order of names.

    Folders are searched with all that is below them, but for `out`, what is hidden (its name begins with a dot) and links to
    folders. A photo that is named twice is taken once. `refuse` is told of what cannot be looked at, `pass_over` of files in
    folders that are no photos.

    Raises:
        PhotoError: `out` is one of the inputs, so that results would stand among the photos.
    """
    places: dict[Path, Path] = {}
    for path in inputs:
        try:
            is_folder = path.is_dir()
        except OSError as error:  # a name that is too long, or below a folder that may not be entered
            refuse(PhotoError(f"{path}: cannot be looked at ({error.strerror})"))
            continue
        if not is_folder:
            places.setdefault(path, Path(path.name))
            continue
        if out is not None and out.exists() and path.samefile(out):
            raise PhotoError(
                f"{out}: is the folder of the photos, where results would be taken for photos; name another one"
            )
        for found in _below(path, out, refuse, pass_over):
            places.setdefault(found, found.relative_to(path))
    unique: dict[str, Path] = {}
    for path in places:
        unique.setdefault(os.path.realpath(path), path)
    return {path: places[path] for path in unique.values()}


def targets(places: Mapping[Path, Path], out: Path, suffix: str, refuse: Callable[[PhotoError], object]) -> dict[Path, Path]:
    """The file to write for each photo: its place below `out` with another suffix.

    Photos whose names differ by their suffix alone keep it, as in `IMG_1.heic.png` beside `IMG_1.jpg.png`. `refuse` is told
    of one whose place is another's, as of `b/IMG_1.jpg` where folders `a` and `b` are given and both have it.
    """

    def key(path: Path) -> str:
        return str(path).casefold()  # as file systems see it that do not tell A from a

    counts = Counter(key(place.with_suffix(suffix)) for place in places.values())
    files: dict[Path, Path] = {}
    first: dict[str, Path] = {}
    for photo, place in places.items():
        alone = counts[key(place.with_suffix(suffix))] == 1
        target = out / (place.with_suffix(suffix) if alone else place.with_name(place.name + suffix))
        if (other := first.setdefault(key(target), photo)) is photo:
            files[photo] = target
        else:
            refuse(PhotoError(f"{photo}: belongs to {target}, as {other} does; do one of them into another folder"))
    return files


def _below(
    folder: Path, out: Path | None, refuse: Callable[[PhotoError], object], pass_over: Callable[[Path], object]
) -> list[Path]:
    def unreadable(error: OSError) -> None:
        refuse(PhotoError(f"{error.filename}: cannot be read ({error.strerror})"))

    found: list[Path] = []
    for name, folders, files in os.walk(folder, onerror=unreadable):
        here = Path(name)
        folders[:] = sorted(each for each in folders if not each.startswith(".") and not _is(here / each, out))
        for path in (here / each for each in sorted(files) if not each.startswith(".")):
            found.append(path) if _looks_like_a_photo(path) else pass_over(path)
    return found


def _looks_like_a_photo(path: Path) -> bool:
    """By its suffix, or by its first bytes. Raw files of cameras begin as TIFF does, and are none."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        if not path.is_file():
            return False  # a pipe, say, which nobody may ever write to
        with path.open("rb") as file:
            kind = kind_of(file)
    except OSError:
        return False
    return kind in get_args(Kind) and (kind != "tiff" or not path.suffix)


def _is(path: Path, out: Path | None) -> bool:
    return out is not None and out.exists() and path.exists() and path.samefile(out)
