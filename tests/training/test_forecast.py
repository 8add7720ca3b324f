"""The forecast continues the curve, moderately, and says nothing where there is none."""

import math

import pytest

from unfilter_training.forecast import FEWEST, Measured, forecast


def curve(steps: list[int], slope: float) -> list[Measured]:
    return [Measured(step, 30 + slope * math.log(step), 28.0, 40 - slope * math.log(step)) for step in steps]


def test_a_line_over_the_logarithm_is_continued() -> None:
    end = forecast(curve([500, 700, 1000, 1400], 0.5), 2000)
    assert end
    assert end.approximation == pytest.approx(30 + 0.5 * math.log(2000))
    assert end.jpeg == pytest.approx(28)
    assert end.png == pytest.approx(40 - 0.5 * math.log(2000))
    assert end.uncertain == pytest.approx(0, abs=1e-6)


def test_it_promises_no_more_than_twice_what_was_seen() -> None:
    steps = [100, 110, 121]
    end = forecast(curve(steps, 0.5), 10**9)
    assert end
    gained = 0.5 * math.log(121 / 100)
    assert end.approximation == pytest.approx(30 + 0.5 * math.log(121) + 2 * gained)


def test_too_few_measurements_or_a_training_at_its_end_have_none() -> None:
    assert forecast(curve([100, 200], 0.5), 1000) is None
    assert forecast(curve([100, 200, 300], 0.5), 300) is None
    assert FEWEST == 3
