"""Laws: annex K's own files save nothing against themselves; half the bytes at equal restoration are a half saved."""

import pytest

from unfilter_training.quantisation.comparison import Curve
from unfilter_training.quantisation.crops import Coded

POINTS = [Coded(1000, 30.0, 28.0), Coded(2000, 32.0, 29.0), Coded(4000, 34.0, 29.5)]
CURVE = Curve(POINTS)


@pytest.mark.parametrize("point", POINTS)
def test_a_point_of_the_curve_saves_nothing(point: Coded) -> None:
    gain = CURVE.gain(point)
    assert gain == pytest.approx((0, 0), abs=1e-5)


def test_bytes_are_interpolated_in_their_logarithm_and_look_evenly() -> None:
    saved, look = CURVE.gain(Coded(1000, 33.0, 29.5))
    assert saved == pytest.approx(1 - 1000 / (2000 * 4000) ** 0.5, abs=1e-5)
    assert look == pytest.approx(0.25, abs=1e-5)


def test_beyond_the_ends_the_curve_goes_on() -> None:
    assert CURVE.gain(Coded(500, 28.0, 27.0)) == pytest.approx((0, 0), abs=1e-5)
    assert CURVE.gain(Coded(8000, 36.0, 30.0)) == pytest.approx((0, 0), abs=1e-5)


def test_more_bytes_for_no_more_restoration_are_no_reason_to_fail() -> None:
    flat = Curve([Coded(1000, 30.0, 28.0), Coded(2000, 30.0, 28.5), Coded(3000, 29.9, 28.6)])
    assert -1 < flat.gain(Coded(1500, 30.0, 28.5)).saved < 1
