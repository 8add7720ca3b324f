"""Many photos in one run: the arguments that say so, what is said of each photo, and the sum at the end."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar, get_args

from unfilter.cli.pipes import PIPE
from unfilter.cli.progress import announce, finish
from unfilter.errors import UnfilterError
from unfilter.jobs.batch import Batch, Outcome, each_in_turn
from unfilter.jobs.job import Result
from unfilter.photo import Codec, Photo

SOME_FAILED = 3
"""Exit code: at least one of several files failed; the others are done."""

T = TypeVar("T")


def add_path_arguments(parser: ArgumentParser) -> None:
    """IN OUT, or IN ... `--out` DIR; shared by `apply` and `restore`."""
    parser.usage = f"{parser.prog} [options] IN OUT\n       {parser.prog} [options] IN [IN ...] --out DIR"
    parser.add_argument(
        "paths", metavar="IN", type=Path, nargs="+",
        help="a file, or - for standard input, as OUT may be for standard output; with --out, files and folders",
    )  # fmt: skip
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="folder for results, where they stand as the photos do in their folders"
    )
    parser.add_argument("--to", choices=get_args(Codec), help="format of results in DIR (png), or on standard output")


def single(arguments: Namespace) -> tuple[Path, Path] | None:
    """IN and OUT; None where results go to a folder.

    Raises:
        UnfilterError: the arguments say neither.
    """
    if arguments.out is not None:
        if PIPE in arguments.paths:
            raise UnfilterError("-: a pipe gives one photo, which goes to one file: IN OUT without --out")
        return None
    if len(arguments.paths) != 2:
        raise UnfilterError(
            f"{len(arguments.paths)} given where IN and OUT are two; for many photos, name a folder for results with --out"
        )
    source, target = arguments.paths
    if arguments.to is not None and target != PIPE:
        raise UnfilterError(
            "--to is for results in a folder (--out) or on standard output; one result has the format that its suffix names"
        )
    if source.is_dir():
        raise UnfilterError(f"{source}: is a folder; name a folder for results with --out")
    if target.is_dir():
        raise UnfilterError(f"{target}: is a folder; for results in it, name it with --out: {source} --out {target}")
    return source, target


def say_notes(source: Path, notes: tuple[str, ...]) -> None:
    """Say on standard error what was changed or left behind, a line each."""
    for note in notes:
        print(f"unfilter: {source}: {note}", file=sys.stderr)


class Tally:
    """What is printed of a batch. `verb` says in the sum what was done to the photos, such as `filtered`."""

    def __init__(self, verb: str, said: Callable[[Result], str] = str) -> None:
        self._verb, self._said = verb, said
        self._done = self._skipped = self._failed = 0
        self._passed_over: list[Path] = []

    def run(self, batch: Batch) -> int:
        """Do the batch; returns the exit code, 0 or `SOME_FAILED`."""
        self._passed_over = batch.passed_over
        return self._summed(lambda: batch.run(self._starting))

    def show(
        self, paths: Collection[Path], read: Callable[[Path], Photo], prepare: Callable[[Path, Photo], Callable[[], str]]
    ) -> int:
        """Print what `prepare` gives for each photo, and write nothing; the same exit code."""
        return self._summed(lambda: each_in_turn(paths, read, prepare, self._printed, self._starting))

    def take(self, outcome: Outcome[Result]) -> None:
        """Count and say what came of one photo."""
        self.refuse(outcome.error) if outcome.error else None
        self._skipped += outcome.skipped
        if outcome.result:
            say_notes(outcome.result.source, outcome.result.notes)
            self._say(self._said(outcome.result))

    def pass_over(self, path: Path) -> None:
        """Count a file that is no photo."""
        self._passed_over.append(path)

    def refuse(self, error: Exception | str) -> None:
        """Count a failure, and say it on standard error."""
        finish()
        self._failed += 1
        print(f"unfilter: {error}", file=sys.stderr)

    def _printed(self, outcome: Outcome[str]) -> None:
        if outcome.error:
            self.refuse(outcome.error)
        elif outcome.result:
            self._say(outcome.result)

    def _say(self, words: str) -> None:
        finish()
        self._done += 1
        print(words)

    def _starting(self, number: int, total: int, path: Path) -> None:
        if sys.stderr.isatty():
            announce(f"[{number}/{total}] {path}")

    def _summed(self, work: Callable[[], object]) -> int:
        try:
            work()
        finally:
            finish()
            print(self._sum())
        return SOME_FAILED if self._failed else 0

    def _sum(self) -> str:
        counts = {self._verb: self._done, "there already": self._skipped, "failed": self._failed}
        total = sum(counts.values())
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        others = len(self._passed_over)
        more = f"; {others} other file{'' if others == 1 else 's'} passed over, no photo" if others else ""
        return f"{total} photo{'' if total == 1 else 's'}: {told or 'nothing done'}{more}"
