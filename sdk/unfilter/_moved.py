"""Modules under the paths that they had before: each is still imported by its old one, with a warning of the new one.

Law: an old path gives the very module of the new one, so that nothing exists twice and `isinstance` holds across both.
"""

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

MOVED = {
    "archive": "find.archive",
    "bench": "proof.bench",
    "bundle": "format.bundle",
    "commands": "cli",
    "delegates": "run.delegates",
    "delegates.engagement": "proof.engagement",
    "delegates.recipes": "run.delegates.table",
    "commands.folders": "jobs.folders",
    "detection": "jobs.detection",
    "detection.carrier": "jobs.detection.comparison",
    "fidelity": "proof.fidelity",
    "fidelity.soundness": "proof.fidelity.consistency",
    "filter": "jobs.filter",
    "goldens": "proof.goldens",
    "graphs": "run.graphs",
    "hyper_parameter": "format.hyper_parameter",
    "locate": "proof.divergence",
    "photo.fingerprint": "format.fingerprint",
    "photo.tag": "format.tag",
    "provenance": "jobs.refusals",
    "remainder": "format.remainder",
    "resume": "jobs.resume",
    "rounding": "format.rounding",
    "run.delegates.recipes": "run.delegates.table",
    "runtimes": "run.runtimes",
    "search_path": "find.search_path",
    "signing": "find.signing",
    "store": "find.store",
    "tiling": "run.tiling",
    "validation": "format.validation",
}
"""New path by old one, below `unfilter`. What lies below an old path lies below the new one."""

SPLIT = {"bundle": "format.manifest", "filter": "run.tiling", "tiling": "format.tiles"}
"""Where names of an old module are that the new one lacks."""


def new_path(old: str) -> str | None:
    """Where a module is now, such as `unfilter.run.graphs` for `unfilter.graphs`; None where it never moved."""
    package, _, rest = old.partition(".")
    parts = rest.split(".") if package == "unfilter" and rest else []
    for length in range(len(parts), 0, -1):
        if moved := MOVED.get(".".join(parts[:length])):
            return ".".join([package, moved, *parts[length:]])
    return None


class OldPaths(MetaPathFinder, Loader):
    """Finds modules by old paths."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec that loads the module of the new path; None for all that never moved."""
        return ModuleSpec(fullname, self) if new_path(fullname) else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module of the new path, once the caller was told of it."""
        new = new_path(spec.name)
        assert new is not None
        warnings.warn(f"{spec.name} is {new} now; the old path goes with unfilter 1.0", DeprecationWarning, stacklevel=2)
        module = import_module(new)
        if other := SPLIT.get(spec.name.removeprefix("unfilter.")):
            for name, value in vars(import_module(f"unfilter.{other}")).items():
                vars(module).setdefault(name, value)
        spec.loader_state = module.__spec__  # the import system puts this spec in its place
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is run again; the module keeps the spec of its new path."""
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state


def install() -> None:
    """Let old paths be found, after all that is there."""
    if not any(isinstance(finder, OldPaths) for finder in sys.meta_path):
        sys.meta_path.append(OldPaths())
