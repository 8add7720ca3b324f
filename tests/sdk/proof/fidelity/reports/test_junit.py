"""Laws: counts are those of the cases; what is not proven is skipped with the reason, never passed."""

from collections.abc import Callable
from xml.etree import ElementTree

from unfilter.proof.fidelity import FidelityReport, Regression, Verdict
from unfilter.proof.fidelity.reports.junit import junit
from unfilter.proof.fidelity.results import Broken, Engine

MakeReport = Callable[..., FidelityReport]


def suites(report: FidelityReport, regressions: tuple[Regression, ...] | None = None) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(junit(report, regressions).encode())
    assert root.tag == "testsuites"
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases)
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
    return {str(suite.get("name")): suite for suite in root}


def test_what_is_unverified_is_skipped_with_the_reason(make_report: MakeReport) -> None:
    found = suites(make_report())
    assert list(found) == ["l0 graphs", "l0 round trips", "l0 engines", "l0 bundle"]
    skipped = found["l0 round trips"].findall("testcase/skipped")
    assert len(skipped) == 3
    assert str(skipped[0].get("message")).startswith("unverified on device: restores 45.68 dB")
    (absent,) = found["l0 engines"].findall("testcase/skipped")
    assert absent.get("message") == "runs on macOS only"


def test_a_failure_says_its_numbers_and_what_is_allowed(make_report: MakeReport) -> None:
    (failure,) = suites(make_report(Verdict.FAIL, levels=9))["l0 graphs"].findall("testcase/failure")
    assert "9 levels (at most 6)" in str(failure.get("message"))


def test_required_runtimes_broken_engines_and_regressions_are_cases(make_report: MakeReport) -> None:
    broken = Broken(engine=Engine(runtime="litert", precision="fp32"), reason="<no> such & operation")
    report = make_report(required=("coreml", "onnx")).model_copy(update={"broken": (broken,)})
    worse = Regression("the reference", "restored", "45.70 dB", "44.00 dB", "45.65 dB")
    found = suites(report, (worse,))
    failed = {case.get("name") for case in found["l0 engines"] if case.find("failure") is not None}
    assert failed == {"litert fp32 runs", "coreml is verified"}
    assert found["l0 baseline"].get("failures") == "1"
    assert suites(report, ())["l0 baseline"].get("failures") == "0"
