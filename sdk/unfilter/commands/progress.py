"""Progress of work that takes long, on standard error: one line that is rewritten on a terminal, lines in a log."""

import sys


def announce(step: str) -> None:
    """Say what is being done now."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{step}")
        sys.stderr.flush()
    else:
        print(step, file=sys.stderr)


def finish() -> None:
    """Clear the line that `announce` rewrites."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()
