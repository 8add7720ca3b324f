"""Run every artifact that this machine can run, on the goldens, and judge."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from unfilter import runtimes
from unfilter.bundle import Bundle, Direction, Precision
from unfilter.errors import BundleError, RuntimeUnavailable
from unfilter.fidelity import soundness
from unfilter.fidelity.metrics import psnr
from unfilter.fidelity.report import Engine, FidelityReport, GraphResult, NotRun, RoundTrip, Verdict
from unfilter.fidelity.tolerances import TOLERANCES, of_pair
from unfilter.filter import Filter
from unfilter.photo import read_photo
from unfilter.remainder import aligned_size, carry_remainder
from unfilter.rounding import to_bytes
from unfilter.tiling import run_joined

DIRECTIONS: tuple[Direction, ...] = ("forward", "inverse")
REFERENCE = Engine(runtime="torch", precision="fp32")


@dataclass(frozen=True)
class _Golden:
    parameters: dict[str, float]
    photo: NDArray[np.uint8]
    filtered: NDArray[np.uint8]
    restored: NDArray[np.uint8]

    def expected(self, direction: Direction) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Input and output bytes of that direction."""
        return (self.photo, self.filtered) if direction == "forward" else (self.filtered, self.restored)


def verify(
    bundle: Bundle, *, required: Sequence[str] = (), report: Callable[[str], None] = lambda _: None
) -> FidelityReport:
    """Check every file, then each artifact alone, then every forward against every inverse.

    Args:
        bundle: the bundle; it must hold at least one golden.
        required: runtimes that must have been verified on their vendor's own runtime for the report to be without failure.
        report: called with a line of progress.

    Raises:
        BundleError: a file is missing or changed, or cannot be loaded, or the bundle is unsound (`soundness`).
        RuntimeUnavailable: `required` names no runtime, or none is installed that opens anything in the bundle.
    """
    for name in required:
        runtimes.sibling(name)
    bundle.check()
    goldens = [
        _Golden(
            golden.parameters,
            *(read_photo(bundle.path(part)).pixels for part in (golden.photo, golden.filtered, golden.restored)),
        )
        for golden in bundle.manifest.goldens
    ]
    small = [index for index, golden in enumerate(bundle.manifest.goldens) if golden.round_trip]
    if not small:
        raise BundleError(f"{bundle.folder}: holds no goldens, so nothing can be proven; convert the filter again")
    reference_db = _mean(psnr(goldens[index].restored, goldens[index].photo) for index in small)
    filters, not_run = _open(bundle)
    if not filters:
        raise RuntimeUnavailable(f"{bundle.folder}: no installed runtime opens any artifact of it, so nothing can be proven")
    soundness.check(bundle, filters)
    exact = _floats(filters[REFERENCE], goldens) if REFERENCE in filters else None

    graphs, filtered = [], {}
    for engine, opened in filters.items():
        report(f"{engine}: each direction on {len(goldens)} goldens")
        measured = exact if engine == REFERENCE and exact else _floats(opened, goldens)
        levels = _levels(measured, goldens, bundle.manifest.tiles.alignment)
        filtered[engine] = [levels["forward"][index] for index in small]
        graphs += [
            _judge(engine, direction, goldens, levels[direction], _error(measured, exact, direction))
            for direction in DIRECTIONS
        ]

    restored: dict[tuple[Engine, bytes], NDArray[np.uint8]] = {}
    round_trips = []
    for forward, inverse in product(filters, filters):
        report(f"{forward} -> {inverse}")
        scores = []
        for index, saved in zip(small, filtered[forward], strict=True):
            key = (inverse, saved.tobytes())  # fp32 runtimes often save equal bytes; those restore but once
            if key not in restored:
                restored[key] = filters[inverse].restore(saved)
            scores.append(psnr(restored[key], goldens[index].photo))
        round_trips.append(_judge_round_trip(forward, inverse, _mean(scores), reference_db))
    return FidelityReport(
        filter=bundle.manifest.filter,
        restoration=bundle.manifest.restoration,
        reference_db=reference_db,
        graphs=tuple(graphs),
        round_trips=tuple(round_trips),
        not_run=tuple(not_run),
        required=tuple(required),
    )


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def _open(bundle: Bundle) -> tuple[dict[Engine, Filter], list[NotRun]]:
    filters: dict[Engine, Filter] = {}
    not_run = []
    for name in runtimes.NAMES:
        module = runtimes.sibling(name)
        reason = module.unavailable()
        if reason:
            not_run.append(NotRun(runtime=name, reason=reason))
            continue
        precisions: set[Precision] = {a.precision for a in bundle.manifest.artifacts if a.format == module.FORMAT}
        for precision in sorted(precisions, reverse=True):
            filters[Engine(runtime=name, precision=precision)] = Filter.open(
                bundle.folder, runtime=name, precision=precision
            )
    return filters, not_run


