"""Which precisions ship: those that keep their tolerance, each with its size, error and loss in the manifest.

Everything is read off the verdict, which runs every graph anyway. fp32 is never refused: without it there is no filter, and
a bundle whose fp32 fails says so by its verdict.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from unfilter import runtimes
from unfilter.bundle import Artifact, Format, Measured, Precision, Refused
from unfilter.fidelity import TOLERANCES, FidelityReport, Verdict
from unfilter.fidelity.report import Engine


def format_of(engine: Engine) -> Format:
    """What the runtime of an engine opens."""
    return runtimes.sibling(engine.runtime).FORMAT


def shippable(report: FidelityReport) -> tuple[FidelityReport, tuple[Refused, ...]]:
    """The report without the precisions that missed their tolerance, and those, with the number each."""
    reasons: dict[tuple[Format, Precision], str] = {}
    for graph in report.graphs:
        if graph.verdict is Verdict.FAIL:
            bound = TOLERANCES[graph.engine.precision].error
            found = "-" if graph.error is None else f"{graph.error:.3g}"
            reason = f"{graph.direction} is {found} and {graph.levels} levels off the reference, {bound:g} at most"
            reasons.setdefault((format_of(graph.engine), graph.engine.precision), reason)
    for trip in report.round_trips:
        if trip.verdict is Verdict.FAIL and trip.forward == trip.inverse:
            loss, bound = report.reference_db - trip.restored_db, TOLERANCES[trip.forward.precision].round_trip_db
            reason = f"restores {loss:.2f} dB less than the reference, {bound:g} at most"
            reasons.setdefault((format_of(trip.forward), trip.forward.precision), reason)
    refused = tuple(
        Refused(format=format, precision=precision, reason=reason)
        for (format, precision), reason in reasons.items()
        if precision != "fp32"
    )
    gone = {(each.format, each.precision) for each in refused}

    def stays(*engines: Engine) -> bool:
        return not any((format_of(engine), engine.precision) in gone for engine in engines)

    graphs = tuple(graph for graph in report.graphs if stays(graph.engine))
    trips = tuple(trip for trip in report.round_trips if stays(trip.forward, trip.inverse))
    return report.model_copy(update={"graphs": graphs, "round_trips": trips}), refused


def without(refused: Iterable[Refused], artifacts: list[Artifact], bundle: Path) -> list[Artifact]:
    """`artifacts` but those refused, whose files are removed from the bundle."""
    gone = {(each.format, each.precision) for each in refused}
    for path in {bundle / each.path for each in artifacts if (each.format, each.precision) in gone}:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return [each for each in artifacts if (each.format, each.precision) not in gone]


def measured(artifacts: Iterable[Artifact], bundle: Path, report: FidelityReport) -> list[Artifact]:
    """`artifacts` with what `report` measured of each; of several runtimes that open one, the worst."""
    return [artifact.model_copy(update={"measured": _measured(artifact, bundle, report)}) for artifact in artifacts]


def _measured(artifact: Artifact, bundle: Path, report: FidelityReport) -> Measured | None:
    def is_its(engine: Engine) -> bool:
        return (format_of(engine), engine.precision) == (artifact.format, artifact.precision)

    errors = [
        graph.error
        for graph in report.graphs
        if is_its(graph.engine) and graph.direction == artifact.direction and graph.error is not None
    ]
    losses = [
        _loss(report.reference_db, trip.restored_db)
        for trip in report.round_trips
        if trip.forward == trip.inverse and is_its(trip.forward)
    ]
    if not errors or not losses:
        return None
    path = bundle / artifact.path
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return Measured(bytes=sum(file.stat().st_size for file in files), error=max(errors), round_trip_loss_db=max(losses))


def _loss(reference_db: float, restored_db: float) -> float:
    return 0.0 if reference_db == restored_db else reference_db - restored_db  # both infinite: nothing is lost
