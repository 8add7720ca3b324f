"""The command `unfilter`. Exit codes: 0 done, 1 a fidelity failure, 2 bad input, a missing extra, or an output that cannot
be written, 3 some of several files failed and the others are done, 130 interrupted.
"""

import os
import sys
from argparse import SUPPRESS, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points, version
from importlib.util import find_spec
from typing import cast

from unfilter.cli.command import GROUP, Command
from unfilter.cli.parser import Parser, overview
from unfilter.cli.streams import steady
from unfilter.errors import UnfilterError
from unfilter.run.runtimes import threads


def commands() -> dict[str, Command]:
    """All subcommands by name; loading one imports nothing heavy."""
    return {name: cast(Command, point.load()) for name, point in _points().items()}


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code."""
    with steady() as output:
        code = _run(argv)
        output.flush()
        if output.error and not isinstance(output.error, BrokenPipeError):  # `head`, say, has seen enough
            return _fail(f"standard output cannot be written ({output.error.strerror})")
        return code


def _run(argv: Sequence[str] | None) -> int:
    given, points = sys.argv[1:] if argv is None else list(argv), _points()
    name = given[0] if given and given[0] in points else _asked(given)
    command = cast(Command, points[name].load())
    arguments = _parsed(name, command, given[given.index(name) + 1 :])
    absent = [module for module in command.REQUIRES if find_spec(module) is None]
    if absent:
        return _fail(f"`unfilter {name}` needs {', '.join(absent)}; add it with: pip install 'unfilter[{command.EXTRA}]'")
    try:
        os.environ.setdefault("OMP_NUM_THREADS", str(threads()))  # torch reads it when it is first imported
        return command.run(arguments)
    except UnfilterError as error:
        return _fail(str(error))
    except ImportError as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        extra = f"[{command.EXTRA}]" if command.EXTRA else ""
        return _fail(
            f"`unfilter {name}` needs a package that is installed and broken ({reason}); "
            f"install it again with: pip install --upgrade --force-reinstall 'unfilter{extra}'"
        )
    except OSError as error:
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        print("unfilter: interrupted", file=sys.stderr)
        return 130


def _asked(given: Sequence[str]) -> str:
    """The command in `given`, which does not begin with one; mostly it asks for help or the version, or is misspelt."""
    summaries = {name: command.SUMMARY for name, command in commands().items()}
    parser = Parser(
        prog="unfilter",
        usage="%(prog)s [-h] [--version] COMMAND ...",
        description="Photo filters that can be undone from the filtered file alone.\n\n" + overview(summaries),
        epilog="`unfilter COMMAND --help` says more; exit codes: 0 done, 1 a fidelity failure, 2 bad input, a missing\n"
        "extra, or an output that cannot be written, 3 some of several files failed and the others are done,\n"
        "130 interrupted",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"unfilter {version('unfilter')}")
    parser.add_argument("command", metavar="COMMAND", choices=summaries, help=SUPPRESS)
    return cast(str, parser.parse_args(given).command)


def _parsed(name: str, command: Command, given: Sequence[str]) -> Namespace:
    parser = Parser(prog=f"unfilter {name}", description=command.SUMMARY)
    command.add_arguments(parser)
    arguments, rest = parser.parse_known_args(given)
    if rest and not getattr(command, "TAKES_REST", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.command, arguments.rest = name, rest
    return cast(Namespace, arguments)


def _fail(message: str) -> int:
    print(f"unfilter: {message}", file=sys.stderr)
    return 2
