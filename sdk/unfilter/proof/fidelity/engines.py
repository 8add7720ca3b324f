"""Which engines there are: every runtime of this machine at every precision that the bundle has for it, on its CPU, and on
the delegate that it takes by itself where that is another one.
"""

from collections.abc import Sequence

from unfilter.format.artifact import Precision
from unfilter.format.bundle import Bundle
from unfilter.jobs.filter import Filter
from unfilter.proof.fidelity.results import Engine, NotRun
from unfilter.run import runtimes
from unfilter.run.delegates.table import of_runtime
from unfilter.run.graphs import chosen

REFERENCE = Engine(runtime="torch", precision="fp32")


def open_engines(bundle: Bundle, only: Sequence[str] = ()) -> tuple[dict[Engine, Filter], list[NotRun]]:
    """Opened filters by engine, in the runtimes' order of preference, and the runtimes that are left out with the reason.

    `only` names the runtimes that are asked for; none means all. No graph is loaded yet.
    """
    filters: dict[Engine, Filter] = {}
    not_run = []
    for name in runtimes.NAMES:
        module = runtimes.sibling(name)
        reason = "not asked for" if only and name not in only else runtimes.unusable(name)
        if reason:
            not_run.append(NotRun(runtime=name, reason=reason))
            continue
        cpu = of_runtime(name)[0]
        for precision in _precisions(bundle, module):
            for delegate in dict.fromkeys((cpu.delegate, chosen(name, precision, None).delegate)):
                engine = Engine(runtime=name, precision=precision, delegate=None if delegate == cpu.delegate else delegate)
                filters[engine] = Filter(bundle, name, precision, delegate)
    return filters, not_run


def _precisions(bundle: Bundle, module: runtimes.Runtime) -> list[Precision]:
    """Those that the bundle has in the runtime's format, in the manifest's order."""
    return list(dict.fromkeys(a.precision for a in bundle.manifest.artifacts if a.format == module.FORMAT))