Floats = dict[Direction, list[NDArray[np.float32]]]
Levels = dict[Direction, list[NDArray[np.uint8]]]


def _floats(opened: Filter, goldens: list[_Golden]) -> Floats:
    """Unrounded results over the aligned part of every golden, per direction."""
    plan = opened.bundle.manifest.tiles
    results: Floats = {direction: [] for direction in DIRECTIONS}
    for direction, of_direction in results.items():
        for golden in goldens:
            graph = opened.graph(direction, golden.parameters if direction == "forward" else None)
            pixels = golden.expected(direction)[0]
            height, width = aligned_size(pixels.shape[0], pixels.shape[1], plan.alignment)
            of_direction.append(run_joined(graph, pixels[:height, :width], plan))
    return results


def _levels(measured: Floats, goldens: list[_Golden], alignment: int) -> Levels:
    """The bytes that `Filter` makes of the same results."""
    results: Levels = {direction: [] for direction in DIRECTIONS}
    for direction, of_direction in results.items():
        for golden, values in zip(goldens, measured[direction], strict=True):
            given = golden.expected(direction)[0]
            levels = np.empty_like(given)
            levels[: values.shape[0], : values.shape[1]] = to_bytes(values)
            carry_remainder(given, levels, alignment)
            of_direction.append(levels)
    return results


def _error(measured: Floats, exact: Floats | None, direction: Direction) -> float | None:
    """Largest difference from the reference; not-a-number where there is one, so that no tolerance admits it."""
    if exact is None:
        return None
    pairs = zip(measured[direction], exact[direction], strict=True)
    return float(np.max([np.max(np.abs(a - b)) for a, b in pairs]))


def _judge(
    engine: Engine, direction: Direction, goldens: list[_Golden], levels: list[NDArray[np.uint8]], error: float | None
) -> GraphResult:
    pairs = list(zip(levels, (golden.expected(direction)[1] for golden in goldens), strict=True))
    differences = np.concatenate([np.abs(a.astype(np.int16) - b.astype(np.int16)).ravel() for a, b in pairs])
    largest = int(differences.max())
    differing = float(np.count_nonzero(differences)) / differences.size
    tolerance = TOLERANCES[engine.precision].error
    # Bytes are judged too. Within the tolerance they may differ by the tolerance in levels, and by one at a rounding edge;
    # and no more of them than lie that close to an edge.
    right = (
        largest <= 1 + int(tolerance * 255) and differing <= 2 * tolerance * 255 and (error is None or error <= tolerance)
    )
    return GraphResult(
        engine=engine,
        direction=direction,
        error=error,
        levels=largest,
        differing=differing,
        verdict=_verdict(right, engine),
    )


def _judge_round_trip(forward: Engine, inverse: Engine, restored_db: float, reference_db: float) -> RoundTrip:
    # Compared so that an exact restoration, of infinite PSNR, is as good as an exact reference.
    right = restored_db >= reference_db - of_pair(forward.precision, inverse.precision).round_trip_db
    return RoundTrip(forward=forward, inverse=inverse, restored_db=restored_db, verdict=_verdict(right, forward, inverse))


def _verdict(right: bool, *engines: Engine) -> Verdict:
    if not right:
        return Verdict.FAIL
    on_vendors = all(runtimes.sibling(engine.runtime).ON_VENDOR_RUNTIME for engine in engines)
    return Verdict.PASS if on_vendors else Verdict.UNVERIFIED
