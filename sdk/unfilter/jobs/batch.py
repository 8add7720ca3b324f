"""Many photos in one run: a bad one does not end it, and what is done already is skipped, so that a run that was stopped
goes on where it was.

    batch = Batch(Apply(l0.graphs), [Path("holiday")], Path("filtered"))
    outcomes = batch.run(on_start=print)
"""

from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from unfilter.errors import PhotoError, UnfilterError
from unfilter.files import remove_leftovers
from unfilter.jobs.folders import photos, targets
from unfilter.jobs.job import Job, Result
from unfilter.jobs.resume import is_done
from unfilter.photo import Codec, Photo, suffix_of

T = TypeVar("T")
R = TypeVar("R")

OnStart = Callable[[int, int, Path], object]
"""Called before each photo with its number, from 1, the number of all, and its path."""


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What came of one photo: a result, or an error in one line, or neither where its result was there already.

    `source` is None for what failed before any photo was read, such as a folder that cannot be opened.
    """

    source: Path | None
    result: T | None = None
    error: str | None = None

    @property
    def skipped(self) -> bool:
        """Whether its result was there already."""
        return self.result is None and self.error is None


class Batch:
    """A job on the photos that `inputs` name, into the folder `out`, where results stand as the photos do in their folders.

    Args:
        job: what is done to each.
        inputs: files, and folders of them (docs/folders.md).
        out: folder for results; it is made where it lacks.
        codec: of the results.
        report: told of every photo that comes to an end: of some when the batch is made, since a folder cannot be read or
            two photos would have one result, of the others by `run`.

    Raises:
        PhotoError: no photos, `out` is a file or holds the photos, or the codec would lose them.
    """

    def __init__(
        self,
        job: Job,
        inputs: Collection[Path],
        out: Path,
        codec: Codec = "png",
        *,
        on_outcome: Callable[[Outcome[Result]], object] | None = None,
    ) -> None:
        self.job, self.codec = job, codec
        self.outcomes: list[Outcome[Result]] = []
        self.passed_over: list[Path] = []
        """Files in the folders that are no photos."""
        self._on_outcome, self._cleared = on_outcome, set[Path]()
        job.check_codec(out, codec)
        if out.exists() and not out.is_dir():
            raise PhotoError(f"{out}: is a file; name a folder for results")
        found = found_photos(inputs, out, self._refuse, self.passed_over.append)
        self.targets = targets(found, out, suffix_of(codec), self._refuse)
        """The file to write for each photo."""

    def run(self, on_start: OnStart | None = None) -> tuple[Outcome[Result], ...]:
        """Do the job on each photo; returns what came of all of them.

        While one is run, the next is read and the last result written, by a thread each.
        """
        each_in_turn(list(self.targets), self.job.read, self._prepared, self._tell, on_start)
        return tuple(self.outcomes)

    def _prepared(self, source: Path, photo: Photo) -> Callable[[], Result] | None:
        target = self.targets[source]
        self._make_folder(target.parent)
        accepted = self.job.accept(source, photo, target, self.job.codec_for(target))
        graphs, tag = accepted.graphs, self.job.tag(accepted.graphs, accepted.codec)
        job, keep = self.job, self.job.keeps(accepted)
        if is_done(graphs, job.direction, source, accepted.photo, target, tag, job.parameters, job.carrying, keep=keep):
            return None
        return partial(job.write, accepted, job.made(accepted))

    def _make_folder(self, folder: Path) -> None:
        """Make a folder for results, and clear away what a killed run left half-written in it."""
        if folder in self._cleared:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            remove_leftovers(folder)
        except OSError as error:
            raise PhotoError(f"{folder}: cannot be made ({error.strerror})") from None
        self._cleared.add(folder)

    def _refuse(self, error: PhotoError) -> None:
        self._tell(Outcome(None, error=str(error)))

    def _tell(self, outcome: Outcome[Result]) -> None:
        self.outcomes.append(outcome)
        if self._on_outcome:
            self._on_outcome(outcome)


def found_photos(
    inputs: Collection[Path],
    out: Path | None,
    refuse: Callable[[PhotoError], object],
    pass_over: Callable[[Path], object] = lambda _: None,
) -> dict[Path, Path]:
    """What `folders.photos` finds.

    Raises:
        PhotoError: nothing.
    """
    refused: list[PhotoError] = []
    found = photos(inputs, out, refused.append, pass_over)
    if not found:
        raise PhotoError("; ".join(map(str, refused)) or f"{', '.join(map(str, inputs))}: no photos there")
    for error in refused:
        refuse(error)
    return found


def each_in_turn(
    paths: Collection[Path],
    read: Callable[[Path], Photo],
    prepare: Callable[[Path, Photo], Callable[[], T] | None],
    on_outcome: Callable[[Outcome[T]], object],
    on_start: OnStart | None = None,
) -> None:
    """Read each photo, `prepare` its result, then finish it by what that gave; None counts as there already.

    While one is prepared, the next photo is read and the last one finished, by a thread each. `on_outcome` is called in the
    photos' order, from the thread of the caller.
    """
    order, finishing = list(paths), None
    with ThreadPoolExecutor(1, "read") as reader, ThreadPoolExecutor(1, "write") as writer:

        def settle(path: Path, finished: "Future[T]") -> None:
            outcome = _tried(path, finished.result)
            on_outcome(outcome)

        try:
            reading = [reader.submit(read, path) for path in order[:1]]
            for number, path in enumerate(order, 1):
                if on_start:
                    on_start(number, len(order), path)
                photo = reading.pop()
                reading += [reader.submit(read, following) for following in order[number : number + 1]]
                prepared = _tried(path, partial(_after, photo, partial(prepare, path)))
                if finishing:
                    last, finishing = finishing, None
                    settle(*last)
                if prepared.result is None:
                    on_outcome(Outcome(path, error=prepared.error))
                else:
                    finishing = (path, writer.submit(prepared.result))
        finally:
            if finishing:
                settle(*finishing)


def _after(photo: "Future[Photo]", prepare: Callable[[Photo], R]) -> R:
    return prepare(photo.result())


def _tried(path: Path, step: Callable[[], R | None]) -> Outcome[R]:
    """What `step` gives, or why it failed."""
    try:
        return Outcome(path, step())
    except UnfilterError as error:
        return Outcome(path, error=str(error))
    except Exception as error:  # of a runtime or the disk, say: the other photos are still to be had
        return Outcome(path, error=f"{path}: failed ({' '.join(str(error).split()) or type(error).__name__})")
