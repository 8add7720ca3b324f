"""Laws: every cell of the matrix is marked; the last line is the verdict."""

from collections.abc import Callable

import pytest

from unfilter.proof.fidelity import FidelityReport, Regression, Verdict, render

MakeReport = Callable[..., FidelityReport]


def test_text_marks_every_cell_of_the_matrix(make_report: MakeReport) -> None:
    assert render(make_report(Verdict.PASS, Verdict.PASS)).count("45.68 ") == 1  # the others end their lines
    unverified = render(make_report(Verdict.UNVERIFIED, Verdict.UNVERIFIED))
    assert unverified.count("45.68?") == 3
    assert "? = unverified on device" in unverified
    assert render(make_report(Verdict.PASS, Verdict.FAIL)).count("45.68!") == 3
    assert render(make_report(Verdict.PASS, Verdict.NOT_ENGAGED)).count("45.68=") == 3


def test_text_ends_with_the_verdict(make_report: MakeReport) -> None:
    assert render(make_report()).splitlines()[-1] == "OK: 2 pass, 4 unverified on device"
    failed = render(make_report(Verdict.FAIL, Verdict.PASS)).splitlines()
    assert failed[-2] == "FAIL mil fp16 inverse: error 1.0e-06, 1 levels, 0.10% of bytes differ"
    assert failed[-1] == "FAIL: 5 pass, 1 fail"


def test_text_says_what_was_not_run_and_why(make_report: MakeReport) -> None:
    assert "not run: coreml: runs on macOS only" in render(make_report()).splitlines()


def test_an_error_that_was_not_measured_is_a_dash(make_report: MakeReport) -> None:
    (line,) = (line for line in render(make_report(error=None)).splitlines() if line.startswith("mil fp16 inverse"))
    assert line.split()[3] == "-"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, False),
        ((), "nothing is worse than in the baseline"),
        (
            (Regression("the reference", "restored", "45.70 dB", "44.00 dB", "45.65 dB"),),
            "FAIL: 2 pass, 4 unverified on device",
        ),
    ],
)
def test_text_shows_what_got_worse(found: tuple[Regression, ...] | None, said: str | bool, make_report: MakeReport) -> None:
    text = render(make_report(), found)
    assert ("baseline" in text) == bool(said)
    assert not said or str(said) in text
    if found:
        assert "the reference            restored  45.70 dB  44.00 dB  45.65 dB" in text
        assert text.splitlines()[-1].endswith(", 1 worse than the baseline")
