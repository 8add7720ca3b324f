"""Laws: every forward meets every inverse; only a vendor's own runtime can pass; nothing proven is never OK."""

import math
import shutil
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unfilter.errors import BundleError, RuntimeUnavailable, UnfilterError
from unfilter.format.bundle import Bundle, digest
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo
from unfilter.proof.fidelity import TOLERANCES, FidelityReport, Verdict, psnr, read_report, verify
from unfilter.proof.fidelity.engines import REFERENCE
from unfilter.proof.fidelity.gallery import Gallery
from unfilter.proof.fidelity.results import Engine
from unfilter.run import runtimes
from unfilter.run.delegates.coverage import read_coverage

ALL_GOLDENS = ("astronaut", "chelsea", "coffee", "rocket", "mosaic")
GOLDENS = ("chelsea", "mosaic")
"""The smallest, and the one that fills a tile."""
EditManifest = Callable[[Path, Callable[[dict[str, Any]], Any]], None]


@pytest.fixture(scope="module")
def measured(shipped_bundle: Path, tmp_path_factory: pytest.TempPathFactory, edit_manifest: EditManifest) -> Bundle:
    """The shipped bundle with two of its goldens: what they are measured by is the same for all."""
    folder = tmp_path_factory.mktemp("two_goldens") / "l0"
    shutil.copytree(shipped_bundle, folder)

    def keep(fields: dict[str, Any]) -> None:
        fields["goldens"] = [golden for golden in fields["goldens"] if golden["name"] in GOLDENS]

    edit_manifest(folder, keep)
    return Bundle(folder)


@pytest.fixture(scope="module")
def shipped_report(measured: Bundle) -> FidelityReport:
    """All engines of this machine; made once."""
    return verify(measured, on_step=_steps.append)


_steps: list[str] = []


@pytest.fixture
def onnx_and_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "NAMES", ("onnx", "torch"))


@pytest.fixture
def onnx_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "NAMES", ("onnx",))


@pytest.fixture
def engines(shipped_bundle: Path) -> set[Engine]:
    """What this machine can run of the shipped bundle."""
    formats = {name: runtimes.sibling(name).FORMAT for name in runtimes.installed()}
    artifacts = Bundle(shipped_bundle).manifest.artifacts
    return {Engine(runtime=n, precision=a.precision) for n, f in formats.items() for a in artifacts if a.format == f}


def test_the_shipped_filter_has_no_failure(shipped_report: FidelityReport, shipped_bundle: Path) -> None:
    """Nor had it when it was converted, on all of its goldens."""
    for report, goldens in ((shipped_report, GOLDENS), (read_report(shipped_bundle / "fidelity.json"), ALL_GOLDENS)):
        assert report.failures == ()
        assert report.reference_db > 36
        assert tuple(photo.name for photo in report.photos) == goldens


def test_each_engine_ran_in_both_directions(shipped_report: FidelityReport, engines: set[Engine]) -> None:
    expected = sorted((str(engine), direction) for engine in engines for direction in ("forward", "inverse"))
    assert sorted((str(result.engine), result.direction) for result in shipped_report.graphs) == expected


def test_every_forward_met_every_inverse(shipped_report: FidelityReport, engines: set[Engine]) -> None:
    pairs = [(trip.forward, trip.inverse) for trip in shipped_report.round_trips]
    assert len(pairs) == len(engines) ** 2
    assert set(pairs) == set(product(engines, engines))
    # Progress is told photo by photo, and the bundle itself is looked at.
    assert len(_steps) == len(GOLDENS) * (1 + len(engines)) + 1


def test_the_reference_executor_never_passes(shipped_report: FidelityReport) -> None:
    if runtimes.sibling("mil").unavailable():
        pytest.skip("runtime mil is not installed")
    verdicts = {result.verdict for result in shipped_report.graphs if result.engine.runtime == "mil"}
    verdicts |= {t.verdict for t in shipped_report.round_trips if "mil" in (t.forward.runtime, t.inverse.runtime)}
    assert verdicts == {Verdict.UNVERIFIED}


def test_the_vendors_own_runtimes_pass(shipped_report: FidelityReport) -> None:
    assert {result.verdict for result in shipped_report.graphs if result.engine.runtime != "mil"} == {Verdict.PASS}


def test_errors_are_within_the_tolerance_of_their_precision(shipped_report: FidelityReport) -> None:
    for result in shipped_report.graphs:
        assert result.error is not None
        assert result.error <= TOLERANCES[result.engine.precision].error
        assert (result.error == 0) == (result.engine.runtime == "torch")


