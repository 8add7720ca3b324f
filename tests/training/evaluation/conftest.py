"""Tiny networks and small photos that the tests of the evaluation share."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unfilter.format.hyper_parameter import HyperParameter
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training.evaluation import pictures, subjects
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.cells import Cell, Cells, Value, measure
from unfilter_training.evaluation.pictures import PictureSet
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.network import QuasiInvertibleNetwork

GOLDEN = Path(__file__).parents[3] / "converters/unfilter_converters/golden_photos/chelsea.webp"


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three crops of 40 x 37, 36 x 40 and 32 x 32 pixels. Read only."""
    folder = tmp_path_factory.mktemp("few")
    pixels = read_photo(GOLDEN).pixels
    write_photo(folder / "a.png", Photo(np.ascontiguousarray(pixels[60:100, 80:117])))
    write_photo(folder / "b.png", Photo(np.ascontiguousarray(pixels[:36, :40])))
    write_photo(folder / "c.png", Photo(np.ascontiguousarray(pixels[100:132, 140:172])))
    return folder


@pytest.fixture(scope="session")
def photo_sets(photos: Path) -> tuple[PictureSet, ...]:
    return pictures.gather([f"few={photos}"])


@pytest.fixture(scope="session")
def variable_ranges() -> tuple[HyperParameter, ...]:
    return (
        HyperParameter(name="smoothness", low=0.01, high=0.04, default=0.02, scale="log"),
        HyperParameter(name="kappa", low=1.5, high=3, default=2),
    )


@pytest.fixture(scope="session")
def tiny(
    tmp_path_factory: pytest.TempPathFactory, small_network: QuasiInvertibleNetwork, save: Callable[..., Path]
) -> Subject:
    """A filter without hyper-parameters. Its folder has no folders in it, and so no short trainings."""
    folder = save(tmp_path_factory.mktemp("tiny"), small_network, "tiny")
    return subjects.gather([str(folder)], folder)[0]


@pytest.fixture(scope="session")
def variable(
    tmp_path_factory: pytest.TempPathFactory,
    variable_network: QuasiInvertibleNetwork,
    variable_ranges: tuple[HyperParameter, ...],
    save: Callable[..., Path],
) -> Subject:
    """A filter with two."""
    folder = save(tmp_path_factory.mktemp("variable"), variable_network, "variable", *variable_ranges)
    return subjects.gather([str(folder)], folder)[0]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "scratch").mkdir()
    return Bench(tmp_path / "scratch", tmp_path / "targets", "a test")


@pytest.fixture(scope="session")
def study(tiny: Subject, variable: Subject, photo_sets: tuple[PictureSet, ...]) -> Study:
    return Study((tiny, variable), photo_sets)


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Cell]], dict[Cell, Value]]:
    """Measures cells, through a cache that the whole session shares."""
    folder = tmp_path_factory.mktemp("evaluation")
    (folder / "scratch").mkdir()
    bench = Bench(folder / "scratch", folder / "targets", "a test")

    def values(wanted: list[Cell]) -> dict[Cell, Value]:
        return dict(measure(wanted, Cells(folder / "cells", "a test"), bench))

    return values
