"""Means over photos, every photo weighing the same."""

from collections.abc import Iterable, Mapping

import numpy as np

from unfilter_training.evaluation.cells import Cell, Value

Measured = Mapping[Cell, Value]
"""Values of all cells that were asked for."""


def mean(measured: Measured, cells: Iterable[Cell]) -> Value:
    """Mean of each number of the cells, which all have the same ones; decibels are averaged as decibels, photo by photo."""
    values = [measured[cell] for cell in cells]
    return {name: float(np.mean([value[name] for value in values])) for name in values[0]}
