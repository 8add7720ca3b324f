"""What got worse since an earlier report: the gate for a project whose bundle passed before, and should go on as it did."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from unfilter.errors import UnfilterError
from unfilter.proof.fidelity.report import FidelityReport, error_text
from unfilter.proof.fidelity.results import GraphResult, RoundTrip, Verdict

ERROR_TIMES, ERROR_FLOOR = 2.0, 2e-6
"""An error counts as worse above twice the earlier one, and above 2e-6: kernels sum in different orders, and the errors of
three runtimes in fp32 lay between 5e-7 and 1.5e-6 on one machine."""
SHARE_TIMES, SHARE_FLOOR = 2.0, 1e-4
"""The same for shares of differing bytes: 1e-4 is 20 bytes of a golden."""
LEVELS_MORE = 1
"""Levels that a byte may lie further off: one is a matter of a rounding edge."""
DB_LESS = 0.05
"""dB that restored photos may lose; over all pairs of fp32 engines on one machine, l0 restored within 0.0003."""

_ORDER = (Verdict.PASS, Verdict.NOT_ENGAGED, Verdict.UNVERIFIED, Verdict.FAIL)


@dataclass(frozen=True)
class Regression:
    """One number that got worse: of what, which, what it was, what it is, and what would have been allowed, in words."""

    what: str
    metric: str
    before: str
    now: str
    allowed: str


def regressions(report: FidelityReport, baseline: FidelityReport) -> tuple[Regression, ...]:
    """What is worse in `report` than in `baseline`, and what is missing there; better or new is no regression.

    Another restoration id is no obstacle: a filter that was trained again is held to what it could before.

    Raises:
        UnfilterError: they are of different filters, or measured on different photos, and cannot be compared.
    """
    if report.filter != baseline.filter:
        raise UnfilterError(f"the baseline is of filter {baseline.filter}, the report of {report.filter}")
    before, now = _photos(baseline), _photos(report)
    if before != now:
        names = sorted({name for name, *_ in before ^ now})
        raise UnfilterError(f"the baseline was measured on other photos ({', '.join(names[:5])}): measure both on the same")
    found = [*_reference(report, baseline)]
    graphs = {(result.engine, result.direction): result for result in report.graphs}
    for result in baseline.graphs:
        found += _graph(result, graphs.get((result.engine, result.direction)))
    trips = {(trip.forward, trip.inverse): trip for trip in report.round_trips}
    for trip in baseline.round_trips:
        found += _round_trip(trip, trips.get((trip.forward, trip.inverse)))
    return tuple(found)


def _photos(report: FidelityReport) -> set[tuple[str, int, int, bool]]:
    return {(photo.name, photo.height, photo.width, photo.round_trip) for photo in report.photos}


def _reference(report: FidelityReport, baseline: FidelityReport) -> Iterator[Regression]:
    yield from _lower("the reference", "restored", baseline.reference_db, report.reference_db)


def _graph(before: GraphResult, now: GraphResult | None) -> Iterator[Regression]:
    what = f"{before.engine} {before.direction}"
    if now is None:
        yield _absent(what)
        return
    yield from _verdict(what, before.verdict, now.verdict)
    if before.error is not None:
        allowed = max(ERROR_TIMES * before.error, ERROR_FLOOR)
        if now.error is None or not now.error <= allowed:
            yield Regression(what, "error", error_text(before.error), error_text(now.error), error_text(allowed))
    yield from _bytes(what, before, now)


def _round_trip(before: RoundTrip, now: RoundTrip | None) -> Iterator[Regression]:
    what = str(before)
    if now is None:
        yield _absent(what)
        return
    yield from _verdict(what, before.verdict, now.verdict)
    yield from _lower(what, "restored", before.restored_db, now.restored_db)
    yield from _bytes(what, before, now)


def _bytes(what: str, before: GraphResult | RoundTrip, now: GraphResult | RoundTrip) -> Iterator[Regression]:
    allowed = before.levels + LEVELS_MORE
    if now.levels > allowed:
        yield Regression(what, "levels", str(before.levels), str(now.levels), str(allowed))
    share = max(SHARE_TIMES * before.differing, SHARE_FLOOR)
    if now.differing > share:
        yield Regression(what, "differing bytes", f"{before.differing:.4%}", f"{now.differing:.4%}", f"{share:.4%}")


def _lower(what: str, metric: str, before: float, now: float) -> Iterator[Regression]:
    allowed = before - DB_LESS
    exact_before = math.isinf(before)
    if not (now >= allowed):
        yield Regression(what, metric, f"{before:.2f} dB", f"{now:.2f} dB", "exact" if exact_before else f"{allowed:.2f} dB")


def _verdict(what: str, before: Verdict, now: Verdict) -> Iterator[Regression]:
    if _ORDER.index(now) > _ORDER.index(before):
        yield Regression(what, "verdict", str(before), str(now), str(before))


def _absent(what: str) -> Regression:
    return Regression(what, "measured", "yes", "no", "yes")
