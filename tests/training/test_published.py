"""The paper's figures, where its tables share one, are the same; and no figure is out of its range."""

from itertools import chain

from unfilter_training import published


def test_figures_are_decibels_and_similarities() -> None:
    tables = (
        published.PUBLISHED,
        published.BASELINES,
        published.CROSS_DATASET,
        published.HYPER_PARAMETERS,
        published.ABLATIONS,
    )
    for figures in chain.from_iterable(table.values() for table in tables):
        assert all(10 < db < 50 for db in figures[:2])
        assert all(similarity is None or 0.5 < similarity < 1 for similarity in figures[2:])


def test_what_the_tables_share_is_the_same() -> None:
    assert published.ABLATIONS["ablation_full"] == published.PUBLISHED["l0"]
    assert published.CROSS_DATASET["llf", "fivek"] == published.PUBLISHED["llf"]


def test_table_1_has_the_papers_ten_operators() -> None:
    assert len(published.PUBLISHED) == 10
