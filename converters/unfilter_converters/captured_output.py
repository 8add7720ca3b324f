"""Output of converters, which print pages of notices from Python and from C++: captured, and shown only where one fails."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def captured_output() -> Iterator[None]:
    """Capture what is written to standard output and error, by Python or below it; print it if the body fails."""
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as captured:
        kept = [os.dup(descriptor) for descriptor in (1, 2)]
        try:
            for descriptor in (1, 2):
                os.dup2(captured.fileno(), descriptor)
            try:
                with contextlib.redirect_stdout(captured), contextlib.redirect_stderr(captured):
                    yield
            finally:
                captured.flush()
                for descriptor, original in zip((1, 2), kept, strict=True):
                    os.dup2(original, descriptor)
        except Exception:
            captured.seek(0)
            sys.stderr.write(captured.read())
            raise
        finally:
            for original in kept:
                os.close(original)
