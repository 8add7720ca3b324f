"""Run every artifact that this machine can run, on goldens or photos: each graph alone, every forward with every inverse;
and look at what the bundle says of itself.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from unfilter.errors import RuntimeUnavailable
from unfilter.format.bundle import Bundle
from unfilter.proof.fidelity import cases, consistency, machine
from unfilter.proof.fidelity.engines import REFERENCE, open_engines
from unfilter.proof.fidelity.gallery import Gallery
from unfilter.proof.fidelity.judgement import judge
from unfilter.proof.fidelity.measurement import Measurement
from unfilter.proof.fidelity.report import FidelityReport
from unfilter.proof.fidelity.results import ArtifactSize
from unfilter.proof.fidelity.tolerances import TOLERANCES, Tolerances
from unfilter.proof.renamed import renamed_parameters
from unfilter.run import runtimes
from unfilter.run.delegates.coverage import read_coverage

TOOLS = ("unfilter", "onnxruntime", "ai-edge-litert", "tflite-runtime", "coremltools", "torch", "numpy")
GOLDENS = "goldens"


@renamed_parameters("verify", report="on_step")
def verify(
    bundle: Bundle,
    *,
    photos: Sequence[Path] = (),
    only: Sequence[str] = (),
    required: Sequence[str] = (),
    tolerances: Tolerances = TOLERANCES,
    note: str | None = None,
    gallery: Gallery | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> FidelityReport:
    """Check every file, then measure each artifact alone and every forward against every inverse, and judge.

    Graphs run in the plan's tiles. A bundle that contradicts itself (`consistency`), and an engine that cannot open its
    artifacts or breaks off, are failures of the report and no end of it.

    Args:
        bundle: the bundle; without `photos` it must hold at least one golden.
        photos: photo files to measure on instead of the goldens; these need the reference, runtime `torch`.
        only: runtimes to run; none means all of this machine.
        required: runtimes that must have been verified on their vendor's own runtime for the report to be without failure.
        tolerances: by precision.
        note: what a reader of the report should know of the machine.
        gallery: keeps pictures for a page.
        on_step: called with a line of progress.

    Raises:
        BundleError: a file is missing or changed, or there are no goldens.
        PhotoError: a photo cannot be read.
        RuntimeUnavailable: `required` or `only` name no runtime, none is installed that opens anything in the bundle, or
            photos are given without the reference.
        UnfilterError: a precision has no tolerance.
    """
    for name in (*required, *only):
        runtimes.sibling(name)
    bundle.check()
    if not photos:
        cases.refuse_without_goldens(bundle)
    filters, not_run = open_engines(bundle, only)
    if not filters:
        raise RuntimeUnavailable(f"{bundle.folder}: no installed runtime opens any artifact of it, so nothing can be proven")
    if photos and REFERENCE not in filters:
        reasons = {one.runtime: one.reason for one in not_run}
        reason = reasons.get(REFERENCE.runtime, "the bundle has no artifact of it")
        raise RuntimeUnavailable(f"photos are compared with the reference, runtime {REFERENCE.runtime}: {reason}")
    measurement = Measurement(filters, gallery, on_step)
    for case in cases.photos(bundle, photos) if photos else cases.goldens(bundle):
        measurement.add(case)
    on_step("the bundle itself")
    unsound = tuple(consistency.contradictions(bundle, measurement.filters))
    ran, tally = list(measurement.filters), measurement.tally
    reference = [photo.reference_db for photo in measurement.photos if photo.round_trip]
    measured = FidelityReport(
        filter=bundle.manifest.filter,
        restoration=bundle.manifest.restoration,
        machine=machine.machine(),
        note=note,
        tools={name: found for name, found in machine.versions(TOOLS).items() if found != "not installed"},
        reference=str(REFERENCE) if photos else GOLDENS,
        reference_db=float(np.mean(reference)),
        photos=tuple(measurement.photos),
        graphs=tally.graph_results(ran),
        round_trips=tally.trip_results(ran),
        not_run=tuple(not_run),
        broken=tuple(measurement.broken),
        required=tuple(required),
        unsound=unsound,
        sizes=_sizes(bundle),
        speeds=tally.speeds(ran),
        coverage=read_coverage(bundle),
        refused=bundle.manifest.refused,
        tolerances={},
    )
    return judge(measured, tolerances)


def _sizes(bundle: Bundle) -> tuple[ArtifactSize, ...]:
    """Every file or package that holds a graph, once."""
    found: dict[str, ArtifactSize] = {}
    for artifact in bundle.manifest.artifacts:
        before = found.get(artifact.path)
        found[artifact.path] = ArtifactSize(
            format=artifact.format,
            precision=artifact.precision,
            directions=(*(before.directions if before else ()), artifact.direction),
            path=artifact.path,
            bytes=bundle.size_of(artifact),
        )
    return tuple(found.values())