def test_what_this_machine_lacks_is_listed_with_the_reason(shipped_report: FidelityReport) -> None:
    absent = {entry.runtime: entry.reason for entry in shipped_report.not_run}
    assert set(absent) == set(runtimes.NAMES) - set(runtimes.installed())
    assert all(absent.values())


def test_the_report_measures_what_filter_does(shipped_report: FidelityReport, measured: Bundle) -> None:
    onnx, scores = Filter(measured, "onnx"), []
    for golden in onnx.bundle.manifest.goldens:
        if not golden.round_trip:
            continue
        pixels = read_photo(onnx.bundle.path(golden.photo)).pixels
        scores.append(psnr(onnx.restore(onnx.apply(pixels)), pixels))
    (trip,) = (t for t in shipped_report.round_trips if str(t.forward) == str(t.inverse) == "onnx fp32")
    assert trip.restored_db == pytest.approx(np.mean(scores), abs=1e-9)
    assert trip.photos_db == pytest.approx(scores, abs=1e-9)


def test_the_report_says_what_was_measured_on_and_by_what(shipped_report: FidelityReport, shipped_bundle: Path) -> None:
    assert shipped_report.reference == "goldens"
    assert tuple(photo.name for photo in shipped_report.photos) == GOLDENS
    assert [photo.round_trip for photo in shipped_report.photos] == [True, False]
    assert shipped_report.photos[0].reference_db > 36 > shipped_report.photos[0].filtered_db
    assert shipped_report.machine
    assert "numpy" in shipped_report.tools
    artifacts = Bundle(shipped_bundle).manifest.artifacts
    assert set(shipped_report.tolerances) == {artifact.precision for artifact in artifacts}
    assert shipped_report.coverage == read_coverage(Bundle(shipped_bundle))
    assert {size.path for size in shipped_report.sizes} == {artifact.path for artifact in artifacts}
    assert all(size.bytes > 10_000 for size in shipped_report.sizes)
    assert len(shipped_report.speeds) == len(shipped_report.graphs)


def test_restored_bytes_are_compared_with_the_references_too(shipped_bundle: Path) -> None:
    """The reference's own are equal; another runtime's differ in few bytes of all goldens, by few levels."""
    for trip in read_report(shipped_bundle / "fidelity.json").round_trips:
        if trip.forward == trip.inverse == REFERENCE:
            assert (trip.psnr, trip.levels, trip.differing) == (math.inf, 0, 0.0)
        elif trip.forward.precision == trip.inverse.precision == "fp32":
            assert trip.psnr > 75
            assert 0 < trip.levels <= 3
            assert 0 < trip.differing < 0.001


@pytest.mark.usefixtures("onnx_and_torch")
def test_photos_of_the_users_are_compared_with_what_the_reference_makes_of_them(
    shipped_bundle: Path, golden_photos: Path
) -> None:
    gallery = Gallery()
    paths = [golden_photos / "rocket.webp", golden_photos / "chelsea.webp"]
    report = verify(Bundle(shipped_bundle), photos=paths, gallery=gallery)
    assert report.failures == ()
    assert report.reference == "torch fp32"
    assert [photo.name for photo in report.photos] == ["rocket.webp", "chelsea.webp"]
    goldens = {golden.name: golden for golden in Bundle(shipped_bundle).manifest.goldens}
    shown = {one.name: one for one in gallery.shown}
    restored = read_photo(shipped_bundle / goldens["chelsea"].restored).pixels
    assert np.abs(shown["chelsea.webp"].restored.astype(int) - restored).max() <= 1


def test_photos_without_the_reference_are_refused(shipped_bundle: Path, golden_photos: Path) -> None:
    with pytest.raises(RuntimeUnavailable, match="with the reference, runtime torch: not asked for"):
        verify(Bundle(shipped_bundle), photos=[golden_photos / "rocket.webp"], only=["onnx"])


def test_only_what_is_asked_for_is_run(lean_bundle: Path) -> None:
    report = verify(Bundle(lean_bundle), only=["onnx"])
    assert {engine.runtime for engine in report.engines} == {"onnx"}
    assert ("litert", "not asked for") in {(one.runtime, one.reason) for one in report.not_run}


@pytest.mark.usefixtures("onnx_and_torch")
def test_an_engine_that_breaks_off_is_a_failure_and_the_others_are_measured(
    bundle_copy: Path, edit_manifest: EditManifest
) -> None:
    path = bundle_copy / "onnx/inverse.onnx"
    path.write_bytes(b"no graph")

    def agree(fields: dict[str, Any]) -> None:
        (entry,) = (entry for entry in fields["files"] if entry["path"] == "onnx/inverse.onnx")
        entry |= {"sha256": digest(path), "bytes": path.stat().st_size}
        fields["goldens"] = [golden for golden in fields["goldens"] if golden["name"] == "chelsea"]

    edit_manifest(bundle_copy, agree)
    report = verify(Bundle(bundle_copy))
    (failure,) = report.failures
    assert failure.startswith("onnx fp32: inverse breaks off: ")
    assert REFERENCE in report.engines
    assert "onnx fp32" not in {str(engine) for engine in report.engines}
    assert {trip.verdict for trip in report.round_trips} == {Verdict.PASS}


