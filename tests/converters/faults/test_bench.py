"""Laws: every fault is caught, by the check that can see it; nothing is alarmed about a bundle without one.

Measured on one golden; what the reference alone, or the full tile alone, can see is in `nox -s faults`, which runs all.
"""

import shutil
from pathlib import Path

import pytest

from unfilter.errors import BundleError
from unfilter.format.bundle import Bundle
from unfilter_converters.faults import HIDING, Fault, catalogue, form_of, render, run, without_fault
from unfilter_converters.faults.fault import hash_again
from unfilter_converters.faults.form import INVERTIBLE

STALE = Path(__file__).parents[2] / "fixtures/bundle-schema-1/onnx/inverse.onnx"
"""The inverse of an earlier training of the same filter."""

FAULTS = {fault.name: fault for fault in catalogue(HIDING, lambda: STALE)}
NEEDS_REFERENCE = {"goldens made by the fault"}
NEEDS_FULL_TILE = {"full tiles only"}

SEEN = {"golden bytes", "round trip"}
EXPECTED = {
    "flipped sign": {"golden bytes"},
    "swapped channels": SEEN,
    "BGR": SEEN,
    "wrong rounding": SEEN,
    "dropped Delta": SEEN,
    "wrong layout": SEEN,
    "clip before the inverse": SEEN,
    "delegate of zeros": SEEN,
    "delegate of nothing": SEEN,
    "lost bias": {"golden bytes"},
    "other slope": SEEN,
    "silent half precision": {"golden bytes"},
    "stale inverse": SEEN,
    "stale inverse, all agree": {"consistency"},
    "halo off by one": {"consistency"},
    "other rule of rounding": {"consistency"},
    "BGR in TFLite": SEEN,
    "zeros in TFLite": SEEN,
    "mask not applied": SEEN,
    "fp16 overflow": SEEN,
    "flipped sign in fp16": {"consistency"},
    "wrong layout in fp16": {"consistency"},
    "weights off by 2 % in fp16": {"consistency"},
    "8-bit scale off by 2 %": {"consistency"},
    "8-bit scale off by 2 % in TFLite": {"consistency"},
}


def test_the_form_of_a_network_is_told_by_its_graph(shipped_bundle: Path) -> None:
    assert form_of(shipped_bundle) == HIDING
    assert form_of(STALE.parents[1]) == INVERTIBLE


def test_all_faults_are_covered_here_or_say_why_not() -> None:
    assert set(FAULTS) == set(EXPECTED) | NEEDS_REFERENCE | NEEDS_FULL_TILE
    assert len(FAULTS) == len(catalogue(HIDING, lambda: STALE))  # no two have one name


@pytest.mark.parametrize("name", EXPECTED)
def test_a_fault_is_caught_by_the_checks_that_can_see_it(name: str, shipped_bundle: Path) -> None:
    fault = FAULTS[name]
    if fault.format in ("tflite", "mlpackage"):
        pytest.importorskip({"tflite": "ai_edge_litert", "mlpackage": "coremltools"}[fault.format])
    outcome = run(shipped_bundle, fault, goldens=["chelsea"], reference=False)
    if not outcome.here:
        pytest.skip(outcome.detail)  # a bundle that was made in fewer precisions
    assert EXPECTED[name] <= set(outcome.caught_by), outcome.detail


def test_one_sign_is_located_in_its_layer(shipped_bundle: Path) -> None:
    outcome = run(shipped_bundle, FAULTS["flipped sign"], goldens=["chelsea"], where=True)
    assert outcome.caught_by == ("golden bytes", "reference")
    assert outcome.divergence is not None
    assert outcome.divergence.layer == FAULTS["flipped sign"].layer
    assert "1 of 12 channels" in outcome.divergence.diagnosis
    assert outcome.divergence.layer in render([outcome])


def test_a_bundle_without_a_fault_raises_no_alarm(shipped_bundle: Path) -> None:
    assert without_fault(shipped_bundle, goldens=["chelsea"]) == ()


def test_the_bundle_itself_is_left_as_it_is(shipped_bundle: Path) -> None:
    run(shipped_bundle, FAULTS["other rule of rounding"], goldens=["chelsea"], reference=False)
    Bundle(shipped_bundle).check()


def test_a_fault_that_changes_nothing_slips_through(shipped_bundle: Path) -> None:
    """Or the bench would call anything caught."""
    outcome = run(shipped_bundle, Fault("none", "", "onnx", "fp32", lambda _: None), goldens=["chelsea"], reference=False)
    assert outcome.caught_by == ()
    assert "**nothing**" in render([outcome])


def test_what_the_bundle_lacks_is_said_and_not_called_caught(shipped_bundle: Path) -> None:
    fault = Fault("none", "", "onnx", "fp16", FAULTS["8-bit scale off by 2 %"].edit)
    outcome = run(shipped_bundle, fault)
    assert not outcome.here
    assert "not in this bundle" in render([outcome])
    assert "has no onnx inverse in w8" in outcome.detail


def test_after_an_edit_the_manifest_agrees_with_the_files(shipped_bundle: Path, tmp_path: Path) -> None:
    shutil.copytree(shipped_bundle, copy := tmp_path / "l0")
    FAULTS["swapped channels"].edit(copy)
    with pytest.raises(BundleError, match="sha256 differs"):
        Bundle(copy).check()
    hash_again(copy)
    Bundle(copy).check()
