"""`unfilter restore`: get the photo back from a filtered file, or many photos from many."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from unfilter.cli.apply import FILTER_HELP, add_limit_argument, add_runtime_arguments, report
from unfilter.cli.batch import Batch, Write, add_path_arguments, single
from unfilter.photo import Photo

if TYPE_CHECKING:
    from unfilter.jobs.filter import Filter

SUMMARY = "restore the photo from a filtered file, or from many files and folders of them into a folder"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    add_path_arguments(parser)
    parser.add_argument("--filter", dest="bundle", metavar="FILTER", help=f"{FILTER_HELP} (default: by the tag)")
    parser.add_argument("--force", action="store_true", help="restore even what another filter made or was altered")
    add_limit_argument(parser)
    add_runtime_arguments(parser)


def run(arguments: Namespace) -> int:
    from unfilter.cli.progress import megapixels
    from unfilter.jobs.refusals import refuse_itself
    from unfilter.photo import check_target, codec_of, read_photo, write_photo

    pair = single(arguments)
    opened = _Opened(arguments)
    if pair is None:
        return _run_many(opened, arguments)
    source, target = pair
    codec_of(target)
    photo = read_photo(source, limit=arguments.limit)
    chosen = opened.of(source, photo)
    refuse_itself(source, target)
    notes = photo.notes + check_target(target, photo)
    progress = megapixels(f"{source}: restore")
    write_photo(target, chosen.restored(source, photo, force=arguments.force, progress=progress), quality=100)
    report(notes, source)
    print(_said(target, chosen))
    return 0


class _Opened:
    """The filter that the arguments name, or those that the tags of files do: each opened once."""

    def __init__(self, arguments: Namespace) -> None:
        self._choice = {name: getattr(arguments, name) for name in ("runtime", "delegate", "precision")}
        self._by_restoration: dict[str, Filter] = {}
        self.named = self._open(arguments.bundle) if arguments.bundle else None

    def of(self, source: Path, photo: Photo) -> "Filter":
        """The filter of a file; a PhotoError where it carries no tag, or one of a bundle that is nowhere."""
        from unfilter.find.search_path import find_bundle

        if self.named:
            return self.named
        restoration = photo.tag.restoration if photo.tag else ""
        if restoration not in self._by_restoration:
            self._by_restoration[restoration] = self._open(find_bundle(source, photo.tag).folder)
        return self._by_restoration[restoration]

    def _open(self, bundle: str | Path) -> "Filter":
        from unfilter.jobs.filter import Filter

        return Filter.open(bundle, **self._choice)


def _run_many(opened: _Opened, arguments: Namespace) -> int:
    from unfilter.jobs.detection.examination import refuse_altered
    from unfilter.jobs.resume import is_done
    from unfilter.photo import check_target, read_photo, write_photo

    batch = Batch("restored")
    targets = batch.targets(arguments)

    def read(source: Path) -> Photo:
        return read_photo(source, limit=arguments.limit)

    def work(source: Path, photo: Photo) -> Write | None:
        target = targets[source]
        chosen = opened.of(source, photo)
        batch.make_folder(target.parent)
        notes = photo.notes + check_target(target, photo)
        if not arguments.force:
            refuse_altered(chosen, source, photo)  # also what was restored by force before
        if is_done(chosen, "inverse", source, photo, target, None):
            return None
        restored = chosen.restored(source, photo, force=True)

        def write() -> str:
            write_photo(target, restored, quality=100)
            report(notes, source)
            return _said(target, chosen)

        return write

    return batch.run(targets, read, work)


def _said(target: Path, chosen: "Filter") -> str:
    return f"{target}: restored with {chosen.bundle.folder} on {chosen.engine}"