@pytest.mark.skipif(sys.platform == "darwin", reason="Core ML runs here")
def test_core_ml_cannot_be_required_off_macos(lean_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "NAMES", ("onnx", "coreml"))
    report = verify(Bundle(lean_bundle), required=["coreml"])
    assert report.failures == ("coreml: required, but not verified on its own runtime here",)


def test_an_unknown_runtime_cannot_be_required(shipped_bundle: Path) -> None:
    with pytest.raises(RuntimeUnavailable, match="core_ml"):
        verify(Bundle(shipped_bundle), required=["core_ml"])


@pytest.mark.usefixtures("onnx_and_torch")
def test_other_weights_fail_even_when_the_manifest_agrees_with_them(altered_bundle: Path) -> None:
    report = verify(Bundle(altered_bundle))
    failed = {(str(r.engine), r.direction) for r in report.graphs if r.verdict is Verdict.FAIL}
    assert failed == {("onnx fp32", "inverse")}
    trips = {(str(t.forward), str(t.inverse)) for t in report.round_trips if t.verdict is Verdict.FAIL}
    assert {("onnx fp32", "onnx fp32"), ("torch fp32", "onnx fp32")} <= trips
    assert {inverse for _, inverse in trips} == {"onnx fp32"}


@pytest.mark.usefixtures("onnx_only")
def test_without_torch_bytes_are_judged_alone(altered_bundle: Path) -> None:
    report = verify(Bundle(altered_bundle))
    assert {result.error for result in report.graphs} == {None}
    assert [r.direction for r in report.graphs if r.verdict is Verdict.FAIL] == ["inverse"]


@pytest.mark.usefixtures("onnx_only")
def test_a_changed_byte_is_an_error_not_a_verdict(bundle_copy: Path, flip_byte: Callable[[Path], None]) -> None:
    flip_byte(bundle_copy / "tflite/filter.tflite")  # of a runtime that is not even run
    with pytest.raises(BundleError, match=r"filter\.tflite"):
        verify(Bundle(bundle_copy))


def test_a_bundle_without_goldens_is_refused(bundle_copy: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(bundle_copy, lambda fields: fields.update(goldens=[]))
    with pytest.raises(BundleError, match="holds no goldens"):
        verify(Bundle(bundle_copy))


def _proves_nothing(bundle: Path) -> bool:
    try:
        return bool(verify(Bundle(bundle)).failures)
    except UnfilterError:
        return True


@pytest.mark.usefixtures("onnx_only")
def test_a_bundle_without_artifacts_is_never_ok(bundle_copy: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(bundle_copy, lambda fields: fields.update(artifacts=[]))
    assert _proves_nothing(bundle_copy)


def test_a_machine_without_runtimes_is_never_ok(shipped_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "NAMES", ())
    assert _proves_nothing(shipped_bundle)


@pytest.mark.usefixtures("onnx_only")
def test_a_filter_that_restores_every_bit_has_no_failure(bundle_copy: Path, edit_manifest: EditManifest) -> None:
    """Its PSNR is infinite, which must not become not-a-number on the way."""
    onnx = pytest.importorskip("onnx")
    for direction, names in (("forward", ("photo", "filtered")), ("inverse", ("filtered", "restored"))):
        values = [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [1, 3, "h", "w"]) for n in names]
        node = onnx.helper.make_node("Identity", names[:1], names[1:])
        graph = onnx.helper.make_graph([node], direction, values[:1], values[1:])
        model = onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 17)])
        onnx.save(model, bundle_copy / f"onnx/{direction}.onnx")

    def agree(fields: dict[str, Any]) -> None:
        (chelsea,) = (golden for golden in fields["goldens"] if golden["name"] == "chelsea")
        fields["goldens"] = [chelsea | {"filtered": chelsea["photo"], "restored": chelsea["photo"]}]
        fields["artifacts"] = [artifact for artifact in fields["artifacts"] if artifact["precision"] == "fp32"]
        for entry in fields["files"]:
            path = bundle_copy / entry["path"]
            if path.suffix == ".onnx":
                entry |= {"sha256": digest(path), "bytes": path.stat().st_size}

    edit_manifest(bundle_copy, agree)
    report = verify(Bundle(bundle_copy))
    assert report.failures == ()
