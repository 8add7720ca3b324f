"""Laws: a detector tells classes whose measures differ; its threshold refuses about one in a hundred of own files that it
was not fitted to; the held-out alteration is no class.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unfilter.errors import UnfilterError
from unfilter.jobs.detection.detector import MADE
from unfilter.jobs.detection.evidence import NAMES
from unfilter_training.checkpoint import Description, read_description
from unfilter_training.checkpoint import find as find_checkpoint
from unfilter_training.detection.alterations import HELD_OUT
from unfilter_training.detection.calibration import FOLDS, calibrate
from unfilter_training.detection.roc import plot, rows, scores, table
from unfilter_training.detection.samples import Measured

Files = Callable[..., list[Measured]]


@pytest.fixture
def description() -> Description:
    return read_description(find_checkpoint("l0"))


@pytest.fixture
def files() -> Files:
    """Measured files of random photos: a photo shifts all of its measures alike, a class those of every fourth."""

    def make(photos: int, seed: int = 0, apart: float = 6) -> list[Measured]:
        random = np.random.default_rng(seed)
        made = []
        for photo in range(photos):
            of_photo = random.normal(size=len(NAMES)) / 2
            for place, name in enumerate((MADE, MADE, "resized", "recoloured", HELD_OUT)):
                shift = apart * (np.arange(len(NAMES)) % 4 == place) * (place in (2, 3))
                for quality in (None, int(random.integers(60, 99))):
                    values = of_photo + random.normal(size=len(NAMES)) + shift + (quality or 0) / 10
                    made.append(Measured(f"{photo}.png", name, quality, tuple(values.tolist())))
        return made

    return make


def test_files_of_other_photos_are_told_apart_in_both_carriers(files: Files, description: Description) -> None:
    detector = calibrate(files(60), description)
    assert (detector.photos, detector.weights_sha256) == (60, description.weights_sha256)
    assert detector.lowest_quality == 60
    found = {(row.carrier, row.name): row for row in rows(detector, files(200, seed=1))}
    for carrier in ("exact", "jpeg"):
        assert found[carrier, MADE].refused < 0.05
        for name in ("resized", "recoloured"):
            assert found[carrier, name].refused > 0.95
            assert found[carrier, name].area > 0.99
        assert found[carrier, HELD_OUT].refused < 0.05  # it looks like the filter's own here
        assert HELD_OUT not in detector.carriers[carrier].means


def test_the_threshold_is_set_by_photos_that_the_classes_were_not_fitted_to(files: Files, description: Description) -> None:
    """Classes that cannot be told apart: a threshold from the fitted files would refuse too many others."""
    detector = calibrate(files(60, apart=0), description)
    own = [row.refused for row in rows(detector, files(400, seed=1)) if row.name == MADE]
    assert max(own) < 0.05


def test_too_few_photos_are_refused(files: Files, description: Description) -> None:
    with pytest.raises(UnfilterError, match=f"{FOLDS - 1} photos .* needs {FOLDS}"):
        calibrate(files(FOLDS - 1), description)


def test_the_table_has_a_row_per_class_and_a_column_per_filter(files: Files, description: Description) -> None:
    detector = calibrate(files(30), description)
    tested = rows(detector, files(30, seed=1))
    lines = table({"l0": tested, "wmf": tested}).splitlines()
    assert lines[0] == "| carrier | files | number | l0 | wmf |"
    assert len(lines) == 2 + len(tested)
    assert lines[2].startswith(f"| exact | {MADE}, as saved: false alarms | 60 |")


def test_the_plot_is_a_picture(files: Files, description: Description, tmp_path: Path) -> None:
    detector = calibrate(files(30), description)
    plot({"l0": scores(detector, files(30, seed=1))}, tmp_path / "roc.png")
    assert (tmp_path / "roc.png").read_bytes().startswith(b"\x89PNG")
