"""`unfilter verify`: prove that a bundle restores, on every runtime of this machine."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unfilter.cli.reporting import add_report_arguments
from unfilter.run import runtimes

SUMMARY = "prove that a bundle restores, every forward against every inverse"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="bundle folder, packed bundle, or name of a filter")
    parser.add_argument(
        "--photos",
        metavar="PATH",
        type=Path,
        nargs="+",
        default=[],
        help="measure on these photos and folders of photos instead of the bundle's goldens; needs runtime torch",
    )
    parser.add_argument(
        "--runtime",
        action="append",
        default=[],
        choices=runtimes.NAMES,
        help="run only this runtime (may be repeated; default: all that are installed)",
    )
    parser.add_argument(
        "--require",
        action="append",
        default=[],
        choices=runtimes.NAMES,
        help="fail unless this runtime was verified on its vendor's own runtime (may be repeated)",
    )
    parser.add_argument("--note", metavar="TEXT", help="what readers of the report should know of this machine")
    parser.add_argument("--public-key", metavar="PEM", type=Path, help="fail unless this key signed the bundle")
    parser.add_argument(
        "--locate",
        action="store_true",
        help="of each graph that failed, walk it beside one that is right and name the first operation that departs",
    )
    add_report_arguments(parser)


def run(arguments: Namespace) -> int:
    from unfilter.cli.progress import announce, finish
    from unfilter.cli.reporting import baseline, check_targets, deliver, tolerances
    from unfilter.find.search_path import open_bundle
    from unfilter.proof.fidelity import verify
    from unfilter.proof.fidelity.gallery import Gallery

    check_targets(arguments)
    allowed, earlier = tolerances(arguments), baseline(arguments)
    gallery = Gallery() if arguments.html else None
    bundle = open_bundle(arguments.bundle, arguments.public_key)
    report = verify(
        bundle,
        photos=_photos(arguments.photos),
        only=arguments.runtime,
        required=arguments.require,
        tolerances=allowed,
        note=arguments.note,
        gallery=gallery,
        on_step=announce,
    )
    finish()
    code = deliver(report, earlier, arguments, gallery)
    if arguments.locate:
        from unfilter.proof.divergence import first_divergences

        found = [str(each) for each in first_divergences(bundle, report, announce)]
        finish()
        print("\n".join(["", *(found or ["nothing to locate: no graph failed"])]))
    return code


def _photos(inputs: list[Path]) -> list[Path]:
    """The photos that are meant; a folder that cannot be read is an error here, for its photos would go unproven."""
    from unfilter.errors import PhotoError
    from unfilter.jobs.folders import photos

    def refuse(error: PhotoError) -> None:
        raise error

    found = list(photos(inputs, None, refuse))
    if inputs and not found:
        raise PhotoError(f"{', '.join(map(str, inputs))}: no photos there")
    return found
