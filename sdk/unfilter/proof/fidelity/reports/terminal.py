"""A report as text for a terminal or a log."""

from collections.abc import Callable, Iterable, Sequence

from unfilter.proof.fidelity.baseline import Regression
from unfilter.proof.fidelity.report import FidelityReport, error_text
from unfilter.proof.fidelity.results import RoundTrip, Verdict

_MARKS = {Verdict.PASS: " ", Verdict.FAIL: "!", Verdict.UNVERIFIED: "?", Verdict.NOT_ENGAGED: "="}


def render(report: FidelityReport, regressions: Sequence[Regression] | None = None) -> str:
    """The report as text: graphs, matrices, what was not run or does not ship, what got worse (None: not compared), the
    verdict.
    """
    lines = [f"filter {report.filter}, restoration {report.restoration[:12]}"]
    lines.append(f"on {report.machine}" + (f" ({report.note})" if report.note else ""))
    lines.append(f"against {report.reference}, {len(report.photos)} photos")
    lines += ["", *_graphs(report)]
    lines += ["", f"restored PSNR in dB, forward (rows) to inverse (columns); the reference: {report.reference_db:.2f}"]
    lines += _matrix(report, _restored)
    lines += ["", "restored bytes against the reference's: PSNR in dB, largest difference in levels"]
    lines += _matrix(report, lambda trip: f"{trip.psnr:.1f} {trip.levels}")
    shown = [verdict for verdict in Verdict if report.count(verdict) and _MARKS[verdict].strip()]
    lines += ["   ".join(f"{_MARKS[verdict]} = {verdict}" for verdict in shown)] if shown else []
    lines += [f"not run: {absent.runtime}: {absent.reason}" for absent in report.not_run]
    lines += [f"does not ship: {each.format} {each.precision}: {each.reason}" for each in report.refused]
    lines += _worse(regressions)
    lines += ["", *(f"FAIL {failure}" for failure in report.failures)]
    return "\n".join([*lines, _summary(report, regressions or ())])


def _graphs(report: FidelityReport) -> list[str]:
    rows = [("graph", "max error", "PSNR", "levels", "differing", "verdict")]
    for r in report.graphs:
        name = f"{r.engine} {r.direction}"
        rows.append((name, error_text(r.error), f"{r.psnr:.1f}", str(r.levels), f"{r.differing:.4%}", str(r.verdict)))
    return table(rows, right=(1, 2, 3, 4))


def _restored(trip: RoundTrip) -> str:
    return f"{trip.restored_db:.2f}{_MARKS[trip.verdict]}"


def _matrix(report: FidelityReport, cell: Callable[[RoundTrip], str]) -> list[str]:
    cells = {(trip.forward, trip.inverse): cell(trip) for trip in report.round_trips}
    engines = report.engines
    rows = [("", *(str(engine) for engine in engines))]
    rows += [(str(forward), *(cells.get((forward, inverse), "-") for inverse in engines)) for forward in engines]
    return table(rows, right=range(1, len(engines) + 1))


def _worse(regressions: Sequence[Regression] | None) -> list[str]:
    if regressions is None:
        return []
    if not regressions:
        return ["", "nothing is worse than in the baseline"]
    rows = [("worse than the baseline", "", "before", "now", "allowed")]
    rows += [(one.what, one.metric, one.before, one.now, one.allowed) for one in regressions]
    return ["", *table(rows, right=(2, 3, 4))]


def table(rows: Sequence[tuple[str, ...]], right: Iterable[int]) -> list[str]:
    """Rows with columns as wide as what stands in them; those in `right` are set to the right."""
    flush = set(right)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(row: tuple[str, ...]) -> str:
        cells = (
            text.rjust(width) if column in flush else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        return "  ".join(cells).rstrip()

    return [line(row) for row in rows]


def _summary(report: FidelityReport, regressions: Sequence[Regression]) -> str:
    counts = ", ".join(f"{report.count(verdict)} {verdict}" for verdict in Verdict if report.count(verdict))
    if regressions:
        counts += f", {len(regressions)} worse than the baseline"
    return f"{'FAIL' if report.failures or regressions else 'OK'}: {counts}"
