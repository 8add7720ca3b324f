"""Errors that a user can act on.

Each message is one line: the file, what was found, what to do. The command exits with 2.
"""


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
