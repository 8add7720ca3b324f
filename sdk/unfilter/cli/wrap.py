"""`unfilter wrap`: hide a photo in what any other tool made of it."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import get_args

from unfilter.cli.apply import FILTER_HELP, add_mark_argument, add_runtime_arguments
from unfilter.cli.batch import say_notes
from unfilter.cli.progress import megapixels
from unfilter.jobs.filter import Filter
from unfilter.jobs.wrapping import HIDES_NOTHING, POSTED, Wrap
from unfilter.photo import Subsampling

SUMMARY = "hide a photo in what any other tool made of it: the saved file looks like the result and gives the photo back"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()

FILTER = "any"
"""The guided filter that was trained for all kinds of looks."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.description = (
        f"{SUMMARY}. What is promised is measured on this pair; a pair that cannot be carried is refused. "
        f"Note: {HIDES_NOTHING}."
    )
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo as it was")
    parser.add_argument("result", metavar="RESULT", type=Path, help="what the other tool made of it, of the same size")
    parser.add_argument("saved", metavar="SAVED", type=Path, help="the file to write: .jpg, .png, .webp or .heic")
    parser.add_argument(
        "--filter", dest="bundle", metavar="FILTER", default=FILTER, help=f"of the guided kind: {FILTER_HELP} ({FILTER})"
    )
    parser.add_argument("--quality", type=int, default=95, choices=range(1, 101), metavar="1..100", help="of a JPEG (95)")
    parser.add_argument("--subsampling", choices=get_args(Subsampling), default="4:4:4", help="of a JPEG's chroma (4:4:4)")
    add_mark_argument(parser)
    parser.add_argument(
        "--convert", action="store_true", help="turn CMYK and grey profiles into sRGB (default: refuse them)"
    )
    parser.add_argument("--reduce", action="store_true", help="cut deeper channels to 8 bits (default: refuse them)")
    parser.add_argument("--force", action="store_true", help="write even what gives little back, and over SAVED")
    add_runtime_arguments(parser)


def run(arguments: Namespace) -> int:
    chosen = Filter.open(
        arguments.bundle, runtime=arguments.runtime, delegate=arguments.delegate, precision=arguments.precision
    )
    job = Wrap(
        chosen.graphs,
        output=arguments.result,
        quality=arguments.quality,
        subsampling=arguments.subsampling,
        mark=arguments.mark,
        convert=arguments.convert,
        reduce=arguments.reduce,
        overwrite=arguments.force,
        force=arguments.force,
    )
    wrapped = job.file(arguments.photo, arguments.saved, megapixels(f"{arguments.photo}: wrap"))
    say_notes(wrapped.source, wrapped.notes)
    promise = wrapped.promise
    print(
        f"{wrapped.target}: {promise.approximation:.1f} dB near {arguments.result}; gives {arguments.photo} back to "
        f"{promise.restoration:.1f} dB, to {promise.posted:.1f} dB after a site saved it again as JPEG {POSTED}"
    )
    print(f"note: {HIDES_NOTHING}", file=sys.stderr)
    return 0
