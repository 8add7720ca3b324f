"""Laws: failures follow from the verdicts; what was not run by its vendor's runtime is marked and never counts as pass."""

import math

import pytest
from pydantic import ValidationError

from unfilter.fidelity.report import Engine, FidelityReport, GraphResult, NotRun, RoundTrip, Verdict, render

ONNX, MIL = Engine(runtime="onnx", precision="fp32"), Engine(runtime="mil", precision="fp16")


def report(graph: Verdict, trip: Verdict, *, required: tuple[str, ...] = (), error: float | None = 1e-6) -> FidelityReport:
    """A report in which ONNX passes, and MIL has the verdicts given."""

    def result(engine: Engine, verdict: Verdict) -> GraphResult:
        return GraphResult(engine=engine, direction="inverse", error=error, levels=1, differing=0.01, verdict=verdict)

    def round_trip(forward: Engine, inverse: Engine, verdict: Verdict) -> RoundTrip:
        return RoundTrip(forward=forward, inverse=inverse, restored_db=45.678, verdict=verdict)

    return FidelityReport(
        filter="l0",
        restoration="0123456789abcdef" * 4,
        reference_db=49.5,
        graphs=(result(ONNX, Verdict.PASS), result(MIL, graph)),
        round_trips=(
            round_trip(ONNX, ONNX, Verdict.PASS),
            round_trip(ONNX, MIL, trip),
            round_trip(MIL, ONNX, trip),
            round_trip(MIL, MIL, trip),
        ),
        not_run=(NotRun(runtime="coreml", reason="runs on macOS only"),),
        required=required,
    )


@pytest.mark.parametrize(
    ("graph", "trip", "count"),
    [
        (Verdict.PASS, Verdict.PASS, 0),
        (Verdict.UNVERIFIED, Verdict.UNVERIFIED, 0),
        (Verdict.FAIL, Verdict.UNVERIFIED, 1),
        (Verdict.PASS, Verdict.FAIL, 3),
        (Verdict.FAIL, Verdict.FAIL, 4),
    ],
)
def test_each_failed_verdict_is_a_failure(graph: Verdict, trip: Verdict, count: int) -> None:
    assert len(report(graph, trip).failures) == count


@pytest.mark.parametrize(
    ("required", "graph", "fails"),
    [
        ("onnx", Verdict.UNVERIFIED, False),
        ("mil", Verdict.UNVERIFIED, True),  # ran, but not on its vendor's runtime
        ("coreml", Verdict.PASS, True),  # did not run
        ("mil", Verdict.FAIL, True),
    ],
)
def test_a_required_runtime_must_have_passed(required: str, graph: Verdict, fails: bool) -> None:
    line = f"{required}: required, but not verified on its own runtime here"
    assert (line in report(graph, Verdict.UNVERIFIED, required=(required,)).failures) == fails


def test_text_marks_every_cell_of_the_matrix() -> None:
    assert render(report(Verdict.PASS, Verdict.PASS)).count("45.68 ") == 4
    unverified = render(report(Verdict.UNVERIFIED, Verdict.UNVERIFIED))
    assert unverified.count("45.68?") == 3
    assert "mil fp16 inverse" in unverified
    assert render(report(Verdict.PASS, Verdict.FAIL)).count("45.68!") == 3


def test_text_ends_with_the_verdict() -> None:
    assert render(report(Verdict.UNVERIFIED, Verdict.UNVERIFIED)).splitlines()[-1] == "OK: 2 pass, 4 unverified on device"
    failed = render(report(Verdict.FAIL, Verdict.PASS)).splitlines()
    assert failed[-2] == "FAIL mil fp16 inverse: error 1.0e-06, 1 levels"
    assert failed[-1] == "FAIL: 5 pass, 1 fail"


def test_text_says_what_was_not_run_and_why() -> None:
    assert "not run: coreml: runs on macOS only" in render(report(Verdict.PASS, Verdict.PASS)).splitlines()


def test_an_error_that_was_not_measured_is_a_dash() -> None:
    assert "onnx fp32 inverse              - " in render(report(Verdict.PASS, Verdict.PASS, error=None))


@pytest.mark.parametrize("restored_db", [45.5, math.inf])
def test_survives_json(restored_db: float) -> None:
    """A photo that is restored to the last bit has an infinite PSNR, which JSON has no number for."""
    written = report(Verdict.FAIL, Verdict.PASS).model_copy(update={"reference_db": restored_db})
    assert FidelityReport.model_validate_json(written.model_dump_json(exclude={"failures"})) == written


def test_json_holds_the_failures_and_unknown_fields_are_refused() -> None:
    failed = report(Verdict.FAIL, Verdict.PASS)
    assert failed.model_dump(mode="json")["failures"] == list(failed.failures)
    with pytest.raises(ValidationError):
        Engine(runtime="onnx", precision="fp32", device="gpu")  # type: ignore[call-arg]
