"""`unfilter restore`: get the photo back from a filtered file, or many photos from many."""

from argparse import ArgumentParser, Namespace
from functools import partial

from unfilter.cli.apply import FILTER_HELP, add_limit_argument, add_runtime_arguments, run_single
from unfilter.cli.batch import Tally, add_path_arguments, single
from unfilter.jobs.batch import Batch
from unfilter.jobs.by_file import ByFile
from unfilter.jobs.filter import Filter
from unfilter.jobs.job import Result
from unfilter.jobs.origin import Origin
from unfilter.jobs.restore import Restore

SUMMARY = "restore the photo from a filtered file, or from many files and folders of them into a folder"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    add_path_arguments(parser)
    parser.add_argument(
        "--filter", dest="bundle", metavar="FILTER", help=f"{FILTER_HELP} (default: by the tag, or by the pixels)"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="restore even what another filter made, was altered, or is likely to become worse, and write over OUT",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="restore a PNG, WebP or HEIC that kept every level only once: in a quarter of the time, less near to the photo",
    )
    add_limit_argument(parser)
    add_runtime_arguments(parser)


def run(arguments: Namespace) -> int:
    pair = single(arguments)
    said = partial(_said, forced=arguments.force)
    choice = {name: getattr(arguments, name) for name in ("runtime", "delegate", "precision")}
    graphs = Filter.open(arguments.bundle, **choice).graphs if arguments.bundle else ByFile(**choice)
    once, force = arguments.once, arguments.force
    job = Restore(graphs, force=force, once=once, limit=arguments.limit, overwrite=force)
    if pair is None:
        tally = Tally("restored", said)
        return tally.run(Batch(job, arguments.paths, arguments.out, arguments.to or "png", on_outcome=tally.take))
    return run_single(job, *pair, arguments.to, "restore", said)


def _said(result: Result, forced: bool = False) -> str:
    if result.graphs is None:
        return f"{result.target}: restored from what the file holds of its photo"
    found = result.recognition
    verdict = f" ({found})" if found and found.origin is not Origin.AS_SAVED else ""
    if found and found.keep and not forced:
        return f"{result.target}: kept as it arrived; --force restores it{verdict}"
    return f"{result.target}: restored with {result.graphs.bundle.folder} on {result.graphs.engine}{verdict}"
