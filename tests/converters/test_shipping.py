"""Laws: what misses its tolerance does not ship, and the number is said; fp32 always ships; size, error, loss are told."""

import math
from pathlib import Path

import pytest

from unfilter.format.artifact import DIRECTIONS, Artifact, Precision
from unfilter.proof.fidelity import TOLERANCES, FidelityReport, Verdict, judge
from unfilter.proof.fidelity.results import ArtifactSize, Broken, Engine, GraphResult, PhotoMeasured, RoundTrip, Speed
from unfilter.run.delegates.coverage import Coverage, Evidence
from unfilter_converters.shipping import measured, shippable, without
from unfilter_converters.tensors import graph_entry

BYTES = 10


def report(errors: dict[Precision, float], restored: dict[Precision, float], **numbers: float) -> FidelityReport:
    """Of ONNX Runtime, against a reference of 45 dB, judged by the tolerances that ship; `numbers` are of every graph."""
    engines = {precision: Engine(runtime="onnx", precision=precision) for precision in errors}
    fields = {"psnr": 60.0, "levels": 1, "differing": 0.001} | numbers
    graphs = [
        GraphResult.model_validate(
            {"engine": engine, "direction": direction, "error": errors[each], "verdict": Verdict.FAIL, **fields}
        )
        for each, engine in engines.items()
        for direction in DIRECTIONS
    ]
    trips = [
        RoundTrip(
            forward=forward,
            inverse=inverse,
            restored_db=min(restored[a], restored[b]),
            photos_db=(min(restored[a], restored[b]),),
            psnr=60,
            levels=1,
            differing=0.001,
            verdict=Verdict.FAIL,
        )
        for a, forward in engines.items()
        for b, inverse in engines.items()
    ]
    measured = FidelityReport(
        filter="l0",
        restoration="0" * 64,
        machine="a machine",
        reference="goldens",
        reference_db=45,
        photos=(PhotoMeasured(name="a", height=8, width=8, round_trip=True, reference_db=45, filtered_db=30),),
        graphs=tuple(graphs),
        round_trips=tuple(trips),
        sizes=tuple(
            ArtifactSize(format="onnx", precision=each, directions=(direction,), path=name(direction, each), bytes=BYTES)
            for each in errors
            for direction in DIRECTIONS
        ),
        speeds=tuple(
            Speed(engine=engine, direction=direction, megapixels_per_second=1)
            for engine in engines.values()
            for direction in DIRECTIONS
        ),
        coverage=tuple(covered(each) for each in errors),
        tolerances={},
    )
    return judge(measured, TOLERANCES)


def name(direction: str, precision: Precision) -> str:
    return f"{direction}_{precision}.onnx"


def covered(precision: Precision) -> Coverage:
    return Coverage(
        path=name("forward", precision),
        direction="forward",
        precision=precision,
        runtime="onnx",
        delegate="webgpu",
        evidence=Evidence.PREDICTED,
        operations=1,
        taken=1,
        partitions=1,
        left=(),
        source="a page",
        note="",
    )


def artifacts(folder: Path, *precisions: Precision) -> list[Artifact]:
    """Files of `BYTES` bytes, and their entries."""
    made = [
        graph_entry("onnx", direction, precision, name(direction, precision), "NCHW", 0)
        for precision in precisions
        for direction in DIRECTIONS
    ]
    for each in made:
        (folder / each.path).write_bytes(bytes(BYTES))
    return made


