"""`unfilter restore`: get the photo back from a filtered file."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unfilter.commands.apply import add_limit_argument, add_runtime_arguments, report

SUMMARY = "restore the photo from a filtered file"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", type=Path, help="file that a filter saved")
    parser.add_argument("target", metavar="OUT", type=Path, help="restored photo: .png, .webp, .heic or .jpg")
    parser.add_argument("--filter", dest="bundle", metavar="BUNDLE", type=Path, help="bundle folder (default: by the tag)")
    parser.add_argument("--force", action="store_true", help="restore even what another filter made or was altered")
    add_limit_argument(parser)
    add_runtime_arguments(parser)


def run(arguments: Namespace) -> int:
    from unfilter.commands.progress import megapixels
    from unfilter.filter import Filter
    from unfilter.photo import read_photo
    from unfilter.search_path import find_bundle

    photo = read_photo(arguments.source, limit=arguments.limit)
    folder = arguments.bundle or find_bundle(arguments.source, photo.tag).folder
    chosen = Filter.open(folder, runtime=arguments.runtime, precision=arguments.precision)
    progress = megapixels(f"{arguments.source}: restore")
    notes = chosen.restore_file(arguments.source, arguments.target, force=arguments.force, progress=progress, photo=photo)
    report(notes, arguments.source)
    print(f"{arguments.target}: restored with {folder} on {chosen.runtime} {chosen.precision}")
    return 0
