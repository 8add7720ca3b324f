"""Parameters and names of older versions, which still do what they did, and say what they are called now."""

import warnings
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def renamed_parameters(function: str, **now: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Lets a function take keywords by their old names, with a warning. `now` has the new name by the old one."""

    def decorator(decorated: Callable[P, T]) -> Callable[P, T]:
        @wraps(decorated)
        def called(*args: P.args, **kwargs: P.kwargs) -> T:
            for old in now.keys() & kwargs.keys():
                _warn(f"{function}({old}=)", f"{function}({now[old]}=)", 3)
                kwargs[now[old]] = kwargs.pop(old)
            return decorated(*args, **kwargs)

        return called

    return decorator


def renamed_names(module: str, now: Mapping[str, object]) -> Callable[[str], object]:
    """A module's `__getattr__` that gives what `now` has by an old name, with a warning."""

    def get(name: str) -> object:
        if name not in now:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        _warn(name, getattr(now[name], "__name__", ""), 3)
        return now[name]

    return get


def _warn(old: str, new: str, stacklevel: int) -> None:
    warnings.warn(f"{old} is {new} now; the old name goes with 1.0", DeprecationWarning, stacklevel=stacklevel)
