"""How a graph is handed to a delegate: one table (`table.json`) for the SDK, which reads it here, and for the samples,
which find it in every bundle (`delegates.json`).
"""

import sys
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from unfilter.errors import RuntimeUnavailable, did_you_mean
from unfilter.format.artifact import Precision

Platform = Literal["android", "ios", "linux", "macos", "web", "windows"]
Language = Literal["kotlin", "python", "swift", "typescript"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Delegate(_Frozen):
    """One delegate of one runtime.

    Attributes:
        hardware: what it runs on.
        platforms: where the vendor offers it.
        api: its name in the runtime's own API, per language that the runtime has one in; a call in Kotlin and Swift.
        options: handed to it as they are.
        plugin: distribution on PyPI that adds it to the runtime; empty where the runtime brings it.
        fixed_size: takes tiles of the plan's size only; smaller photos then run on the CPU.
        baseline: delegate of the same runtime on the CPU whose bytes tell whether this one ran; empty for such a one.
        note: what to know before choosing it.
        source: the vendor's page.
    """

    runtime: str
    delegate: str
    hardware: Literal["CPU", "GPU", "NPU", "GPU and NPU"]
    platforms: tuple[Platform, ...]
    api: dict[Language, str]
    options: dict[str, str]
    plugin: str
    fixed_size: bool
    baseline: str
    note: str
    source: str

    def __str__(self) -> str:
        return f"{self.runtime} {self.delegate}"


class Preference(_Frozen):
    """A delegate to try for artifacts of these precisions, before those that follow it in the list of its platform."""

    runtime: str
    delegate: str
    precisions: tuple[Precision, ...]


class Delegates(_Frozen):
    """The table. `preferred` lists what to try, in order, on each platform."""

    recipes: tuple[Delegate, ...]
    preferred: dict[Platform, tuple[Preference, ...]]


@cache
def read_table() -> Delegates:
    """The table of this version of the SDK."""
    return Delegates.model_validate_json((files("unfilter.run.delegates") / "table.json").read_bytes())


def delegates() -> tuple[Delegate, ...]:
    """All of the table."""
    return read_table().recipes  # the name that bundles have it by


def of_runtime(runtime: str) -> list[Delegate]:
    """The delegates of a runtime, its CPU first."""
    return [each for each in delegates() if each.runtime == runtime]


def find_delegate(runtime: str, delegate: str) -> Delegate:
    """The delegate of that name.

    Raises:
        RuntimeUnavailable: the runtime has none of that name.
    """
    known = of_runtime(runtime)
    for each in known:
        if each.delegate == delegate:
            return each
    having = [each.runtime for each in delegates() if each.delegate == delegate]
    here = [each.delegate for each in known]
    meant = (
        f"{' and '.join(having)} {'has' if len(having) == 1 else 'have'} it; " if having else did_you_mean(delegate, here)
    )
    raise RuntimeUnavailable(f"runtime {runtime} has no delegate {delegate!r}: {meant}choose one of {', '.join(here)}")


def names() -> list[str]:
    """Names of all delegates, each once."""
    return list(dict.fromkeys(each.delegate for each in delegates()))


def preferred(runtime: str, precision: Precision) -> list[Delegate]:
    """What to try on this machine for an artifact, in order; the runtime's CPU at the end."""
    known = {each.delegate: each for each in of_runtime(runtime)}
    listed = [
        known[each.delegate]
        for each in read_table().preferred[this_platform()]
        if each.runtime == runtime and precision in each.precisions
    ]
    return [*listed, *list(known.values())[:1]]


def this_platform() -> Platform:
    """The platform that Python runs on; Linux for other systems of its kind."""
    return "macos" if sys.platform == "darwin" else "windows" if sys.platform == "win32" else "linux"
