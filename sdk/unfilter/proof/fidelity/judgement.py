"""From numbers to verdicts. A report that was saved can be judged again under other tolerances: nothing is measured anew."""

from unfilter.proof.fidelity.report import FidelityReport
from unfilter.proof.fidelity.results import Engine, GraphResult, RoundTrip, Verdict
from unfilter.proof.fidelity.tolerances import Tolerances, of_pair, of_precision
from unfilter.run import runtimes


def judge(report: FidelityReport, tolerances: Tolerances) -> FidelityReport:
    """The same numbers with the verdicts that `tolerances` give.

    Raises:
        UnfilterError: a precision has no tolerance.
        RuntimeUnavailable: the report names a runtime that this version does not know.
    """
    graphs = [result.model_copy(update={"verdict": _of_graph(result, tolerances)}) for result in report.graphs]
    idle = {result.engine for result in graphs if result.verdict is Verdict.NOT_ENGAGED}
    reference_db = [photo.reference_db for photo in report.round_trip_photos]
    trips = [
        trip.model_copy(update={"verdict": _of_round_trip(trip, report.reference_db, reference_db, tolerances, idle)})
        for trip in report.round_trips
    ]
    used = dict.fromkeys(engine.precision for engine in report.engines)
    by_precision = {precision: of_precision(tolerances, precision) for precision in used}
    update = {"graphs": tuple(graphs), "round_trips": tuple(trips), "tolerances": by_precision}
    return report.model_copy(update=update)


def _of_graph(result: GraphResult, tolerances: Tolerances) -> Verdict:
    tolerance = of_precision(tolerances, result.engine.precision)
    # Bytes are judged too: they are all there is where torch is not installed. No comparison admits not-a-number.
    right = (
        result.levels <= tolerance.levels
        and result.differing <= tolerance.differing
        and (result.error is None or result.error <= tolerance.error)
    )
    return _verdict(right, {result.engine} if result.engaged is False else set(), result.engine)


def _of_round_trip(
    trip: RoundTrip, reference_db: float, photos_db: list[float], tolerances: Tolerances, idle: set[Engine]
) -> Verdict:
    tolerance = of_pair(tolerances, trip.forward.precision, trip.inverse.precision)
    # Compared so that an exact restoration, of infinite PSNR, is as good as an exact reference.
    right = trip.restored_db >= reference_db - tolerance.round_trip_db and all(
        restored >= expected - tolerance.photo_db for restored, expected in zip(trip.photos_db, photos_db, strict=True)
    )
    return _verdict(right, idle, trip.forward, trip.inverse)


def _verdict(right: bool, idle: set[Engine], *engines: Engine) -> Verdict:
    if not right:
        return Verdict.FAIL
    if idle & set(engines):
        return Verdict.NOT_ENGAGED
    on_vendors = all(runtimes.sibling(engine.runtime).ON_VENDOR_RUNTIME for engine in engines)
    return Verdict.PASS if on_vendors else Verdict.UNVERIFIED
