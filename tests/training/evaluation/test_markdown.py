"""Figures are written as the field writes them."""

import math

import pytest

from unfilter_training.evaluation.markdown import db, kilobytes, quality, table


def test_every_row_has_as_many_cells_as_the_head() -> None:
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
    with pytest.raises(AssertionError):
        table(("a", "b"), [("1",)])


def test_figures_have_the_decimals_of_the_papers() -> None:
    assert (db(32.544), db(math.inf), db(None)) == ("32.54", "inf", "-")
    assert (quality(32.5, 0.95249), quality(32.5, None)) == ("32.50 / 0.952", "32.50")
    assert (kilobytes(1234567.0), kilobytes(None)) == ("1,234.6", "-")
