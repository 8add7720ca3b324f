"""Which photos and checkpoints a table or a curve is made of."""

from dataclasses import replace
from pathlib import Path

import pytest

from unfilter_training.evaluation.pictures import Picture, PictureSet
from unfilter_training.evaluation.study import Study, named
from unfilter_training.evaluation.subjects import Subject


def a_set(name: str, layout: str, count: int) -> PictureSet:
    pictures = tuple(Picture(name, f"{index:03}.png", layout, f"{name}{index}", Path("nowhere")) for index in range(count))
    return PictureSet(name, layout, pictures, count)


def test_tables_beside_the_papers_are_of_fivek_where_it_is_given() -> None:
    kodak, fivek = a_set("kodak", "plain", 3), a_set("experts", "fivek", 2)
    assert named(Study((), (kodak,)).table_pictures) == "kodak (3)"
    assert named(Study((), (kodak, fivek)).table_pictures) == "experts (2)"
    assert named(Study((), (kodak, fivek)).pictures) == "kodak (3), experts (2)"


@pytest.mark.parametrize(
    ("most", "numbers"), [(1, [0]), (2, [0, 5]), (4, [0, 2, 5, 7]), (10, [*range(10)]), (99, [*range(10)])]
)
def test_curves_take_photos_evenly_from_all(most: int, numbers: list[int]) -> None:
    study = Study((), (a_set("kodak", "plain", 10),), most)
    assert [int(picture.name[:3]) for picture in study.curve_pictures] == numbers


def test_ablations_and_baselines_are_no_filters(tiny: Subject) -> None:
    subjects = (
        tiny,
        replace(tiny, label="ablation_x", group="ablation"),
        replace(tiny, label="baseline_x", group="baseline"),
    )
    assert Study(subjects, ()).filters == (tiny,)
