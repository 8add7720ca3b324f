"""`unfilter apply`: filter a photo into a restorable file, or many into a folder."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from unfilter.cli.batch import Batch, Write, add_path_arguments, single
from unfilter.format.bundle import Precision
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling
from unfilter.run import runtimes
from unfilter.run.delegates import recipes

if TYPE_CHECKING:
    from unfilter.jobs.filter import Filter

SUMMARY = "filter a photo into a restorable file, or many photos and folders of them into a folder"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()

FILTER_HELP = "name of a filter (`unfilter filters`), bundle folder, or packed bundle (.unfilter)"


def add_arguments(parser: ArgumentParser) -> None:
    add_path_arguments(parser)
    parser.add_argument("--filter", dest="bundle", metavar="FILTER", required=True, help=FILTER_HELP)
    parser.add_argument(
        "--set",
        dest="parameters",
        metavar="NAME=VALUE",
        type=_assignment,
        action="append",
        default=[],
        help="value of a parameter of the filter, such as smoothness=0.03; `unfilter inspect BUNDLE` shows what there is "
        "(may be repeated; default: the filter's own)",
    )
    parser.add_argument("--quality", type=int, default=95, choices=range(1, 101), metavar="1..100", help="of a JPEG (95)")
    parser.add_argument("--subsampling", choices=get_args(Subsampling), default="4:4:4", help="of a JPEG's chroma (4:4:4)")
    parser.add_argument(
        "--convert", action="store_true", help="turn CMYK and grey profiles into sRGB (default: refuse them)"
    )
    parser.add_argument("--reduce", action="store_true", help="cut deeper channels to 8 bits (default: refuse them)")
    add_limit_argument(parser)
    add_runtime_arguments(parser)


def add_limit_argument(parser: ArgumentParser) -> None:
    """`--limit`, shared by all commands that read photos; `arguments.limit` is in pixels."""
    parser.add_argument(
        "--limit",
        metavar="MEGAPIXELS",
        type=_megapixels,
        default=PIXEL_LIMIT,
        help=f"largest photo to decode, by the size that the file declares ({PIXEL_LIMIT // 1_000_000})",
    )


def _megapixels(text: str) -> int:
    try:
        pixels = int(float(text) * 1_000_000)
    except (ValueError, OverflowError):
        pixels = 0
    if pixels < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of megapixels above zero")
    return pixels


def report(notes: tuple[str, ...], source: Path) -> None:
    """Say on standard error what was left behind, a line each."""
    for note in notes:
        print(f"unfilter: {source}: {note}", file=sys.stderr)


def _assignment(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE, such as smoothness=0.03") from None


def add_runtime_arguments(parser: ArgumentParser) -> None:
    """`--runtime`, `--delegate` and `--precision`, shared with `restore`."""
    parser.add_argument(
        "--runtime", choices=runtimes.NAMES, help="default: the first one installed that opens the precision"
    )
    parser.add_argument(
        "--delegate", choices=recipes.names(), help="default: the best that is here for the precision; `unfilter delegates`"
    )
    parser.add_argument("--precision", choices=get_args(Precision), default="fp32")


def run(arguments: Namespace) -> int:
    from unfilter.cli.progress import megapixels
    from unfilter.jobs.filter import Filter

    pair = single(arguments)
    chosen = Filter.open(
        arguments.bundle, runtime=arguments.runtime, delegate=arguments.delegate, precision=arguments.precision
    )
    if pair is None:
        return _run_many(chosen, arguments)
    source, target = pair
    notes = chosen.apply_file(
        source,
        target,
        quality=arguments.quality,
        subsampling=arguments.subsampling,
        parameters=dict(arguments.parameters),
        convert=arguments.convert,
        reduce=arguments.reduce,
        limit=arguments.limit,
        progress=megapixels(f"{source}: apply"),
    )
    report(notes, source)
    print(_said(target, chosen))
    return 0


def _run_many(chosen: "Filter", arguments: Namespace) -> int:
    from unfilter.format.hyper_parameter import complete
    from unfilter.jobs.refusals import refuse_untrained, tag_of
    from unfilter.jobs.resume import is_done
    from unfilter.photo import check_target, read_photo, write_photo

    codec: Codec = arguments.to or "png"
    manifest = chosen.bundle.manifest
    refuse_untrained(manifest, arguments.out, codec)
    values = complete(chosen.hyper_parameters, dict(arguments.parameters))
    tag = tag_of(manifest, codec, arguments.quality, values)
    coding = {"quality": arguments.quality, "subsampling": arguments.subsampling}
    batch = Batch("filtered")
    targets = batch.targets(arguments)
    chosen.graph("forward", values)  # what is wrong with the bundle is said once, not for every photo

    def read(source: Path) -> Photo:
        return read_photo(source, convert=arguments.convert, reduce=arguments.reduce, limit=arguments.limit)

    def work(source: Path, photo: Photo) -> Write | None:
        target = targets[source]
        batch.make_folder(target.parent)
        notes = photo.notes + check_target(target, photo)
        if is_done(chosen, "forward", source, photo, target, tag, values):
            return None
        filtered = chosen.filtered(photo, codec, values, **coding)

        def write() -> str:
            write_photo(target, filtered, **coding)
            report(notes, source)
            return _said(target, chosen)

        return write

    return batch.run(targets, read, work)


def _said(target: Path, chosen: "Filter") -> str:
    return f"{target}: {chosen.bundle.manifest.filter} applied with {chosen.engine}"
