"""Keeping decoders quiet: what is wrong with a file is said once, in a `PhotoError`, or is nothing that a user can act on.

Python's warning filters and standard error belong to the whole process, so threads that read at once share one silence.
"""

import contextlib
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType


class Shared:
    """A context that threads may be in at the same time: the first enters it, the last leaves it."""

    def __init__(self, make: Callable[[], AbstractContextManager[None]]) -> None:
        self._make, self._lock, self._inside = make, threading.Lock(), 0
        self._context = make()

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._context = self._make()
                self._context.__enter__()
            self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._context.__exit__(None, None, None)


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """Pillow warns of oddities in metadata; a warning is not for the user, and the pixels are checked by decoding."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _no_standard_error() -> Iterator[None]:
    """Standard error without what libtiff prints there, from C, of a damaged file."""
    if sys.__stderr__ is None:  # closed from the start: its number may be that of a photo since
        yield
        return
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # no standard error, so nothing to keep silent
            kept = os.dup(2)
            stack.callback(os.close, kept)
            nowhere = stack.enter_context(open(os.devnull, "wb"))
            os.dup2(nowhere.fileno(), 2)
            stack.callback(os.dup2, kept, 2)
        yield


WITHOUT_WARNINGS = Shared(_no_warnings)
WITHOUT_STANDARD_ERROR = Shared(_no_standard_error)
