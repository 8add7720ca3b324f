"""Two graphs on one photo, and the first operation of one that the other does not bear out."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter.format.artifact import Direction, Precision
from unfilter.format.bundle import Bundle
from unfilter.format.rounding import to_floats
from unfilter.proof.divergence.counterparts import Counterpart, Counterparts
from unfilter.proof.divergence.diagnosis import diagnose
from unfilter.proof.divergence.divergence import Divergence
from unfilter.proof.divergence.operation import Operation
from unfilter.proof.divergence.traces import NAMES, tracer
from unfilter.proof.fidelity.cases import given
from unfilter.proof.fidelity.report import FidelityReport
from unfilter.proof.fidelity.results import Engine, Verdict
from unfilter.run.runtimes import runtime

SIDE = 96
"""Of the photo that is walked, pixels: wide enough that values in between tell each other apart."""

_EXACT = 1e-4
"""Relative error up to which values in fp32 are the same: a hundred times what another order of sums does."""

_ROUNDED = 0.01
"""The same where weights or values have fewer bits: ten times the step of fp16."""


def first_divergence(bundle: Bundle, direction: Direction, engine: Engine, trusted: Engine) -> Divergence:
    """Walk both graphs on a crop of the first golden, and name the first operation of `engine` that departs from `trusted`.

    Raises:
        BundleError: an artifact is missing, or cannot be loaded.
        RuntimeUnavailable: a runtime is not installed, or shows no values in between.
    """
    image, parameters = _input(bundle, direction)
    expected = _trace(bundle, direction, trusted, image, parameters)
    found = _trace(bundle, direction, engine, image, parameters)
    bound = _EXACT if (engine.precision, trusted.precision) == ("fp32", "fp32") else _ROUNDED
    known = Divergence(engine=engine, trusted=trusted, direction=direction, walked=len(found))
    counterparts = Counterparts(expected)
    nearest = {each.output: counterparts.nearest(each.values) for each in found}
    departing = {name for name, other in nearest.items() if other is None or other.error > bound}
    first = _first(found, departing)
    if first is None:
        return known
    inputs = [other for name in first.inputs if (other := nearest.get(name)) is not None]
    right = _right(first, inputs, expected)
    if right is None:
        return known.model_copy(update={"operation": _named(first), "diagnosis": "the other has no value of that size"})
    with np.errstate(invalid="ignore"):
        error = float(np.max(np.abs(first.values - right.values)))
    return known.model_copy(
        update={
            "operation": _named(first),
            "layer": right.operation.layer or _named(right.operation),
            "error": error if np.isfinite(error) else float("inf"),
            "before": max((other.error for other in inputs), default=0.0),
            "range": _range(first),
            "expected": (float(right.values.min()), float(right.values.max())),
            "diagnosis": diagnose(first.values, right.values),
        }
    )


def first_divergences(
    bundle: Bundle, report: FidelityReport, say: Callable[[str], object] = lambda _: None
) -> Iterator[Divergence | str]:
    """For every graph that failed: where it departs from the most trusted graph that did not, or why that cannot be said."""
    for result in report.graphs:
        if result.verdict is not Verdict.FAIL:
            continue
        right = [r.engine for r in report.graphs if r.direction == result.direction and r.verdict is not Verdict.FAIL]
        known = [engine for engine in right if engine.runtime in NAMES and engine != result.engine]
        if not known:
            yield f"{result.engine} {result.direction}: no graph here is right that it could be held against"
            continue
        trusted = min(known, key=lambda engine: (_bits(engine.precision), NAMES.index(engine.runtime)))
        say(f"{result.engine} {result.direction} against {trusted}")
        try:
            yield first_divergence(bundle, result.direction, result.engine, trusted)
        except UnfilterError as error:
            yield f"{result.engine} {result.direction}: {error}"


def _bits(precision: Precision) -> int:
    return 0 if precision == "fp32" else 1


def _input(bundle: Bundle, direction: Direction) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    golden = bundle.manifest.goldens[0]
    pixels = given(bundle, golden, direction)
    top, left = ((length - SIDE) // 4 * 2 for length in pixels.shape[:2])  # even, as the squeeze's cells are
    crop = pixels[max(0, top) :, max(0, left) :][:SIDE, :SIDE]
    whole = np.pad(crop, ((0, SIDE - crop.shape[0]), (0, SIDE - crop.shape[1]), (0, 0)), mode="reflect")
    taken = bundle.manifest.hyper_parameters if direction == "forward" else ()
    normalised = np.array([one.normalise(golden.parameters[one.name]) for one in taken], np.float32)
    return to_floats(whole), normalised if taken else None


def _trace(
    bundle: Bundle,
    direction: Direction,
    engine: Engine,
    image: NDArray[np.float32],
    parameters: NDArray[np.float32] | None,
) -> list[Operation]:
    module = tracer(engine.runtime)
    artifact = bundle.artifact(runtime(engine.runtime).FORMAT, direction, engine.precision)
    bundle.check_artifact(artifact)
    return module.trace(bundle, artifact, image, parameters)


def _first(operations: Sequence[Operation], departing: set[str]) -> Operation | None:
    """The earliest operation from which a chain of departing ones leads to the result; None where the result is right."""
    by_output = {each.output: each for each in operations}
    chain, waiting = set(), [operations[-1].output]
    while waiting:
        name = waiting.pop()
        if name in departing and name not in chain:
            chain.add(name)
            waiting += by_output[name].inputs
    return next((each for each in operations if each.output in chain), None)


def _right(first: Operation, inputs: Sequence[Counterpart], expected: Sequence[Operation]) -> Counterpart | None:
    """What should have come out: the nearest among what the other graph makes of the same inputs, or else of anything."""
    names = {other.operation.output for other in inputs}
    following = [each for each in expected if names & set(each.inputs)]
    values = np.nan_to_num(first.values, nan=0.0, posinf=0.0, neginf=0.0)
    return Counterparts(following).nearest(values) or Counterparts(expected).nearest(values)


def _named(operation: Operation) -> str:
    return f"{operation.kind} {operation.name}".strip()


def _range(operation: Operation) -> tuple[float, float]:
    return float(np.nanmin(operation.values)), float(np.nanmax(operation.values))
