"""A paced training keeps its recipe but for the steps, in the proportion that it had, and costs about what was asked."""

from pathlib import Path

import numpy as np
import pytest

from unfilter_training.data import Pair, Patches
from unfilter_training.network import NetworkConfig
from unfilter_training.pace import paced, without_length
from unfilter_training.recipe import PhotoSource, Recipe, Schedule
from unfilter_training.trainer import Trainer, started

RECIPE = Recipe(
    filter="tiny",
    operator="l0",
    network=NetworkConfig(
        blocks=0,
        subnet_width=4,
        auxiliary="pyramid",
        auxiliary_widths=(4, 4),
        fusion="hiding",
        hiding_blocks=2,
        predictor_widths=(4, 4),
    ),
    photos=(PhotoSource(match="*", origin="random", licence="CC0"),),
    schedule=Schedule(approximate=10, steps=20, batch=1, patch=32),
)


@pytest.fixture(scope="module")
def patches() -> Patches:
    photo = np.random.default_rng(0).integers(0, 256, (48, 48, 3), dtype=np.uint8)
    return Patches([Pair(photo, (photo / 255).astype(np.float16))], size=32, seed=0, symmetry="square")


def test_longer_seconds_give_more_steps_in_the_same_proportion(patches: Patches) -> None:
    short, long = (paced(RECIPE, patches, seconds) for seconds in (2.0, 200.0))
    assert short.schedule.steps < long.schedule.steps
    assert long.schedule.steps == pytest.approx(2 * long.schedule.approximate, rel=0.05)
    assert without_length(short) == without_length(long) == without_length(RECIPE)
    assert short != RECIPE


def test_a_training_that_goes_on_is_known_by_its_state(patches: Patches, tmp_path: Path) -> None:
    assert started(tmp_path) is None
    Trainer(RECIPE, patches, tmp_path).save()
    assert started(tmp_path) == RECIPE
    (tmp_path / "state.pt").write_bytes(b"half a file")
    assert started(tmp_path) is None