def test_a_precision_that_restores_too_little_is_refused_with_the_number_and_leaves_no_trace(tmp_path: Path) -> None:
    left = shippable(report({"fp32": 0, "fp16": 0.01, "w8": 0.02}, {"fp32": 45, "fp16": 44.9, "w8": 38.5}))
    assert [(each.format, each.precision) for each in left.refused] == [("onnx", "w8")]
    assert left.refused[0].reason == "restores 6.50 dB less than the reference, 1 at most"
    ships = {"fp32", "fp16"}
    assert {engine.precision for engine in left.engines} == ships
    assert not any("w8" in (trip.forward.precision, trip.inverse.precision) for trip in left.round_trips)
    assert {speed.engine.precision for speed in left.speeds} == ships
    assert {each.precision for each in (*left.sizes, *left.coverage)} == ships
    assert set(left.tolerances) == ships
    assert left.failures == ()
    shipped = without(left.refused, artifacts(tmp_path, "fp32", "w8"), tmp_path)
    assert {each.precision for each in shipped} == {"fp32"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forward_fp32.onnx", "inverse_fp32.onnx"]


@pytest.mark.parametrize(
    ("errors", "numbers", "reason"),
    [
        (0.25, {}, "forward is off the reference: error 0.25, 0.02 at most"),
        (math.nan, {}, "forward is off the reference: error nan, 0.02 at most"),
        (0.01, {"levels": 9}, "forward is off the reference: levels 9, 6 at most"),
        (0.25, {"levels": 64}, "forward is off the reference: error 0.25, 0.02 at most; levels 64, 6 at most"),
    ],
)
def test_what_departs_is_refused_with_both_numbers(errors: float, numbers: dict[str, float], reason: str) -> None:
    (refused,) = shippable(report({"fp32": 0, "fp16": errors}, {"fp32": 45, "fp16": 45}, **numbers)).refused
    assert refused.reason == reason


def test_one_photo_that_loses_too_much_is_enough() -> None:
    found = report({"fp32": 0, "fp16": 0.01}, {"fp32": 45, "fp16": 45})
    trips = [trip.model_copy(update={"photos_db": (42.0,)}) for trip in found.round_trips if trip.forward == trip.inverse]
    (refused,) = shippable(judge(found.model_copy(update={"round_trips": tuple(trips[1:])}), TOLERANCES)).refused
    assert refused.reason == "restores one photo 3.00 dB less than the reference, 2 at most"


def test_a_precision_that_restores_its_own_files_alone_is_refused() -> None:
    found = report({"fp32": 0, "fp16": 0.01, "w8": 0.02}, {"fp32": 45, "fp16": 45, "w8": 45})

    def with_others(trip: RoundTrip) -> float:
        mixed = "w8" in (trip.forward.precision, trip.inverse.precision) and trip.forward != trip.inverse
        return (40.0 if trip.forward.precision == "fp16" else 41.0) if mixed else 45.0

    trips = tuple(
        trip.model_copy(update={"restored_db": with_others(trip), "photos_db": (with_others(trip),)})
        for trip in found.round_trips
    )
    left = shippable(judge(found.model_copy(update={"round_trips": trips}), TOLERANCES))
    assert [(each.precision, each.reason) for each in left.refused] == [
        ("w8", "with onnx fp16 restores 40.00 dB, the reference 45.00")
    ]
    assert left.failures == ()
    assert {engine.precision for engine in left.engines} == {"fp32", "fp16"}


def test_a_precision_that_breaks_off_is_refused() -> None:
    found = report({"fp32": 0}, {"fp32": 45})
    broken = Broken(engine=Engine(runtime="onnx", precision="w8"), reason="inverse breaks off: no kernel")
    left = shippable(found.model_copy(update={"broken": (broken,)}))
    assert [(each.precision, each.reason) for each in left.refused] == [("w8", broken.reason)]
    assert left.failures == ()


def test_fp32_is_never_refused_its_verdict_says_what_is_wrong() -> None:
    left = shippable(report({"fp32": 0.5}, {"fp32": 20}))
    assert left.refused == ()
    assert left.failures


def test_what_ships_tells_size_error_and_loss(tmp_path: Path) -> None:
    found = report({"fp32": 1e-6, "w8": 0.02}, {"fp32": 45, "w8": 44.75})
    for each in measured(artifacts(tmp_path, "fp32", "w8"), found):
        assert each.measured is not None
        assert each.measured.bytes == BYTES
        assert each.measured.error == (0.02 if each.precision == "w8" else 1e-6)
        assert each.measured.round_trip_loss_db == pytest.approx(0.25 if each.precision == "w8" else 0)


def test_what_was_not_run_is_not_measured(tmp_path: Path) -> None:
    forward, _ = artifacts(tmp_path, "fp16")
    (same,) = measured([forward], report({"fp32": 0}, {"fp32": 45}))
    assert same.measured is None
