"""`unfilter apply`: filter a photo into a restorable file, or many into a folder."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from unfilter.cli.batch import Tally, add_path_arguments, say_notes, single
from unfilter.cli.pipes import PIPE, through_pipe
from unfilter.cli.progress import megapixels
from unfilter.errors import UnfilterError
from unfilter.format.artifact import Precision
from unfilter.format.hyper_parameter import parse_settings
from unfilter.jobs.apply import Apply
from unfilter.jobs.batch import Batch
from unfilter.jobs.carrying import Carry
from unfilter.jobs.filter import Filter
from unfilter.jobs.job import Job, Result
from unfilter.jobs.wrapping import HIDES_NOTHING
from unfilter.photo import PIXEL_LIMIT, Codec, Subsampling
from unfilter.photo.payload import PayloadQuality
from unfilter.photo.top_up import Goal
from unfilter.run import runtimes
from unfilter.run.delegates import table

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
        type=_setting,
        action="append",
        default=[],
        help="value of a parameter of the filter, such as smoothness=0.03; `unfilter inspect BUNDLE` shows what there is "
        "(may be repeated; default: the filter's own)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="RESULT",
        help="for a guided filter: what your own filter made of IN, of the same size; the photo is hidden in it",
    )
    parser.add_argument("--quality", type=int, default=95, choices=range(1, 101), metavar="1..100", help="of a JPEG (95)")
    parser.add_argument(
        "--subsampling",
        choices=get_args(Subsampling),
        default="4:4:4",
        help="of a JPEG's chroma (4:4:4); quantised by the filter's own tables, where it has some for it",
    )
    parser.add_argument(
        "--carry",
        choices=get_args(Carry),
        default="network",
        help="who carries the photo in an exact file: the filter (network), or a payload in the low bits, which needs no "
        "filter to be restored and survives exact copies alone; docs/worth.md (network)",
    )
    parser.add_argument(
        "--payload",
        metavar="QUALITY",
        type=_payload,
        help="of the payload: 1..100 as AVIF, best for what one bit of each level holds, or lossless (best)",
    )
    parser.add_argument(
        "--top-up",
        metavar="HOW_MUCH",
        type=_top_up,
        help="keep in the metadata what the pixels do not restore: 38dB, 0.5bpp (bits per pixel), or exact",
    )
    add_mark_argument(parser)
    parser.add_argument(
        "--convert", action="store_true", help="turn CMYK and grey profiles into sRGB (default: refuse them)"
    )
    parser.add_argument(
        "--force", action="store_true", help="write over OUT, whatever it is (default: only where nothing is lost)"
    )
    parser.add_argument("--reduce", action="store_true", help="cut deeper channels to 8 bits (default: refuse them)")
    add_limit_argument(parser)
    add_runtime_arguments(parser)


def add_mark_argument(parser: ArgumentParser) -> None:
    """`--mark` and `--no-mark`, shared with `wrap`; `arguments.mark` is None where neither is given."""
    parser.add_argument(
        "--mark",
        action=BooleanOptionalAction,
        help="put a weak mark into the pixels, by which the filter is recognised after a site has changed the file "
        "(default: into a JPEG, unless the look has hardly any of the photo's colour)",
    )


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


def _setting(word: str) -> str:
    try:
        parse_settings([word])
    except UnfilterError as error:
        raise ArgumentTypeError(str(error)) from None
    return word


def _payload(word: str) -> PayloadQuality:
    if word == "best":
        return "best"
    if word == "lossless":
        return "lossless"
    if not word.isdecimal() or not 1 <= int(word) <= 100:
        raise ArgumentTypeError(f"{word!r} is none of 1..100, best and lossless")
    return int(word)


def _top_up(word: str) -> Goal:
    try:
        return Goal.parse(word)
    except UnfilterError as error:
        raise ArgumentTypeError(str(error)) from None


def add_runtime_arguments(parser: ArgumentParser) -> None:
    """`--runtime`, `--delegate` and `--precision`, shared with `restore`."""
    parser.add_argument(
        "--runtime", choices=runtimes.NAMES, help="default: the first one installed that opens the precision"
    )
    parser.add_argument(
        "--delegate", choices=table.names(), help="default: the best that is here for the precision; `unfilter delegates`"
    )
    parser.add_argument("--precision", choices=get_args(Precision), default="fp32")


def run(arguments: Namespace) -> int:
    pair = single(arguments)
    if arguments.payload is not None and arguments.carry != "payload":
        raise UnfilterError("--payload is the quality of a payload; add --carry payload")
    if pair is None and arguments.output is not None:
        raise UnfilterError("--output is what became of one photo: name IN and OUT, without --out")
    chosen = Filter.open(
        arguments.bundle, runtime=arguments.runtime, delegate=arguments.delegate, precision=arguments.precision
    )
    job = Apply(
        chosen.graphs,
        parameters=parse_settings(arguments.parameters),
        quality=arguments.quality,
        subsampling=arguments.subsampling,
        carry=arguments.carry,
        payload=arguments.payload or "best",
        top_up=arguments.top_up,
        mark=arguments.mark,
        convert=arguments.convert,
        reduce=arguments.reduce,
        limit=arguments.limit,
        overwrite=arguments.force,
        output=arguments.output,
    )
    if pair is None:
        tally = Tally("filtered", _said)
        batch = Batch(job, arguments.paths, arguments.out, arguments.to or "png", on_outcome=tally.take)
        chosen.graph("forward", job.parameters)  # what is wrong with the bundle is said once, not for every photo
        return tally.run(batch)
    if chosen.graphs.guided:
        print(f"note: {HIDES_NOTHING}", file=sys.stderr)
    return run_single(job, *pair, arguments.to, "apply", _said)


def run_single(job: Job, source: Path, target: Path, codec: Codec | None, verb: str, said: Callable[[Result], str]) -> int:
    """Do a job on one file, with a bar on a terminal, or on what comes through a pipe."""
    if PIPE in (source, target):
        result = through_pipe(job, source, target, codec)
    else:
        result = job.file(source, target, megapixels(f"{source}: {verb}"))
    say_notes(result.source, result.notes)
    print(said(result), file=sys.stderr if target == PIPE else sys.stdout)
    return 0


def _said(result: Result) -> str:
    assert result.graphs is not None
    return f"{result.target}: {result.graphs.bundle.manifest.filter} applied with {result.graphs.engine}"
