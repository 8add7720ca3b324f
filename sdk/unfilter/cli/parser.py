"""The command line's parser: one that asks what was meant, and a `--help` that is sorted by what one comes for."""

import re
import shutil
import textwrap
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from unfilter.errors import did_you_mean

PURPOSES = {
    "use filters": ("apply", "wrap", "restore", "inspect", "filters", "card", "install", "uninstall"),
    "prove that photos come back": ("verify", "judge", "goldens", "delegates", "bench", "faults"),
    "make filters": ("new", "train", "convert", "compile", "sign", "pack", "embed"),
    "study them": ("operators", "operate", "score", "detection", "quantisation", "evaluate", "ablate", "zoo"),
}
"""Commands by what one comes for, in the order in which one needs them."""

_CHOICE = re.compile(r"invalid choice: (?P<given>'[^']*'|\S+) \(choose from (?P<known>.*)\)")

_KNOWN = re.compile(r" \(choose from .*\)")


class Parser(ArgumentParser):
    """An argument parser whose refusals say what was meant."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._given: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's; what is given is kept, to be looked through in `error`."""
        if args is not None:
            self._given = args
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """End with code 2, usage, and the message with a guess added, which takes the place of a list of all choices."""
        if meant := self._choice_meant(message):
            message = _KNOWN.sub("", message)
        meant = meant or self._options_meant()
        super().error(f"{message}; {meant.strip()}" if meant else message)

    def _choice_meant(self, message: str) -> str:
        choice = _CHOICE.search(message)
        return did_you_mean(choice["given"].strip("'"), re.findall(r"[\w:.-]+", choice["known"])) if choice else ""

    def _options_meant(self) -> str:
        """Guesses for every option that this parser does not have."""
        known = re.findall(r"(?<![\w-])--[a-z][a-z-]*", self.format_help())
        given = [each.partition("=")[0] for each in self._given if each.startswith("--") and len(each) > 2]
        unknown = [each for each in given if not any(option.startswith(each) for option in known)]
        return "".join(f"{each}: {meant}" for each in dict.fromkeys(unknown) if (meant := did_you_mean(each, known)))


def overview(summaries: Mapping[str, str]) -> str:
    """All commands with their summaries, by purpose; those of other packages at the end."""
    listed = {name for names in PURPOSES.values() for name in names}
    others = {"more": tuple(name for name in summaries if name not in listed)}
    width = max(shutil.get_terminal_size().columns - 2, 40)
    column = 4 + max(map(len, summaries))
    lines: list[str] = []
    for purpose, names in (PURPOSES | others).items():
        rows = [name for name in names if name in summaries]
        lines += ["", f"{purpose}:"] if rows else []
        for name in rows:
            head = f"  {name}".ljust(column)
            lines += textwrap.wrap(
                summaries[name], width, initial_indent=head, subsequent_indent=" " * column, break_on_hyphens=False
            )
    return "\n".join(lines[1:])
