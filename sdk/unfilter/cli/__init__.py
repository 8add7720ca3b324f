"""The command `unfilter`. Exit codes: 0 done, 1 a fidelity failure, 2 bad input or a missing extra, 3 some of
several files failed and the others are done, 130 interrupted.
"""

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from typing import cast

from unfilter.cli.command import GROUP, Command
from unfilter.errors import UnfilterError


def commands() -> dict[str, Command]:
    """All subcommands by name; loading one imports nothing heavy."""
    return {point.name: cast(Command, point.load()) for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code."""
    known = commands()
    parser = ArgumentParser(
        prog="unfilter",
        description="Photo filters that can be undone from the filtered file alone.",
        epilog="exit codes: 0 done, 1 a fidelity failure, 2 bad input or a missing extra,\n"
        "3 some of several files failed and the others are done, 130 interrupted",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"unfilter {version('unfilter')}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in known.items():
        subparser = subparsers.add_parser(name, help=command.SUMMARY, description=command.SUMMARY)
        command.add_arguments(subparser)
    arguments, rest = parser.parse_known_args(argv)
    command = known[arguments.command]
    if rest and not getattr(command, "TAKES_REST", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    absent = [module for module in command.REQUIRES if find_spec(module) is None]
    if absent:
        return _fail(
            f"`unfilter {arguments.command}` needs {', '.join(absent)}; add it with: pip install 'unfilter[{command.EXTRA}]'"
        )
    try:
        code = command.run(arguments)
        sys.stdout.flush()
        return code
    except UnfilterError as error:
        return _fail(str(error))
    except BrokenPipeError:  # whoever read standard output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at exit
        return 0
    except KeyboardInterrupt:
        print("unfilter: interrupted", file=sys.stderr)
        return 130


def _fail(message: str) -> int:
    print(f"unfilter: {message}", file=sys.stderr)
    return 2
