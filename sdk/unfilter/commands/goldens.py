"""`unfilter goldens`: what code in other languages is tested against."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from unfilter import runtimes
from unfilter.commands.apply import FILTER_HELP

if TYPE_CHECKING:
    from unfilter.filter import Filter

SUMMARY = "write the goldens that apps in other languages are tested against (docs/goldens.md)"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="FILTER", help=FILTER_HELP)
    parser.add_argument("folder", metavar="OUT", type=Path, help="folder to make")
    parser.add_argument("--photo", metavar="PHOTO", type=Path, help="photo to cut from (default: a golden of the bundle)")
    parser.add_argument(
        "--runtime", choices=runtimes.NAMES, help="default: torch, the reference, where it is installed and in the bundle"
    )


def run(arguments: Namespace) -> int:
    from unfilter.errors import BundleError, UnfilterError
    from unfilter.goldens import NAME, write_goldens
    from unfilter.photo import read_photo

    if arguments.folder.exists():
        raise UnfilterError(f"{arguments.folder}: exists; name a folder that does not")
    chosen = _opened(arguments.bundle, arguments.runtime)
    photo = arguments.photo or _golden(chosen)
    if photo is None:
        raise BundleError(f"{chosen.bundle.folder}: has no goldens; name a photo with --photo")
    try:
        arguments.folder.parent.mkdir(parents=True, exist_ok=True)
        goldens = write_goldens(chosen, read_photo(photo).pixels, arguments.folder)
    except OSError as error:
        raise UnfilterError(f"{arguments.folder}: cannot be written ({error})") from None
    counts = f"{len(goldens.photos)} photos, {len(goldens.files)} files, {len(goldens.jpegs)} JPEGs, "
    counts += f"{len(goldens.plans)} tile plans"
    print(f"{arguments.folder / NAME}: {counts} of {chosen.bundle.name} by {chosen.runtime} {chosen.precision}")
    return 0


def _opened(name: str, runtime: str | None) -> "Filter":
    from unfilter.fidelity.engines import REFERENCE
    from unfilter.filter import Filter

    chosen = Filter.open(name, runtime=runtime)
    reference = runtimes.sibling(REFERENCE.runtime)
    held = {artifact.format for artifact in chosen.bundle.manifest.artifacts}
    if runtime or reference.unavailable() or reference.FORMAT not in held:
        return chosen
    return Filter(chosen.bundle, REFERENCE.runtime)


def _golden(chosen: "Filter") -> Path | None:
    """The first photo of the bundle's own goldens."""
    for golden in chosen.bundle.manifest.goldens:
        return chosen.bundle.checked(golden.photo)
    return None
