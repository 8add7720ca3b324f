"""Layouts are equal siblings, looked up by the name that a recipe uses."""

from pathlib import Path
from typing import get_args

import pytest

from unfilter.errors import UnfilterError
from unfilter_training.photo_sets import PHOTO_SETS, photo_set
from unfilter_training.recipe import PhotoSource


def test_every_layout_that_a_recipe_may_name_is_there() -> None:
    assert tuple(PHOTO_SETS) == get_args(PhotoSource.model_fields["layout"].annotation)


def test_an_unknown_layout_is_refused_with_the_choices() -> None:
    with pytest.raises(UnfilterError, match=r"unknown layout of photos 'five': choose one of plain, fivek, raise"):
        photo_set("five")


@pytest.mark.parametrize("name", PHOTO_SETS)
def test_what_is_no_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnfilterError, match="nowhere: no such folder of photos"):
        photo_set(name).files(tmp_path / "nowhere")
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(UnfilterError, match="is a file; name the folder of photos that it lies in"):
        photo_set(name).files(tmp_path / "a.png")


@pytest.mark.parametrize("name", PHOTO_SETS)
@pytest.mark.parametrize("pattern", ["", "/etc/*"])  # pathlib raises ValueError, NotImplementedError
def test_what_is_no_pattern_is_refused(name: str, pattern: str, tmp_path: Path) -> None:
    with pytest.raises(UnfilterError, match="is no pattern of file names"):
        photo_set(name).files(tmp_path, [pattern])
