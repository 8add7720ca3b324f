"""A rate curve passes through its points, and says where it ends."""

import math

import pytest

from unfilter_training.evaluation.curves.rate import bytes_at

POINTS = [(40.0, 4000.0), (30.0, 1000.0), (35.0, 2000.0)]


@pytest.mark.parametrize(
    ("db", "size"),
    [
        (30.0, 1000),
        (35.0, 2000),
        (40.0, 4000),
        (32.5, 1000 * math.sqrt(2)),  # halfway in dB is halfway in log bytes
        (20.0, 1000),  # the smallest file is better than that
        (40.01, None),
        (math.inf, None),
    ],
)
def test_bytes_at_a_psnr(db: float, size: float | None) -> None:
    assert bytes_at(POINTS, db) == (None if size is None else pytest.approx(size))


def test_an_exact_file_is_no_point_of_the_curve() -> None:
    assert bytes_at([*POINTS, (math.inf, 9000.0)], 41.0) is None
    assert bytes_at([(math.inf, 9000.0)], 30.0) is None
    assert bytes_at([], 30.0) is None
