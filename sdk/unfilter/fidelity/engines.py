"""Which engines there are: every runtime of this machine at every precision that the bundle has for it."""

from collections.abc import Sequence

from unfilter import runtimes
from unfilter.bundle import Bundle, Precision
from unfilter.fidelity.report import Engine, NotRun
from unfilter.filter import Filter

REFERENCE = Engine(runtime="torch", precision="fp32")


def open_engines(bundle: Bundle, only: Sequence[str] = ()) -> tuple[dict[Engine, Filter], list[NotRun]]:
    """Opened filters by engine, in the runtimes' order of preference, and the runtimes that are left out with the reason.

    `only` names the runtimes that are asked for; none means all. No graph is loaded yet.
    """
    filters: dict[Engine, Filter] = {}
    not_run = []
    for name in runtimes.NAMES:
        module = runtimes.sibling(name)
        reason = "not asked for" if only and name not in only else module.unavailable()
        if reason:
            not_run.append(NotRun(runtime=name, reason=reason))
            continue
        for precision in _precisions(bundle, module):
            engine = Engine(runtime=name, precision=precision)
            filters[engine] = Filter.open(bundle.folder, runtime=name, precision=precision)
    return filters, not_run


def _precisions(bundle: Bundle, module: runtimes.Runtime) -> list[Precision]:
    """Those that the bundle has in the runtime's format, in the manifest's order."""
    return list(dict.fromkeys(a.precision for a in bundle.manifest.artifacts if a.format == module.FORMAT))
