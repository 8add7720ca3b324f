"""The card says what the description says, scored or not."""

import pytest

from unfilter.format.hyper_parameter import HyperParameter
from unfilter_training.card import render_card
from unfilter_training.checkpoint import Description, PhotoScore, WarmStart
from unfilter_training.degradation import Mixture
from unfilter_training.network import EncoderDecodersConfig, NetworkConfig, SteganographyConfig
from unfilter_training.recipe import OtherOperator, PhotoSource, Recipe, Schedule

SCORE = PhotoScore(
    photos="kodak",
    count=24,
    unfiltered=25.126,
    approximation=31.5,
    restoration=44.25,
    restoration_jpeg_420=(28.0, 29.5, 31.25),
    restoration_jpeg_444=(33.0, 34.125, 36.5),
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
    jpegs = "28.00 / 29.50 / 31.25 | 33.00 / 34.12 / 36.50"
    rows = [
        "| photos | unfiltered | approximation | PNG | JPEG 4:2:0 | JPEG 4:4:4 | border |",
        "|---|---|---|---|---|---|---|",
        f"| kodak (24) | 25.13 | 31.50 | 44.25 | {jpegs} | 0.50 / -0.25 |",
        f"| urban (24) | 25.13 | 31.50 | 44.25 | {jpegs} | 0.50 / -0.25 |",
    ]
    first = lines.index(rows[0])
    assert lines[first : first + 4] == rows
    assert not any("Not scored" in line for line in lines)


def test_parameters_stand_behind_the_operator() -> None:
    assert "A restorable `l0` filter, smoothness 0.02, kappa 2." in render_card(
        description(parameters={"smoothness": 0.02, "kappa": 2.0})
    )
    assert "A restorable `l0` filter." in render_card(description())


def with_recipe(**fields: object) -> Description:
    about = description(SCORE)
    return about.model_copy(update={"recipe": about.recipe.model_copy(update=fields)})


def test_hyper_parameters_are_said_in_words() -> None:
    smoothness = HyperParameter(name="smoothness", low=0.01, high=0.04, default=0.02, scale="log")
    card = render_card(with_recipe(parameters={"kappa": 2.0}, hyper_parameters=(smoothness,)))
    assert "A restorable `l0` filter, kappa 2, smoothness 0.01 to 0.04 as the user sets it." in card


def test_warm_start_names_the_recipe_and_its_weights() -> None:
    start = WarmStart(recipe="hard", weights_sha256="cd" * 32)
    lines = render_card(description().model_copy(update={"warm_start": start})).splitlines()
    assert f"Started from the weights of `hard` (sha256 `{'cd' * 6}`)." in lines
    assert "Recipe: `recipes/soft.toml`. Photos: 271." in lines
    assert "Started from" not in render_card(description())


def test_research_only_stands_above_all_else() -> None:
    reason = "learned from weights that are\nfree for research use.\n"
    lines = render_card(with_recipe(research_only=reason)).splitlines()
    assert lines[:5] == ["# soft", "", "**For research only**: learned from weights that are", "free for research use.", ""]
    assert lines[5].startswith("A restorable `l0` filter")
    assert "research only" not in render_card(description(SCORE))


def test_the_papers_figures_stand_below_ours_where_it_has_any() -> None:
    card = render_card(description(SCORE).model_copy(update={"filter": "rgf"}))
    assert "approximation 38.01, restoration\n40.06. How far" in card
    assert "docs/training.md`.\n\n## Training" in card
    assert "\n\n\n" not in card
    assert "The paper's method" not in render_card(description(SCORE))


def test_notes_are_paragraphs() -> None:
    card = render_card(description().model_copy(update={"notes": ("It was stopped once.", "Then it went on.")}))
    assert "\n\nIt was stopped once.\n\nThen it went on.\n\n## Limits\n" in card


def test_no_blank_lines_pile_up() -> None:
    full = with_recipe(research_only="A reason.\n").model_copy(update={"notes": ("A note.",)})
    for about in (description(), description(SCORE), full):
        assert "\n\n\n" not in render_card(about)


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


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (NetworkConfig(), 'Method: "Restorable Image Operators with Quasi-Invertible Networks", AAAI 2022.'),
        (EncoderDecodersConfig(), 'Method: two encoder-decoders, a baseline of "Restorable'),
        (SteganographyConfig(), "Method: the photo is hidden in the operator's own output, a baseline of"),
    ],
    ids=["quasi_invertible", "encoder_decoders", "steganography"],
)
def test_card_names_the_method(form: object, said: str) -> None:
    card = render_card(description().model_copy(update={"network": form}))
    assert said in " ".join(card.split())


def test_card_says_what_a_png_restores_to_once_where_it_was_scored() -> None:
    once = SCORE.model_copy(update={"restoration_once": 41.5})
    assert "what the filter makes of the restored photo; once: kodak 41.50." in render_card(description(once))
    assert "once:" not in render_card(description(SCORE))


def test_card_of_a_guided_filter_says_nothing_of_restoring_again() -> None:
    guided = NetworkConfig(blocks=0, fusion="hiding", auxiliary="guided")
    about = with_recipe(network=guided).model_copy(update={"network": guided})
    once = SCORE.model_copy(update={"restoration_once": 41.5})
    assert "once:" not in render_card(about.model_copy(update={"scores": (once,)}))


def test_card_of_a_guided_filter_says_what_goes_in_and_what_it_was_trained_on() -> None:
    about = description()
    network = NetworkConfig(blocks=0, fusion="hiding", auxiliary="guided")
    recipe = about.recipe.model_copy(update={"network": network, "looks": 0.5, "others": (OtherOperator(operator="wls"),)})
    card = " ".join(render_card(about.model_copy(update={"recipe": recipe})).split())
    assert "the app makes its own picture of the photo" in card
    assert "Trained on `l0`, `wls` and random looks." in card


def test_card_of_an_ablation_names_the_folder_of_its_recipe() -> None:
    card = render_card(description().model_copy(update={"filter": "ablation_full"}))
    assert "Recipe: `recipes/ablations/ablation_full.toml`." in card
