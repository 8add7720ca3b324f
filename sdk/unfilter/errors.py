"""Errors that a user can act on.

Each message is one line: the file, what was found, what to do. The command exits with 2.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class UnfilterError(ValueError):
    """Base of the errors below. The message is kept on one line, whatever names and reasons it quotes."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.splitlines()))


class PhotoError(UnfilterError):
    """A photo file that cannot be read, written or restored."""


class BundleError(UnfilterError):
    """A bundle that is missing, broken, changed or of another version."""


class RuntimeUnavailable(UnfilterError):
    """A runtime that is not installed, or an artifact that this machine cannot run."""


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """`did you mean KNOWN? ` with the likeliest of what there is; empty where nothing is like `given`.

    Capitals count for nothing, and what `given` begins is as likely as what it misspells.
    """
    names = {name.casefold(): name for name in known}
    folded = given.casefold()
    close = [folded] if folded in names else get_close_matches(folded, names, n=1, cutoff=0.6)
    close = close or [name for name in names if len(folded) > 1 and name.startswith(folded)]
    return f"did you mean {names[close[0]]}? " if close and names[close[0]] != given else ""
