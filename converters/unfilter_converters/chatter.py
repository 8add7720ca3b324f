"""Converters print pages of notices, from Python and from C++: held back, and shown only where something fails."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Hold back what is written to standard output and error, by Python or below it; print it if the body fails."""
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as held:
        kept = [os.dup(descriptor) for descriptor in (1, 2)]
        try:
            for descriptor in (1, 2):
                os.dup2(held.fileno(), descriptor)
            try:
                with contextlib.redirect_stdout(held), contextlib.redirect_stderr(held):
                    yield
            finally:
                held.flush()
                for descriptor, original in zip((1, 2), kept, strict=True):
                    os.dup2(original, descriptor)
        except Exception:
            held.seek(0)
            sys.stderr.write(held.read())
            raise
        finally:
            for original in kept:
                os.close(original)
