"""`unfilter install`: make a filter known by name."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

SUMMARY = "install a bundle, folder or packed, so that it is found by name"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", type=Path, help="bundle folder or packed bundle (.unfilter)")
    parser.add_argument("--public-key", metavar="PEM", type=Path, help="install it only if this key signed it")


def run(arguments: Namespace) -> int:
    from unfilter.find import store

    bundle, new = store.install(arguments.bundle, arguments.public_key)
    print(f"{bundle.name}: {'installed' if new else 'is installed already'} in {bundle.folder}")
    if notice := bundle.manifest.research_only:
        print(f"for research only: {' '.join(notice.split())}")
    return 0
