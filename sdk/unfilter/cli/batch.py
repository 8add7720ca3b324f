"""Many photos in one run: a bad one does not end it, what is done already is skipped, and a sum stands at the end."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar, get_args

from unfilter.cli.folders import photos, targets
from unfilter.cli.progress import announce, finish
from unfilter.errors import PhotoError, UnfilterError
from unfilter.files import remove_leftovers
from unfilter.photo import Codec, Photo, suffix_of

SOME_FAILED = 3
"""Exit code: at least one of several files failed; the others are done."""

Write: TypeAlias = Callable[[], str]
"""Writes a result, and returns what is to be said of it."""
T = TypeVar("T")


def add_path_arguments(parser: ArgumentParser) -> None:
    """IN OUT, or IN ... `--out` DIR; shared by `apply` and `restore`."""
    parser.usage = f"{parser.prog} [options] IN OUT\n       {parser.prog} [options] IN [IN ...] --out DIR"
    parser.add_argument("paths", metavar="IN", type=Path, nargs="+", help="a file; with --out, files and folders")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="folder for results, where they stand as the photos do in their folders"
    )
    parser.add_argument("--to", choices=get_args(Codec), help="format of results in DIR (png)")


def single(arguments: Namespace) -> tuple[Path, Path] | None:
    """IN and OUT; None where results go to a folder.

    Raises:
        UnfilterError: the arguments say neither.
    """
    if arguments.out is not None:
        return None
    if arguments.to is not None:
        raise UnfilterError("--to is for results in a folder (--out); one result has the format that its suffix names")
    if len(arguments.paths) != 2:
        raise UnfilterError(
            f"{len(arguments.paths)} given where IN and OUT are two; for many photos, name a folder for results with --out"
        )
    source, target = arguments.paths
    if source.is_dir():
        raise UnfilterError(f"{source}: is a folder; name a folder for results with --out")
    return source, target


class Batch:
    """One run over many photos. `verb` says in the sum what was done to them, such as `filtered`."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._done = self._skipped = self._failed = 0
        self._cleared: set[Path] = set()

    def photos(self, inputs: Collection[Path], out: Path | None = None) -> dict[Path, Path]:
        """What `folders.photos` finds.

        Raises:
            PhotoError: nothing.
        """
        found = photos(inputs, out, self.refuse)
        if not found:
            raise PhotoError(f"{', '.join(map(str, inputs))}: no photos there")
        return found

    def targets(self, arguments: Namespace) -> dict[Path, Path]:
        """The photos of the arguments, each with the file to write in `--out`.

        Raises:
            PhotoError: there are none, or `--out` cannot be the folder of results.
        """
        out: Path = arguments.out
        if out.exists() and not out.is_dir():
            raise PhotoError(f"{out}: is a file; name a folder for results")
        return targets(self.photos(arguments.paths, out), out, suffix_of(arguments.to or "png"), self.refuse)

    def make_folder(self, folder: Path) -> None:
        """Make a folder for results, and clear away what a killed run left half-written in it.

        Raises:
            PhotoError: the disk refuses.
        """
        if folder in self._cleared:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            remove_leftovers(folder)
        except OSError as error:
            raise PhotoError(f"{folder}: cannot be made ({error.strerror})") from None
        self._cleared.add(folder)

    def refuse(self, error: Exception | str) -> None:
        """Count a failure, and say it on standard error."""
        finish()
        self._failed += 1
        print(f"unfilter: {error}", file=sys.stderr)

    def run(
        self, paths: Collection[Path], read: Callable[[Path], Photo], work: Callable[[Path, Photo], Write | None]
    ) -> int:
        """Read each photo, do `work` on it, write what comes of it and print what that says; None counts as there already.
        At last print the sum. While `work` runs, the next photo is read and the last result written, by a thread each.

        Returns:
            The exit code: 0, or `SOME_FAILED`.
        """
        order, writing = list(paths), None
        with ThreadPoolExecutor(1, "read") as reader, ThreadPoolExecutor(1, "write") as writer:
            try:
                reading = [reader.submit(read, path) for path in order[:1]]
                for number, path in enumerate(order, 1):
                    if sys.stderr.isatty():
                        announce(f"[{number}/{len(order)}] {path}")
                    photo = reading.pop()
                    reading += [reader.submit(read, following) for following in order[number : number + 1]]
                    write = self._tried(path, partial(self._prepared, path, photo, work))
                    last, writing = writing, None
                    self._settle(last)
                    writing = (path, writer.submit(write)) if write else None
            finally:
                self._settle(writing)
                finish()
                print(self._sum())
        return SOME_FAILED if self._failed else 0

    def _prepared(self, path: Path, photo: "Future[Photo]", work: Callable[[Path, Photo], Write | None]) -> Write | None:
        write = work(path, photo.result())
        self._skipped += write is None
        return write

    def _settle(self, writing: "tuple[Path, Future[str]] | None") -> None:
        """Wait for a result to be written, if any is, and count it."""
        if writing is None:
            return
        path, written = writing
        said = self._tried(path, written.result)
        if said is not None:
            finish()
            self._done += 1
            print(said)

    def _tried(self, path: Path, step: Callable[[], T]) -> T | None:
        """What `step` gives; None where it failed, which is counted."""
        try:
            return step()
        except UnfilterError as error:
            self.refuse(error)
        except Exception as error:  # of a runtime or the disk, say: the other photos are still to be had
            self.refuse(f"{path}: failed ({' '.join(str(error).split()) or type(error).__name__})")
        return None

    def _sum(self) -> str:
        counts = {self._verb: self._done, "there already": self._skipped, "failed": self._failed}
        total = sum(counts.values())
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        return f"{total} photo{'' if total == 1 else 's'}: {told or 'nothing done'}"
