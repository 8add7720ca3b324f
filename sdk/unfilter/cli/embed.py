"""`unfilter embed`: what an app brings along of a bundle."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import get_args

from unfilter.find.embed import FORMATS, PLATFORMS
from unfilter.format.artifact import Precision

SUMMARY = "write what an app needs of a bundle: the models that its platform runs, and one golden"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="bundle folder, or name of a filter in the search path")
    parser.add_argument("folder", metavar="OUT", type=Path, nargs="?", help="folder to make (FILTER-PLATFORM)")
    parser.add_argument("--for", dest="platform", choices=PLATFORMS, required=True, help="what the app runs on")
    formats = sorted({each for row in FORMATS.values() for each in row})
    firsts = ", ".join(f"{platform}: {row[0]}" for platform, row in FORMATS.items())
    parser.add_argument("--format", choices=formats, action="append", help=f"may be repeated (default: {firsts})")
    parser.add_argument("--precision", choices=get_args(Precision), action="append", help="may be repeated (default: fp32)")


def run(arguments: Namespace) -> int:
    from unfilter.errors import BundleError
    from unfilter.find.embed import embed
    from unfilter.find.search_path import open_bundle

    bundle = open_bundle(arguments.bundle)
    folder = arguments.folder or Path(f"{bundle.manifest.filter}-{arguments.platform}")
    if folder.exists():
        raise BundleError(f"{folder}: exists; name a folder that does not")
    try:
        kept = embed(bundle, folder, arguments.platform, arguments.format or (), arguments.precision or ())
    except OSError as error:
        raise BundleError(f"{folder}: cannot be written ({' '.join(str(error).split())})") from None
    size = sum(entry.bytes for entry in kept.files)
    models = sorted({f"{each.format} {each.precision}" for each in kept.artifacts})
    share = f"{size:,} of {bundle.size:,} bytes"
    unsigned = "; unsigned: sign it again with `unfilter sign`" if bundle.signature else ""
    print(f"{folder}: {bundle.name} for {arguments.platform} ({', '.join(models)}), {share}{unsigned}")
    return 0
