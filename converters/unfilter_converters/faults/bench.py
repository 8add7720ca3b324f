"""Puts one fault into a copy of a bundle, verifies it, and says which check caught it."""

import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from unfilter.errors import BundleError
from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.proof.divergence import Divergence, first_divergences
from unfilter.proof.fidelity import FidelityReport, Tolerance, Verdict, verify
from unfilter.proof.fidelity.results import GraphResult
from unfilter.proof.fidelity.tolerances import of_precision
from unfilter_converters.faults.fault import Fault, NotHere, edit_manifest, hash_again, keep_artifacts

REFERENCE = "pt2"


@dataclass(frozen=True)
class Outcome:
    """Attributes:
    fault: what was put in.
    caught_by: checks that failed; empty where it slipped through.
    detail: the first failure in words, or why the fault could not be put in.
    here: whether the bundle has what this fault goes into.
    divergence: where the graphs depart.
    """

    fault: Fault
    caught_by: tuple[str, ...]
    detail: str
    here: bool = True
    divergence: Divergence | None = None


def run(
    bundle: Path, fault: Fault, *, goldens: Collection[str] = (), reference: bool = True, where: bool = False
) -> Outcome:
    """Put `fault` into a copy of the bundle in a temporary folder, and verify that.

    Args:
        bundle: a folder; it is only read.
        fault: what to put in.
        goldens: names of those that are measured on first; none means those that are smaller than a tile. The others follow
            where these show nothing.
        reference: whether the copy keeps the PyTorch reference.
        where: whether to walk the graphs too.
    """
    with tempfile.TemporaryDirectory(prefix="unfilter-fault-") as temporary:
        folder = Path(temporary) / bundle.name
        shutil.copytree(bundle, folder)
        _reduce(folder, fault, reference)
        try:
            fault.edit(folder)
        except NotHere as error:
            return Outcome(fault, (), str(error), here=False)
        return _outcome(folder, fault, goldens, where)


def without_fault(bundle: Path, *, goldens: Collection[str] = ()) -> tuple[str, ...]:
    """Failures of the bundle as it is: false alarms."""
    with tempfile.TemporaryDirectory(prefix="unfilter-fault-") as temporary:
        folder = Path(temporary) / bundle.name
        shutil.copytree(bundle, folder)
        if goldens:
            _keep_goldens(folder, goldens)
        hash_again(folder)
        return verify(Bundle(folder)).failures


def _reduce(folder: Path, fault: Fault, reference: bool) -> None:
    def wanted(artifact: Artifact) -> bool:
        if artifact.format == REFERENCE:
            return reference
        return artifact.format == fault.format and artifact.precision in ("fp32", fault.precision)

    keep_artifacts(folder, wanted)


def _keep_goldens(folder: Path, names: Collection[str]) -> None:
    edit_manifest(
        folder, lambda fields: fields.update(goldens=[golden for golden in fields["goldens"] if golden["name"] in names])
    )


def _outcome(folder: Path, fault: Fault, goldens: Collection[str], where: bool) -> Outcome:
    everything = (folder / "manifest.json").read_bytes()
    small = [golden.name for golden in Bundle(folder).manifest.goldens if golden.round_trip]
    _keep_goldens(folder, goldens or small)
    hash_again(folder)
    try:
        report = verify(Bundle(folder))
        if not report.failures:  # the golden that fills a tile costs most of the time, so it comes last
            (folder / "manifest.json").write_bytes(everything)
            _keep_goldens(folder, {*small[:1], *_filling(folder)})
            hash_again(folder)
            report = verify(Bundle(folder))
            return replace(_judged(folder, fault, report, where), caught_by=_prefixed(report))
    except BundleError as error:
        return Outcome(fault, ("opening",), str(error))
    return _judged(folder, fault, report, where)


def _filling(folder: Path) -> list[str]:
    return [golden.name for golden in Bundle(folder).manifest.goldens if not golden.round_trip]


def _prefixed(report: FidelityReport) -> tuple[str, ...]:
    return tuple(f"tile-filling golden: {check}" for check in checks(report))


def _judged(folder: Path, fault: Fault, report: FidelityReport, where: bool) -> Outcome:
    divergence = None
    if where and report.failures:
        divergence = next((each for each in first_divergences(Bundle(folder), report) if isinstance(each, Divergence)), None)
    detail = report.failures[0] if report.failures else "nothing failed"
    return Outcome(fault, checks(report), detail, divergence=divergence)


def checks(report: FidelityReport) -> tuple[str, ...]:
    """Names of the checks that failed."""
    failed = [result for result in report.graphs if result.verdict is Verdict.FAIL]
    bounds = {result.engine: of_precision(report.tolerances, result.engine.precision) for result in failed}
    found = {
        "consistency": bool(report.unsound),
        "opening": bool(report.broken),
        "golden bytes": any(_bytes_differ(result, bounds[result.engine]) for result in failed),
        "reference": any(_departs(result, bounds[result.engine]) for result in failed),
        "round trip": any(trip.verdict is Verdict.FAIL for trip in report.round_trips),
    }
    return tuple(name for name, caught in found.items() if caught)


def _departs(result: GraphResult, bound: Tolerance) -> bool:
    return result.error is not None and not result.error <= bound.error


def _bytes_differ(result: GraphResult, bound: Tolerance) -> bool:
    return result.levels > bound.levels or result.differing > bound.differing
