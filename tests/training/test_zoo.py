"""The table of all filters says what their descriptions say, every picture weighing the same, beside the paper's figures."""

import numpy as np
import pytest

from unfilter_training.checkpoint import Description, PhotoScore
from unfilter_training.data import image_tensor
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.operators import operator
from unfilter_training.operators.saving import saved_levels
from unfilter_training.recipe import PhotoSource, Recipe, Schedule
from unfilter_training.scoring import task
from unfilter_training.zoo import mean_score, pictures, table


def score(photos: str, count: int, db: float) -> PhotoScore:
    return PhotoScore(
        photos=photos,
        count=count,
        unfiltered=db,
        approximation=db + 1,
        restoration=db + 2,
        restoration_jpeg_420=(db, db + 1, db + 2),
        restoration_jpeg_444=(db + 1, db + 2, db + 3),
        approximation_border=0.5,
        restoration_border=0.0,
    )


def description(name: str, *scores: PhotoScore) -> Description:
    recipe = Recipe(
        filter=name,
        operator="l0",
        photos=(PhotoSource(match="*", origin="here", licence="CC0"),),
        schedule=Schedule(steps=1),
    )
    return Description(
        filter=name,
        network=NetworkConfig(),
        weights_sha256="ab" * 32,
        recipe=recipe,
        steps=1,
        photos=1,
        machine="a CPU",
        scores=scores,
    )


def test_every_picture_weighs_the_same() -> None:
    mean = mean_score([score("kodak", 3, 20.0), score("fivek", 1, 40.0)])
    assert (mean.photos, mean.count) == ("kodak, fivek", 4)
    assert mean.unfiltered == pytest.approx(25)
    assert mean.restoration_jpeg_420 == pytest.approx((25, 26, 27))


def test_row_holds_the_scores_and_the_papers() -> None:
    rows = table([description("wls", score("kodak", 2, 30.0)), description("own", score("kodak", 2, 10.0))]).splitlines()
    assert rows[2] == (
        "| `wls` | 30.00 | 31.00 | 32.58 | 32.00 | 37.31 | 30.00 / 31.00 / 32.00 | 31.00 / 32.00 / 33.00 | 2 |"
    )
    assert rows[3].startswith("| `own` | 10.00 | 11.00 | - | 12.00 | - |")
    assert len({row.count("|") for row in rows}) == 1


def test_filters_that_were_not_scored_have_no_row() -> None:
    assert len(table([description("l0")]).splitlines()) == 2


def test_pictures_show_photo_operator_filtered_restored_and_difference_in_this_order(
    small_network: QuasiInvertibleNetwork,
) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (24, 20, 3), dtype=np.uint8)
    recipe = description("l0").recipe
    sheet = pictures(small_network, task(recipe), photo)
    filtered = run_whole(small_network, "forward", photo)
    target = saved_levels(operator("l0")(image_tensor(photo)))
    difference = np.clip(128 + 4 * (filtered.astype(int) - target), 0, 255).astype(np.uint8)
    expected = (photo, target, filtered, run_whole(small_network, "inverse", filtered), difference)
    width = sheet.shape[1] // len(expected)
    parts = [sheet[:, index * width : (index + 1) * width] for index in range(len(expected))]
    for part, shown in zip(parts, expected, strict=True):
        windows = np.lib.stride_tricks.sliding_window_view(part, shown.shape)
        assert (windows == shown).all(axis=(-3, -2, -1)).any()
