"""Subcommands of `unfilter`. Each is a module, found through the entry-point group `unfilter.commands`, with

- `SUMMARY`: one line for `--help`,
- `EXTRA`, `REQUIRES`: the extra that brings the modules it cannot do without,
- `add_arguments(parser)` and `run(arguments) -> exit code`,
- `TAKES_REST = True` where arguments that the parser does not know are its own business (`arguments.rest`).

Modules import what is heavy inside `run`, so that `--help` is quick and a missing extra is said in words.
"""

from argparse import ArgumentParser
from typing import Protocol

GROUP = "unfilter.commands"


class Command(Protocol):
    """What a subcommand's module offers."""

    SUMMARY: str
    EXTRA: str | None
    REQUIRES: tuple[str, ...]

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, arguments: object) -> int: ...
