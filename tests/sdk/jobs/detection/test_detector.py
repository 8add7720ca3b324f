"""Laws: `Detector.model_validate_json(d.model_dump_json()) == d`; a file near a class's mean is told to be of that class,
and the more surely the nearer; what does not fit is refused in one line.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unfilter.errors import BundleError
from unfilter.jobs.detection.detector import MADE, CarrierModel, Detector, powers_of, read_detector
from unfilter.jobs.detection.evidence import NAMES

COUNT = len(NAMES)


def constant(value: float) -> tuple[tuple[float, ...], ...]:
    return (value,) * COUNT, (0.0,) * COUNT, (0.0,) * COUNT


@pytest.fixture
def detector() -> Detector:
    """Own files have measures of 0, resized ones 1, recoloured ones -1, each with a deviation of 1."""
    precision = tuple(tuple(row) for row in np.eye(COUNT).tolist())
    means = {MADE: constant(0), "resized": constant(1), "recoloured": constant(-1)}
    model = CarrierModel(means=means, precision=precision, threshold=-2)
    return Detector(weights_sha256="0" * 64, photos=50, measures=NAMES, lowest_quality=60, carriers={"exact": model})


def test_json_and_back(detector: Detector, tmp_path: Path) -> None:
    (path := tmp_path / "detection.json").write_text(detector.model_dump_json())
    assert read_detector(path) == detector


@pytest.mark.parametrize(("value", "likeness"), [(0.0, MADE), (0.9, "resized"), (-0.9, "recoloured")])
def test_a_file_near_a_class_is_told_to_be_of_it(value: float, likeness: str, detector: Detector) -> None:
    verdict = detector.judge((value,) * COUNT)
    assert verdict is not None
    assert (verdict.made, verdict.likeness) == (likeness == MADE, likeness)
    assert verdict.confidence > 0.95
    assert f"forward(inverse) lands {-10 * value:.1f} dB from its pixels, -0.0 is usual" in str(verdict)
    assert (f"looks {likeness}" in str(verdict)) == (likeness != MADE)


def test_confidence_grows_with_the_distance_from_the_threshold(detector: Detector) -> None:
    verdicts = [detector.judge((value,) * COUNT) for value in (0.0, 0.3, 0.45)]
    found = [verdict.confidence for verdict in verdicts if verdict and verdict.made]
    assert len(found) == 3
    assert found == sorted(found, reverse=True)
    assert all(0.5 <= confidence <= 1 for confidence in found)


def test_a_tag_counts_but_does_not_decide(detector: Detector) -> None:
    doubtful, altered = (
        [detector.judge((value,) * COUNT, tagged=tagged) for tagged in (False, True)] for value in (0.64, 1.0)
    )
    assert [verdict is not None and verdict.made for verdict in doubtful] == [False, True]
    assert [verdict is not None and verdict.made for verdict in altered] == [False, False]


def test_a_carrier_that_was_not_calibrated_gets_no_verdict(detector: Detector) -> None:
    assert detector.judge((0.0,) * COUNT, quality=90) is None


def test_means_move_with_the_quality() -> None:
    np.testing.assert_array_equal(powers_of(None), [1, 0, 0])
    np.testing.assert_array_equal(powers_of(98), [1, 2, 4])
    assert np.isfinite([powers_of(quality) for quality in range(1, 101)]).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.update(measures=["residual"]), "other measures"),
        (lambda d: d.update(version=2), "Input should be 1"),
        (lambda d: d["carriers"]["exact"]["means"].pop(MADE), "needs the class 'filtered'"),
        (lambda d: d["carriers"]["exact"]["precision"].pop(), "do not fit"),
        (lambda d: d["carriers"]["exact"].update(threshold="NaN"), "finite"),
        (lambda d: d.update(more=1), "Extra inputs"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_line(
    change: Callable[[dict[str, Any]], Any], says: str, detector: Detector, tmp_path: Path
) -> None:
    fields = json.loads(detector.model_dump_json())
    change(fields)
    (path := tmp_path / "detection.json").write_text(json.dumps(fields))
    with pytest.raises(BundleError, match=says) as error:
        read_detector(path)
    assert str(error.value).startswith(f"{path}: ")


def test_an_absent_file_is_refused_with_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="unfilter detection"):
        read_detector(tmp_path / "detection.json")
