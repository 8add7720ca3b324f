"""The card says what the description says, scored or not."""

import pytest

from unfilter_training.card import render_card
from unfilter_training.checkpoint import Description, PhotoScore
from unfilter_training.degradation import Mixture
from unfilter_training.network import NetworkConfig
from unfilter_training.recipe import PhotoSource, Recipe, Schedule

SCORE = PhotoScore(
    photos="kodak",
    count=24,
    unfiltered=25.126,
    approximation=31.5,
    restoration=44.25,
    restoration_jpeg=(28.0, 29.5, 31.25),
    approximation_border=0.5,
    restoration_border=-0.25,
)


def description(*scores: PhotoScore, parameters: dict[str, float] | None = None) -> Description:
    sources = (
        PhotoSource(match="a_*", origin="one place", licence="CC0"),
        PhotoSource(match="b_*", origin="another place", licence="CC BY 4.0"),
    )
    recipe = Recipe(
        filter="soft",
        operator="l0",
        parameters=parameters or {},
        photos=sources,
        schedule=Schedule(steps=28_000, batch=5, patch=128),
    )
    return Description(
        filter="soft",
        network=NetworkConfig(),
        weights_sha256="ab" * 32,
        recipe=recipe,
        steps=1_847,
        photos=271,
        machine="the CPU",
        scores=scores,
    )


@pytest.mark.parametrize(
    "line",
    [
        "# soft",
        "1,847 of 28,000 steps of 5 patches of 128 x 128 pixels, on the CPU.",
        "Recipe: `recipes/soft.toml`. Photos: 271.",
        "- `a_*`: one place; CC0",
        "- `b_*`: another place; CC BY 4.0",
        f"sha256 of the weights: `{'ab' * 32}`",
        "Not scored yet: `unfilter score` writes them here.",
    ],
)
def test_card_says(line: str) -> None:
    assert line in render_card(description()).splitlines()


def test_scores_are_a_table_with_a_row_per_photo_set() -> None:
    lines = render_card(description(SCORE, SCORE.model_copy(update={"photos": "urban"}))).splitlines()
    assert "| photos | unfiltered | approximation | restoration | JPEG | border |" in lines
    assert "| kodak (24) | 25.13 | 31.50 | 44.25 | 28.00 / 29.50 / 31.25 | 0.50 / -0.25 |" in lines
    assert "| urban (24) | 25.13 | 31.50 | 44.25 | 28.00 / 29.50 / 31.25 | 0.50 / -0.25 |" in lines
    assert not any("Not scored" in line for line in lines)


def test_parameters_stand_behind_the_operator() -> None:
    assert "A restorable `l0` filter, smoothness 0.02, kappa 2." in render_card(
        description(parameters={"smoothness": 0.02, "kappa": 2.0})
    )
    assert "A restorable `l0` filter." in render_card(description())


def test_no_placeholder_is_left() -> None:
    card = render_card(description(SCORE))
    assert "{" not in card
    assert "}" not in card


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({}, "JPEG included: this network was trained through rounding only."), ({"real_jpeg": 1}, "qualities 60 to 98 too.")],
)
def test_card_says_what_the_carrier_survives(fields: dict[str, float], sentence: str) -> None:
    about = description()
    recipe = about.recipe.model_copy(update={"degradation": Mixture(**fields)})
    assert sentence in render_card(about.model_copy(update={"recipe": recipe}))
