"""Laws of R26: a residual brings back what it was made of, in integers; and the tag's entry says nothing impossible."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from unfilter import Tag
from unfilter.format.top_up import TopUp, residual, topped_up

TAG = {"filter": "l0", "restoration": "0" * 64, "codec": "jpeg"}
RESIDUAL = {"holds": "residual", "coding": "avif", "steps": 2, "bytes": 9, "sha256": "0" * 32, "restores_db": 38.1}


@given(st.integers(0, 255), st.integers(-63, 63), st.sampled_from([1, 2]))
def test_a_residual_in_range_brings_every_level_back(level: int, apart: int, steps: int) -> None:
    photo = np.full((1, 1, 3), level, np.uint8)
    base = np.clip(photo.astype(int) + apart, 0, 255).astype(np.uint8)
    assert np.array_equal(topped_up(base, residual(photo, base, steps), steps), photo)


@pytest.mark.parametrize(
    ("added", "steps", "expected"), [(129, 2, 101), (127, 2, 100), (126, 2, 99), (255, 2, 164), (0, 1, 0), (128, 8, 100)]
)
def test_halves_go_up_and_results_are_clipped(added: int, steps: int, expected: int) -> None:
    base = np.full((1, 1, 3), 100, np.uint8)
    assert topped_up(base, np.full_like(base, added), steps)[0, 0, 0] == expected


def test_a_tag_says_what_it_said() -> None:
    tag = Tag.model_validate(TAG | {"top_up": RESIDUAL, "payload": {"coding": "avif", "bytes": 5}})
    assert Tag.from_json(tag.to_json()) == tag
    assert Tag.from_xmp(tag.to_xmp(None)) == tag


@pytest.mark.parametrize(
    "later", [RESIDUAL | {"coding": "jxl"}, RESIDUAL | {"holds": "layers"}, RESIDUAL | {"steps": None}, 7], ids=str
)
def test_a_top_up_of_a_later_version_is_passed_over(later: object) -> None:
    tag = Tag.model_validate(TAG | {"top_up": later})
    assert tag.top_up is None


def test_an_unknown_field_is_ignored() -> None:
    tag = Tag.model_validate(TAG | {"top_up": RESIDUAL | {"layers": 3}})
    assert tag.top_up == TopUp.model_validate(RESIDUAL)


def test_a_whole_photo_has_no_steps_and_loses_nothing() -> None:
    whole = {"holds": "photo", "coding": "webp", "bytes": 9, "sha256": "0" * 32}
    assert TopUp.model_validate(whole).steps is None
    for wrong in ({"steps": 2}, {"coding": "avif"}):
        with pytest.raises(ValidationError):
            TopUp.model_validate(whole | wrong)
