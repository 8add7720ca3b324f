"""Laws: a report is no worse than itself; what got worse is named with its numbers; reports of other things are refused."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from unfilter.errors import UnfilterError
from unfilter.proof.fidelity import FidelityReport, Verdict, regressions

MakeReport = Callable[..., FidelityReport]


@pytest.mark.parametrize("restored_db", [45.678, math.inf])
def test_a_report_is_no_worse_than_itself(restored_db: float, make_report: MakeReport) -> None:
    report = make_report(restored_db=restored_db)
    assert regressions(report, report) == ()


@pytest.mark.parametrize(
    ("before", "now", "metrics"),
    [
        ({}, {"restored_db": 45.6}, ["restored"] * 3),
        ({}, {"restored_db": 45.64}, []),  # within what processors differ by
        ({"restored_db": math.inf}, {"restored_db": 99.0}, ["restored"] * 3),
        ({}, {"restored_db": math.nan}, ["restored"] * 3),
        ({}, {"error": 3e-6}, ["error"]),
        ({}, {"error": 1.9e-6}, []),  # other kernels sum in another order
        ({"error": 0.003}, {"error": 0.005}, []),
        ({"error": 0.003}, {"error": 0.007}, ["error"]),
        ({}, {"error": None}, ["error"]),
        ({"error": None}, {"error": 0.5}, []),
        ({}, {"levels": 3}, ["levels"]),
        ({}, {"levels": 2}, []),
        ({}, {"differing": 0.0021}, ["differing bytes"]),
        ({}, {"differing": 0.0019}, []),
        ({"graph": Verdict.PASS}, {"graph": Verdict.UNVERIFIED}, ["verdict"]),
        ({"graph": Verdict.PASS}, {"graph": Verdict.NOT_ENGAGED}, ["verdict"]),
        ({"graph": Verdict.FAIL}, {"graph": Verdict.PASS}, []),
        ({"restored_db": 40.0}, {"restored_db": 45.0}, []),
    ],
)
def test_what_got_worse_is_named(
    before: dict[str, Any], now: dict[str, Any], metrics: list[str], make_report: MakeReport
) -> None:
    found = regressions(make_report(**now), make_report(**before))
    assert [one.metric for one in found] == metrics
    assert all("mil fp16" in one.what for one in found)


def test_what_is_not_measured_any_more_is_a_regression(make_report: MakeReport) -> None:
    whole = make_report()
    less = whole.model_copy(update={"graphs": whole.graphs[:1], "round_trips": whole.round_trips[:1]})
    assert [one.metric for one in regressions(less, whole)] == ["measured"] * 4
    assert regressions(whole, less) == ()  # more is none


def test_a_filter_that_was_trained_again_is_held_to_what_it_could_before(make_report: MakeReport) -> None:
    whole = make_report()
    again = whole.model_copy(update={"restoration": "f" * 64, "reference_db": 44.0})
    (found,) = regressions(again, whole)
    assert (found.what, found.before, found.now, found.allowed) == ("the reference", "45.70 dB", "44.00 dB", "45.65 dB")


def test_reports_that_cannot_be_compared_are_refused(make_report: MakeReport) -> None:
    whole = make_report()
    with pytest.raises(UnfilterError, match="the baseline is of filter wls, the report of l0"):
        regressions(whole, whole.model_copy(update={"filter": "wls"}))
    others = (whole.photos[0].model_copy(update={"name": "cat.png"}), *whole.photos[1:])
    with pytest.raises(UnfilterError, match=r"measured on other photos \(cat.png, chelsea\)"):
        regressions(whole, whole.model_copy(update={"photos": others}))
