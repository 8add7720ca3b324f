"""`unfilter apply`: filter a photo into a restorable file."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from unfilter import runtimes

SUMMARY = "filter a photo into a restorable PNG or JPEG"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", type=Path, help="photo: PNG or JPEG")
    parser.add_argument("target", metavar="OUT", type=Path, help="filtered file: .png restores best")
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
    add_runtime_arguments(parser)


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
    from unfilter.filter import Filter

    chosen = Filter.open(arguments.bundle, runtime=arguments.runtime, precision=arguments.precision)
    chosen.apply_file(arguments.source, arguments.target, quality=arguments.quality, parameters=dict(arguments.parameters))
    print(f"{arguments.target}: {chosen.bundle.manifest.filter} applied with {chosen.runtime} {chosen.precision}")
    return 0
