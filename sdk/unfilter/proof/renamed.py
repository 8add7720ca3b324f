"""Parameters and names of older versions, which still do what they did, and say what they are called now."""

import warnings
from typing import TypeVar

T = TypeVar("T")


def renamed(function: str, old: str, given: T | None, new: str, value: T) -> T:
    """`given` under the old name of a parameter, with a warning; `value` where nothing is."""
    if given is None:
        return value
    warnings.warn(
        f"{function}({old}=) is {function}({new}=) now; the old name goes with 1.0", DeprecationWarning, stacklevel=3
    )
    return given
