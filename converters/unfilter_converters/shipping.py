"""Which precisions ship: those that keep their tolerance, each with its size, error and loss in the manifest.

Everything is read off the verdict, which runs every graph anyway. fp32 is never refused: without it there is no filter, and
a bundle whose fp32 fails says so by its verdict.
"""

import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from unfilter.format.artifact import Artifact, Format, Measured, Precision, Refused
from unfilter.proof.fidelity import FidelityReport, Verdict
from unfilter.proof.fidelity.results import Engine
from unfilter.proof.fidelity.tolerances import of_precision
from unfilter.run import runtimes
from unfilter.run.delegates.coverage import Coverage


def format_of(engine: Engine) -> Format:
    """What the runtime of an engine opens."""
    return runtimes.sibling(engine.runtime).FORMAT


def shippable(report: FidelityReport) -> FidelityReport:
    """The report without the precisions that missed their tolerance, which are under `refused`, with the number each."""
    reasons: dict[tuple[Format, Precision], str] = {}
    for engine, reason in _misses(report):
        reasons.setdefault((format_of(engine), engine.precision), reason)
    refused = [Refused(format=form, precision=each, reason=why) for (form, each), why in reasons.items() if each != "fp32"]
    left = leave_out(report, {(each.format, each.precision) for each in refused})
    while (one := _poor_partner(left)) is not None:
        refused.append(one)
        left = leave_out(left, {(one.format, one.precision)})
    return left.model_copy(update={"refused": (*report.refused, *refused)})


def leave_out(report: FidelityReport, gone: Collection[tuple[Format, Precision]]) -> FidelityReport:
    """The report without all that it says of these artifacts."""

    def stays(*engines: Engine) -> bool:
        return not any((format_of(engine), engine.precision) in gone for engine in engines)

    def covered(one: Coverage) -> bool:
        return stays(Engine(runtime=one.runtime, precision=one.precision))

    graphs = tuple(graph for graph in report.graphs if stays(graph.engine))
    precisions = {graph.engine.precision for graph in graphs}
    return report.model_copy(
        update={
            "graphs": graphs,
            "round_trips": tuple(trip for trip in report.round_trips if stays(trip.forward, trip.inverse)),
            "broken": tuple(one for one in report.broken if stays(one.engine)),
            "sizes": tuple(size for size in report.sizes if (size.format, size.precision) not in gone),
            "speeds": tuple(speed for speed in report.speeds if stays(speed.engine)),
            "coverage": tuple(one for one in report.coverage if covered(one)),
            "tolerances": {name: bounds for name, bounds in report.tolerances.items() if name in precisions},
        }
    )


def _misses(report: FidelityReport) -> Iterator[tuple[Engine, str]]:
    """Engines that break off, depart or restore too little with themselves, and the numbers that say so."""
    for one in report.broken:
        yield one.engine, one.reason
    for graph in report.graphs:
        if graph.verdict is Verdict.FAIL:
            bound = of_precision(report.tolerances, graph.engine.precision)
            numbers = (
                ("error", graph.error or 0.0, bound.error),
                ("levels", graph.levels, bound.levels),
                ("share of differing bytes", graph.differing, bound.differing),
            )
            over = [f"{name} {found:.3g}, {most:g} at most" for name, found, most in numbers if not found <= most]
            yield graph.engine, f"{graph.direction} is off the reference: {'; '.join(over)}"
    photos_db = [photo.reference_db for photo in report.round_trip_photos]
    for trip in report.round_trips:
        if trip.verdict is Verdict.FAIL and trip.forward == trip.inverse:
            bound = of_precision(report.tolerances, trip.forward.precision)
            loss = _loss(report.reference_db, trip.restored_db)
            if loss > bound.round_trip_db:
                yield trip.forward, f"restores {loss:.2f} dB less than the reference, {bound.round_trip_db:g} at most"
                continue
            worst = max(_loss(right, found) for right, found in zip(photos_db, trip.photos_db, strict=True))
            yield trip.forward, f"restores one photo {worst:.2f} dB less than the reference, {bound.photo_db:g} at most"


def _poor_partner(report: FidelityReport) -> Refused | None:
    """The smaller precision that is in most of the failed round trips between unlike engines, by the worst of them."""
    failed: dict[tuple[Format, Precision], list[tuple[float, Engine]]] = {}
    for trip in report.round_trips:
        if trip.verdict is Verdict.FAIL and trip.forward != trip.inverse:
            for one, other in ((trip.forward, trip.inverse), (trip.inverse, trip.forward)):
                if one.precision != "fp32":
                    failed.setdefault((format_of(one), one.precision), []).append((trip.restored_db, other))
    if not failed:
        return None
    (form, precision), trips = max(failed.items(), key=lambda item: len(item[1]))
    restored, partner = min(trips, key=lambda trip: trip[0])
    reason = f"with {partner} restores {restored:.2f} dB, the reference {report.reference_db:.2f}"
    return Refused(format=form, precision=precision, reason=reason)


def without(refused: Iterable[Refused], artifacts: Iterable[Artifact], bundle: Path) -> list[Artifact]:
    """`artifacts` but those refused, whose files are removed from the bundle."""
    gone = {(each.format, each.precision) for each in refused}
    artifacts = list(artifacts)
    for path in {bundle / each.path for each in artifacts if (each.format, each.precision) in gone}:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return [each for each in artifacts if (each.format, each.precision) not in gone]


def measured(artifacts: Iterable[Artifact], report: FidelityReport) -> list[Artifact]:
    """`artifacts` with what `report` measured of each; of several runtimes that open one, the worst."""
    return [artifact.model_copy(update={"measured": _measured(artifact, report)}) for artifact in artifacts]


def _measured(artifact: Artifact, report: FidelityReport) -> Measured | None:
    def is_its(engine: Engine) -> bool:
        return (format_of(engine), engine.precision) == (artifact.format, artifact.precision)

    sizes = [size.bytes for size in report.sizes if size.path == artifact.path]
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
    if not sizes or not errors or not losses:
        return None
    return Measured(bytes=sizes[0], error=max(errors), round_trip_loss_db=max(losses))


def _loss(reference_db: float, restored_db: float) -> float:
    return 0.0 if reference_db == restored_db else reference_db - restored_db  # both infinite: nothing is lost
