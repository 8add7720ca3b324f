"""The paper's figures, where they stand in two places, are the same; and no figure is out of its range."""

from itertools import chain

from unfilter_training.evaluation import published
from unfilter_training.zoo import PUBLISHED


def test_table_1_is_that_of_the_zoo() -> None:
    assert {name: tuple(figures[:2]) for name, figures in published.OURS.items()} == {
        k: tuple(v) for k, v in PUBLISHED.items()
    }


def test_figures_are_decibels_and_similarities() -> None:
    tables = (published.OURS, published.BASELINES, published.CROSS_DATASET, published.HYPER_PARAMETERS, published.ABLATIONS)
    for figures in chain.from_iterable(table.values() for table in tables):
        assert all(10 < db < 50 for db in figures[:2])
        assert all(similarity is None or 0.5 < similarity < 1 for similarity in figures[2:])


def test_what_the_tables_share_is_the_same() -> None:
    assert published.ABLATIONS["ablation_full"] == published.OURS["l0"]
    assert published.CROSS_DATASET["llf", "fivek"] == published.OURS["llf"]
