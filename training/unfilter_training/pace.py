"""As many steps as fit into some seconds of a processor, so that unlike networks are compared at equal cost."""

import tempfile
import time
from pathlib import Path

import torch

from unfilter_training.data import Patches
from unfilter_training.recipe import Recipe
from unfilter_training.trainer import Trainer

_UNTIMED, _TIMED = 2, 8
"""Steps before the clock starts, and with it."""


def paced(recipe: Recipe, patches: Patches, seconds: float, device: str | None = None) -> Recipe:
    """`recipe` with both its parts, approximating steps and the others, made longer or shorter by one factor.

    Steps of either part are timed first, on a trainer that is thrown away: processor time of this process, which other work
    on the machine lengthens least; on a GPU the clock's.
    """
    schedule = recipe.schedule
    approximating = _seconds(recipe, patches, device, first=0) if schedule.approximate else 0.0
    others = _seconds(recipe, patches, device, first=schedule.approximate)
    factor = seconds / (schedule.approximate * approximating + schedule.steps * others)
    longer = {
        "approximate": max(1, round(schedule.approximate * factor)) if schedule.approximate else 0,
        "steps": max(1, round(schedule.steps * factor)),
    }
    return recipe.model_copy(update={"schedule": schedule.model_copy(update=longer)})


def without_length(recipe: Recipe) -> Recipe:
    """The recipe with one step, to see whether two differ in more than their length."""
    return recipe.model_copy(update={"schedule": recipe.schedule.model_copy(update={"approximate": 0, "steps": 1})})


def _seconds(recipe: Recipe, patches: Patches, device: str | None, first: int) -> float:
    """Mean time of a step from step `first` on."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(recipe, patches, Path(folder), device=device)
        trainer.step = first
        began = 0.0
        for index in range(_UNTIMED + _TIMED):
            if index == _UNTIMED:
                began = _clock(trainer.device)
            trainer.train_step()
        return (_clock(trainer.device) - began) / _TIMED


def _clock(device: str) -> float:
    if device.startswith("cuda"):
        torch.cuda.synchronize()
        return time.perf_counter()
    return time.process_time()
