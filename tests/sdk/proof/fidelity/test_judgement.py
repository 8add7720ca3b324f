"""Laws: a verdict follows from numbers and tolerances alone; only a vendor's own runtime can pass."""

import math
from collections.abc import Callable

import pytest

from unfilter.proof.fidelity import TOLERANCES, FidelityReport, Verdict, judge
from unfilter.proof.fidelity.results import Engine

MakeReport = Callable[..., FidelityReport]
FP16 = TOLERANCES["fp16"]


def test_judging_again_gives_the_same(make_report: MakeReport) -> None:
    judged = judge(make_report(), TOLERANCES)
    assert judge(judged, TOLERANCES) == judged


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ({"error": FP16.error, "levels": FP16.levels, "differing": FP16.differing}, Verdict.UNVERIFIED),
        ({"error": FP16.error * 1.01}, Verdict.FAIL),
        ({"levels": FP16.levels + 1}, Verdict.FAIL),
        ({"differing": FP16.differing + 0.01}, Verdict.FAIL),
        ({"error": math.nan}, Verdict.FAIL),
        ({"error": None}, Verdict.UNVERIFIED),  # without torch, bytes are judged alone
        ({"error": None, "levels": 200}, Verdict.FAIL),
    ],
)
def test_each_number_of_a_graph_is_held_to_its_tolerance(
    numbers: dict[str, float], verdict: Verdict, make_report: MakeReport
) -> None:
    assert judge(make_report(**numbers), TOLERANCES).graphs[1].verdict is verdict


@pytest.mark.parametrize(
    ("restored_db", "verdict"),
    [
        (45.7 - FP16.round_trip_db + 1e-9, Verdict.UNVERIFIED),
        (45.7 - FP16.round_trip_db - 0.01, Verdict.FAIL),
        (math.inf, Verdict.UNVERIFIED),
        (math.nan, Verdict.FAIL),
    ],
)
def test_a_round_trip_may_lose_what_the_looser_precision_may(
    restored_db: float, verdict: Verdict, make_report: MakeReport
) -> None:
    judged = judge(make_report(restored_db=restored_db), TOLERANCES)
    assert {trip.verdict for trip in judged.round_trips[1:]} == {verdict}


def test_a_loss_on_one_photo_fails_though_the_mean_hides_it(make_report: MakeReport) -> None:
    report = make_report()
    trip = report.round_trips[3].model_copy(update={"photos_db": (45.7 - FP16.photo_db - 0.1, 50.0)})
    hidden = report.model_copy(update={"round_trips": (*report.round_trips[:3], trip)})
    assert judge(hidden, TOLERANCES).round_trips[3].verdict is Verdict.FAIL


def test_other_tolerances_give_other_verdicts_of_the_same_numbers(make_report: MakeReport) -> None:
    report = judge(make_report(), TOLERANCES)
    strict = {name: one.model_copy(update={"round_trip_db": 0.0}) for name, one in TOLERANCES.items()}
    judged = judge(report, strict)
    assert [trip.verdict for trip in judged.round_trips].count(Verdict.FAIL) == 3
    assert judged.tolerances["fp16"].round_trip_db == 0.0
    assert judge(judged, TOLERANCES) == report


def test_a_delegate_that_gives_the_bytes_of_the_cpu_is_not_engaged(make_report: MakeReport) -> None:
    delegate = Engine(runtime="litert", precision="fp32", delegate="gpu")
    idle = judge(make_report(mil=delegate, engaged=False, restored_db=45.7), TOLERANCES)
    assert idle.graphs[1].verdict is Verdict.NOT_ENGAGED
    assert [trip.verdict for trip in idle.round_trips] == [Verdict.PASS, *[Verdict.NOT_ENGAGED] * 3]
    at_work = judge(make_report(mil=delegate, engaged=True, restored_db=45.7), TOLERANCES)
    assert at_work.count(Verdict.PASS) == 6
