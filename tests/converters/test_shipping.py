"""Laws: what misses its tolerance does not ship, and the number is said; fp32 always ships; size, error, loss are told."""

from pathlib import Path

import pytest

from unfilter.bundle import Artifact, Precision
from unfilter.fidelity import FidelityReport, Verdict
from unfilter.fidelity.report import Engine, GraphResult, RoundTrip
from unfilter_converters.shipping import measured, shippable, without
from unfilter_converters.tensors import graph_entry

DIRECTIONS = ("forward", "inverse")


def report(errors: dict[Precision, float], restored: dict[Precision, float]) -> FidelityReport:
    """Of ONNX Runtime, against a reference of 45 dB; failed where the error is above 0.1 or more than 5 dB are lost."""
    engines = {precision: Engine(runtime="onnx", precision=precision) for precision in errors}
    graphs = [
        GraphResult(
            engine=engine,
            direction=direction,
            error=errors[precision],
            levels=3,
            differing=0.1,
            verdict=Verdict.FAIL if errors[precision] > 0.1 else Verdict.PASS,
        )
        for precision, engine in engines.items()
        for direction in DIRECTIONS
    ]
    trips = [
        RoundTrip(
            forward=forward,
            inverse=inverse,
            restored_db=min(restored[a], restored[b]),
            verdict=Verdict.FAIL if min(restored[a], restored[b]) < 40 else Verdict.PASS,
        )
        for a, forward in engines.items()
        for b, inverse in engines.items()
    ]
    return FidelityReport(filter="l0", restoration="0" * 64, reference_db=45, graphs=tuple(graphs), round_trips=tuple(trips))


def artifacts(folder: Path, *precisions: Precision) -> list[Artifact]:
    """Files of 10 bytes, and their entries."""
    made = [
        graph_entry("onnx", direction, precision, f"{direction}_{precision}.onnx", "NCHW", 0)
        for precision in precisions
        for direction in DIRECTIONS
    ]
    for each in made:
        (folder / each.path).write_bytes(b"0123456789")
    return made


def test_a_precision_that_restores_too_little_is_refused_with_the_number_and_leaves_no_trace(tmp_path: Path) -> None:
    left, refused = shippable(report({"fp32": 0, "fp16": 0.01, "w8": 0.02}, {"fp32": 45, "fp16": 44.9, "w8": 38.5}))
    assert [(each.format, each.precision) for each in refused] == [("onnx", "w8")]
    assert refused[0].reason.startswith("restores 6.50 dB less than the reference, ")
    assert {graph.engine.precision for graph in left.graphs} == {"fp32", "fp16"}
    assert not any("w8" in (trip.forward.precision, trip.inverse.precision) for trip in left.round_trips)
    assert left.failures == ()
    shipped = without(refused, artifacts(tmp_path, "fp32", "w8"), tmp_path)
    assert {each.precision for each in shipped} == {"fp32"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forward_fp32.onnx", "inverse_fp32.onnx"]


def test_an_error_beyond_tolerance_is_refused_with_both_numbers() -> None:
    _, (refused,) = shippable(report({"fp32": 0, "fp16": 0.25}, {"fp32": 45, "fp16": 45}))
    assert refused.reason == "forward is 0.25 and 3 levels off the reference, 0.02 at most"


def test_fp32_is_never_refused_its_verdict_says_what_is_wrong() -> None:
    left, refused = shippable(report({"fp32": 0.5}, {"fp32": 20}))
    assert refused == ()
    assert left.failures


def test_what_ships_tells_size_error_and_loss(tmp_path: Path) -> None:
    found = report({"fp32": 1e-6, "w8": 0.02}, {"fp32": 45, "w8": 44.75})
    for each in measured(artifacts(tmp_path, "fp32", "w8"), tmp_path, found):
        assert each.measured is not None
        assert each.measured.bytes == 10
        assert each.measured.error == (0.02 if each.precision == "w8" else 1e-6)
        assert each.measured.round_trip_loss_db == pytest.approx(0.25 if each.precision == "w8" else 0)


def test_what_was_not_run_is_not_measured(tmp_path: Path) -> None:
    (forward, _) = artifacts(tmp_path, "fp16")
    (same,) = measured([forward], tmp_path, report({"fp32": 0}, {"fp32": 45}))
    assert same.measured is None
