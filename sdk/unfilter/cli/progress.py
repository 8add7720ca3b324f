"""Progress of work that takes long, on standard error: one line that is rewritten on a terminal, lines in a log."""

import sys
import time
from collections.abc import Callable


def announce(step: str) -> None:
    """Say what is being done now."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{step}")
        sys.stderr.flush()
    else:
        print(step, file=sys.stderr)


def announcing(every: float = 60.0) -> Callable[[str], None]:
    """`announce` for what changes all the time: in a log, no line follows another within `every` seconds."""
    said = time.monotonic()

    def say(step: str) -> None:
        nonlocal said
        if sys.stderr.isatty() or time.monotonic() - said >= every:
            announce(step)
            said = time.monotonic()

    return say


def finish() -> None:
    """Clear the line that `announce` rewrites."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()


def megapixels(step: str) -> Callable[[int, int], None] | None:
    """A bar for a terminal, with megapixels per second; to be called with how many pixels of how many are done, first with
    0. None where standard error is no terminal: the command says at its end what it did.
    """
    if not sys.stderr.isatty():
        return None
    started = time.monotonic()

    def update(done: int, total: int) -> None:
        nonlocal started
        if not done:
            started = time.monotonic()
        if not total:
            return
        rate = done / 1e6 / max(time.monotonic() - started, 1e-3)
        bar = "#" * round(24 * done / total)
        announce(f"{step} [{bar:<24}] {done / 1e6:.1f} of {total / 1e6:.1f} MP, {rate:.2f} MP/s")
        if done == total:
            finish()

    return update
