"""`unfilter apply`: filter a photo into a restorable file."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import get_args

from unfilter import runtimes
from unfilter.photo import PIXEL_LIMIT, Subsampling

SUMMARY = "filter a photo into a restorable file"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", type=Path, help="photo: JPEG, PNG, HEIC, WebP, AVIF or TIFF")
    parser.add_argument("target", metavar="OUT", type=Path, help="filtered file: .png, .webp, .heic, or .jpg")
    parser.add_argument("--filter", dest="bundle", metavar="BUNDLE", type=Path, required=True, help="bundle folder")
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
    """`--runtime` and `--precision`, shared with `restore`."""
    parser.add_argument(
        "--runtime", choices=runtimes.NAMES, help="default: the first one installed that opens the precision"
    )
    parser.add_argument("--precision", choices=("fp32", "fp16"), default="fp32")


def run(arguments: Namespace) -> int:
    from unfilter.commands.progress import megapixels
    from unfilter.filter import Filter

    chosen = Filter.open(arguments.bundle, runtime=arguments.runtime, precision=arguments.precision)
    notes = chosen.apply_file(
        arguments.source,
        arguments.target,
        quality=arguments.quality,
        subsampling=arguments.subsampling,
        parameters=dict(arguments.parameters),
        convert=arguments.convert,
        reduce=arguments.reduce,
        limit=arguments.limit,
        progress=megapixels(f"{arguments.source}: apply"),
    )
    report(notes, arguments.source)
    print(f"{arguments.target}: {chosen.bundle.manifest.filter} applied with {chosen.runtime} {chosen.precision}")
    return 0
