"""Laws that every format keeps, on a whole bundle: each precision runs, is near the reference, smaller, and told of."""

from pathlib import Path

import pytest

from unfilter.format.artifact import Precision
from unfilter.format.bundle import Bundle
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo
from unfilter.proof.fidelity import TOLERANCES
from unfilter.proof.fidelity.metrics import psnr
from unfilter.run import runtimes

RUNTIMES = ("onnx", "litert", "mil")


@pytest.mark.parametrize("precision", ["fp16", "w8"])
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_each_precision_restores_as_the_reference_does(runtime: str, precision: Precision, variable_bundle: Path) -> None:
    if reason := runtimes.sibling(runtime).unavailable():
        pytest.skip(reason)
    bundle = Bundle(variable_bundle)
    golden = bundle.manifest.goldens[1]
    photo, restored = (read_photo(bundle.path(path)).pixels for path in (golden.photo, golden.restored))
    opened = Filter.open(variable_bundle, runtime=runtime, precision=precision)
    again = opened.restore(opened.apply(photo, **golden.parameters))
    assert psnr(again, photo) > psnr(restored, photo) - TOLERANCES[precision].round_trip_db


def test_the_manifest_tells_size_error_and_loss_of_every_artifact_within_tolerance(variable_bundle: Path) -> None:
    bundle = Bundle(variable_bundle)
    sizes = {entry.path: entry.bytes for entry in bundle.manifest.files}
    for artifact in bundle.manifest.artifacts:
        assert artifact.measured is not None
        tolerance = TOLERANCES[artifact.precision]
        assert artifact.measured.error <= tolerance.error
        assert artifact.measured.round_trip_loss_db <= tolerance.round_trip_db
        inside = [size for path, size in sizes.items() if path == artifact.path or path.startswith(f"{artifact.path}/")]
        assert artifact.measured.bytes == pytest.approx(sum(inside), abs=64)  # a volatile file may be written again


def test_half_precision_is_less_exact_than_fp32_in_every_format(variable_bundle: Path) -> None:
    measured = {
        (each.format, each.direction, each.precision): each.measured for each in Bundle(variable_bundle).manifest.artifacts
    }
    halves = [key for key in measured if key[2] == "fp16"]
    assert len(halves) == 6
    for form, direction, _ in halves:
        half, exact = measured[form, direction, "fp16"], measured[form, direction, "fp32"]
        assert half is not None
        assert exact is not None
        assert half.error > exact.error
