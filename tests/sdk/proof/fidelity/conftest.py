"""A report whose verdicts and numbers a test chooses."""

import math
from collections.abc import Callable

import pytest

from unfilter.proof.fidelity import TOLERANCES, FidelityReport, Verdict
from unfilter.proof.fidelity.results import ArtifactSize, Engine, GraphResult, NotRun, PhotoMeasured, RoundTrip, Speed

ONNX, MIL = Engine(runtime="onnx", precision="fp32"), Engine(runtime="mil", precision="fp16")
MakeReport = Callable[..., FidelityReport]


def result(engine: Engine, verdict: Verdict, **numbers: object) -> GraphResult:
    fields = {"error": 1e-6, "psnr": 90.0, "levels": 1, "differing": 0.001} | numbers
    return GraphResult.model_validate({"engine": engine, "direction": "inverse", "verdict": verdict, **fields})


def round_trip(forward: Engine, inverse: Engine, verdict: Verdict, restored_db: float) -> RoundTrip:
    return RoundTrip(
        forward=forward,
        inverse=inverse,
        restored_db=restored_db,
        photos_db=(restored_db, restored_db),
        psnr=math.inf,
        levels=2,
        differing=0.01,
        verdict=verdict,
    )


@pytest.fixture
def make_report() -> MakeReport:
    """Makes a report in which ONNX passes, and MIL has the verdicts and numbers given."""

    def make(
        graph: Verdict = Verdict.UNVERIFIED,
        trip: Verdict = Verdict.UNVERIFIED,
        *,
        restored_db: float = 45.678,
        mil: Engine = MIL,
        required: tuple[str, ...] = (),
        **numbers: object,
    ) -> FidelityReport:
        photo = {"height": 225, "width": 301, "reference_db": 45.7, "filtered_db": 31.0}
        return FidelityReport(
            filter="l0",
            restoration="0123456789abcdef" * 4,
            machine="Linux x86_64, a processor",
            tools={"onnxruntime": "1.31.1"},
            reference="goldens",
            reference_db=45.7,
            photos=(
                PhotoMeasured(name="chelsea", round_trip=True, **photo),
                PhotoMeasured(name="coffee", round_trip=True, **photo),
                PhotoMeasured(name="mosaic", round_trip=False, **photo),
            ),
            graphs=(result(ONNX, Verdict.PASS), result(mil, graph, **numbers)),
            round_trips=(
                round_trip(ONNX, ONNX, Verdict.PASS, 45.7),
                round_trip(ONNX, mil, trip, restored_db),
                round_trip(mil, ONNX, trip, restored_db),
                round_trip(mil, mil, trip, restored_db),
            ),
            not_run=(NotRun(runtime="coreml", reason="runs on macOS only"),),
            required=required,
            sizes=(
                ArtifactSize(format="onnx", precision="fp32", directions=("inverse",), path="inverse.onnx", bytes=476_000),
            ),
            speeds=(Speed(engine=ONNX, direction="inverse", megapixels_per_second=1.25),),
            tolerances=TOLERANCES,
        )

    return make
