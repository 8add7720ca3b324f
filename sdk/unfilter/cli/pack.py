"""`unfilter pack`: a bundle as one file."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

SUMMARY = "pack a bundle folder into one file, FILTER.unfilter"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="bundle folder, or name of a filter in the search path")
    parser.add_argument("target", metavar="OUT", type=Path, nargs="?", help="packed bundle (FILTER.unfilter)")


def run(arguments: Namespace) -> int:
    from unfilter.errors import BundleError
    from unfilter.find.archive import SUFFIX, pack
    from unfilter.find.search_path import open_bundle

    bundle = open_bundle(arguments.bundle)
    target = arguments.target or Path(bundle.manifest.filter + SUFFIX)
    if target.suffix.lower() != SUFFIX:
        raise BundleError(f"{target}: a packed bundle is named *{SUFFIX}; name it so")
    try:
        pack(bundle, target)
    except OSError as error:
        raise BundleError(f"{target}: cannot be written ({' '.join(str(error).split())})") from None
    print(f"{target}: {bundle.name} packed, {target.stat().st_size:,} bytes")
    return 0
