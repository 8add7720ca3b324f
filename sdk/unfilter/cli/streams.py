"""Standard streams as they are on other people's machines: closed, absent, full, or unable to say a file's name.

What the commands do is files; what they say of it must neither end the work nor change how it ended.
"""

import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, TextIO

_STANDARD = 3  # descriptors: input, output, error


class Steady:
    """A text stream that takes everything: what its encoding lacks is written as an escape, such as `\\udce9`; once the
    stream fails, nothing more is written, and `error` says why.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        if self.error is None:
            try:
                try:
                    self._stream.write(text)
                except UnicodeEncodeError:
                    encoding = self._stream.encoding
                    self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            except OSError as error:
                self.error = error
        return len(text)

    def flush(self) -> None:
        if self.error is None:
            try:
                self._stream.flush()
            except OSError as error:
                self.error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def steady() -> Iterator[Steady]:
    """Standard output and error as `Steady` streams until the end, and what the package logs as lines on standard error.

    Yields:
        Standard output, whose `error` tells whether all of it was written.
    """
    _reserve()
    with ExitStack() as stack:
        output = Steady(stack.enter_context(_nowhere()) if sys.stdout is None else sys.stdout)
        error = Steady(stack.enter_context(_nowhere()) if sys.stderr is None else _apart(sys.stderr, stack))
        stack.enter_context(redirect_stdout(output))
        stack.enter_context(redirect_stderr(error))
        stack.enter_context(_logged(error))
        try:
            yield output
        finally:
            output.flush()
            error.flush()
            if output.error:  # or Python complains when it flushes at exit
                with suppress(OSError, ValueError):
                    nowhere = os.open(os.devnull, os.O_WRONLY)
                    os.dup2(nowhere, output.fileno())
                    os.close(nowhere)


def _reserve() -> None:
    """Open the standard descriptors that are closed: a photo must not be opened as one of them, where libraries print."""
    for descriptor in range(_STANDARD):
        try:
            os.fstat(descriptor)
        except OSError:
            with suppress(OSError):
                opened = os.open(os.devnull, os.O_RDWR)
                if opened != descriptor:
                    os.dup2(opened, descriptor)
                    os.close(opened)


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def _apart(stream: TextIO, stack: ExitStack) -> TextIO:
    """Standard error on a descriptor of its own: our lines are not lost while decoders are kept quiet on the usual one."""
    try:
        stream.flush()
        descriptor = os.dup(stream.fileno())
    except (OSError, ValueError, AttributeError):  # a stream of another program's, such as a window's
        return stream
    copy = io.TextIOWrapper(
        os.fdopen(descriptor, "wb", buffering=0),
        stream.encoding,
        "backslashreplace",
        line_buffering=True,
        write_through=True,
    )
    return stack.enter_context(copy)


@contextmanager
def _logged(error: Steady) -> Iterator[None]:
    logger = logging.getLogger("unfilter")
    handler: logging.Handler = logging.StreamHandler(error)
    handler.setFormatter(logging.Formatter("unfilter: %(message)s"))
    logger.addHandler(handler)
    before, logger.propagate = logger.propagate, False
    try:
        yield
    finally:
        logger.propagate = before
        logger.removeHandler(handler)
