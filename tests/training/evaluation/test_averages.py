"""Means are of per-photo values."""

import pytest

from unfilter_training.evaluation.averages import mean
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.measurements.kept_original import KeptOriginal
from unfilter_training.evaluation.study import Study


def test_decibels_are_averaged_photo_by_photo(study: Study) -> None:
    cells = [KeptOriginal(picture, Png()) for picture in study.pictures]
    measured = {cell: {"db": db, "bytes": 10.0} for cell, db in zip(cells, (20.0, 30.0, 55.0), strict=True)}
    assert mean(measured, cells) == {"db": pytest.approx(35), "bytes": 10}
    assert mean(measured, cells[:1]) == {"db": 20, "bytes": 10}
    measured[cells[0]]["db"] = float("inf")
    assert mean(measured, cells)["db"] == float("inf")
