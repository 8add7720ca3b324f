"""A training that was stopped and resumed ends where one that ran through ends."""

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from unfilter.errors import UnfilterError
from unfilter_training import checkpoint, trainer
from unfilter_training.data import Pair, Patches
from unfilter_training.degradation import Mixture
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork
from unfilter_training.recipe import PhotoSource, Recipe, Schedule
from unfilter_training.trainer import LOG, STATE, Trainer, learning_rate

RECIPE = Recipe(
    filter="tiny",
    operator="l0",
    network=NetworkConfig(blocks=2, subnet_width=4, auxiliary_width=4, fusion_width=4),
    photos=(PhotoSource(match="*", origin="random", licence="CC0"),),
    schedule=Schedule(steps=12, batch=2, patch=32, learning_rate=0.01, warmup=3, average=0.9),
)
EXACT = {"rtol": 0, "atol": 1e-6}
"""Only the order of sums inside the kernels may differ."""


class Stopping(Patches):
    """Patches that stop the training, as Ctrl-C does, when the batch of a step is asked for."""

    stop_at: int | None = None

    def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        if step == self.stop_at:
            raise KeyboardInterrupt
        return super().batch(step)


def patches(scale: float = 1.0) -> Stopping:
    photo = np.random.default_rng(0).integers(1, 256, (48, 40, 3), dtype=np.uint8)
    return Stopping([Pair(photo, (scale * photo / 255).astype(np.float16))], size=32, batch=2, seed=0, symmetry="square")


def training(folder: Path, recipe: Recipe = RECIPE, scale: float = 0.8) -> Trainer:
    return Trainer(recipe, patches(scale), folder, device="cpu")


def stopped(folder: Path, step: int) -> None:
    interrupted = training(folder)
    interrupted.patches.stop_at = step
    with pytest.raises(KeyboardInterrupt):
        interrupted.run()
    assert interrupted.step == step


def assert_equal_weights(one: QuasiInvertibleNetwork, other: QuasiInvertibleNetwork) -> None:
    for name, tensor in one.state_dict().items():
        torch.testing.assert_close(tensor, other.state_dict()[name], **EXACT, msg=lambda text, name=name: f"{name}: {text}")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    """A training that ran through."""
    run = training(tmp_path_factory.mktemp("whole"))
    run.run()
    return run


def test_training_changes_the_weights_and_counts_its_steps(whole: Trainer, tmp_path: Path) -> None:
    assert whole.step == RECIPE.schedule.steps
    fresh = training(tmp_path).network
    assert all(not torch.equal(a, b) for a, b in zip(fresh.parameters(), whole.network.parameters(), strict=True))


@pytest.mark.parametrize("step", [0, 1, 5, 11])
def test_interrupted_and_resumed_equals_run_through(step: int, whole: Trainer, tmp_path: Path) -> None:
    stopped(tmp_path, step)
    resumed = training(tmp_path)
    assert resumed.step == step
    resumed.run()
    assert_equal_weights(resumed.network, whole.network)
    assert_equal_weights(resumed.averaged(), whole.averaged())


def test_killed_and_resumed_from_the_last_save_equals_run_through(
    whole: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "SAVE_EVERY_S", -1.0)  # after every step
    running, killed = training(tmp_path / "running"), tmp_path / "killed"
    save = running.save

    def save_and_copy() -> None:
        save()
        if running.step == 4:
            killed.mkdir()
            shutil.copy(running.folder / STATE, killed / STATE)

    monkeypatch.setattr(running, "save", save_and_copy)
    running.run()
    resumed = training(killed)
    assert resumed.step == 4
    resumed.run()
    assert_equal_weights(resumed.network, whole.network)


# A signal may come between any two lines: the weights have moved already, the step is not counted yet.
def test_interrupted_inside_a_step_and_resumed_equals_run_through(
    whole: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted = training(tmp_path)
    update: Callable[[torch.nn.Module], None] = interrupted.average.update_parameters

    def update_until(network: torch.nn.Module) -> None:
        if interrupted.step == 5:
            raise KeyboardInterrupt
        update(network)

    monkeypatch.setattr(interrupted.average, "update_parameters", update_until)
    with pytest.raises(KeyboardInterrupt):
        interrupted.run()
    resumed = training(tmp_path)
    resumed.run()
    assert_equal_weights(resumed.network, whole.network)
    assert_equal_weights(resumed.averaged(), whole.averaged())


def test_finished_training_has_nothing_left_to_do(whole: Trainer, tmp_path: Path) -> None:
    shutil.copytree(whole.folder, tmp_path, dirs_exist_ok=True)
    again = training(tmp_path)
    again.run(lambda _: pytest.fail("trained on"))
    assert_equal_weights(again.network, whole.network)


def test_another_recipe_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    stopped(tmp_path, 1)
    other = RECIPE.model_copy(update={"schedule": RECIPE.schedule.model_copy(update={"learning_rate": 0.02})})
    with pytest.raises(UnfilterError, match=r"state\.pt: was started with another recipe") as caught:
        training(tmp_path, other)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_log_has_a_line_per_interval_and_one_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "LOG_EVERY_STEPS", 5)
    reported: list[int] = []
    training(tmp_path).run(lambda progress: reported.append(progress.step))
    lines = [json.loads(line) for line in (tmp_path / LOG).read_text().splitlines()]
    assert [line["step"] for line in lines] == reported == [5, 10, 12]
    for line in lines:
        assert {"step", "seconds", "learning_rate", "approximation_db", "restoration_db", "delta_power"} == set(line)
        assert all(math.isfinite(value) for value in line.values())
        assert 0 < line["approximation_db"] < 60
        assert 0 < line["restoration_db"] < 60


def test_log_says_null_where_nothing_is_restored(tmp_path: Path) -> None:
    losses = RECIPE.losses.model_copy(update={"restoration": 0.0})
    training(tmp_path, RECIPE.model_copy(update={"losses": losses})).run()
    (line,) = (json.loads(line) for line in (tmp_path / LOG).read_text().splitlines())
    assert line["restoration_db"] is None


def test_learning_rate_warms_up_then_falls_to_zero_along_a_cosine() -> None:
    schedule = Schedule(steps=1000, learning_rate=0.01, warmup=99)
    rates = [learning_rate(schedule, step) for step in range(1001)]
    assert rates[0] == pytest.approx(0.01 / 100)
    assert rates[49] == pytest.approx(0.005 * 0.5 * (1 + math.cos(math.pi * 0.049)))
    assert rates[500] == pytest.approx(0.005)
    assert rates[1000] == 0
    assert max(rates) <= 0.01
    top = rates.index(max(rates))
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)


def test_without_warm_up_the_first_step_is_the_fastest() -> None:
    assert learning_rate(Schedule(steps=10, learning_rate=0.01, warmup=0), 0) == 0.01


def test_loss_that_is_not_finite_stops_the_training(tmp_path: Path) -> None:
    with pytest.raises(UnfilterError, match="the loss is not finite at step 0; lower the learning rate"):
        training(tmp_path, scale=float("inf")).run()


def test_average_is_what_the_checkpoint_holds(whole: Trainer, tmp_path: Path) -> None:
    averaged = whole.averaged()
    assert not averaged.training
    assert any(not torch.equal(a, b) for a, b in zip(averaged.parameters(), whole.network.parameters(), strict=True))
    checkpoint.save(tmp_path, averaged, whole.describe(photos=1))
    loaded, description = checkpoint.load(tmp_path)
    for name, tensor in averaged.state_dict().items():
        assert torch.equal(tensor, loaded.state_dict()[name])
    assert (description.steps, description.photos, description.filter) == (12, 1, "tiny")


def test_seed_decides_the_first_weights(tmp_path: Path) -> None:
    one, again = (training(tmp_path / name).network for name in ("one", "again"))
    assert_equal_weights(one, again)
    other = RECIPE.model_copy(update={"schedule": RECIPE.schedule.model_copy(update={"seed": 1})})
    different = training(tmp_path / "other", other).network
    assert not torch.equal(next(one.parameters()), next(different.parameters()))


def test_a_training_with_jpeg_resumes_with_the_same_draws(tmp_path: Path) -> None:
    recipe = RECIPE.model_copy(update={"degradation": Mixture(rounding=1, real_jpeg=1, simulated_jpeg=1)})
    whole = training(tmp_path / "whole", recipe)
    whole.run()
    interrupted = training(tmp_path / "parts", recipe)
    interrupted.patches.stop_at = 5
    with pytest.raises(KeyboardInterrupt):
        interrupted.run()
    resumed = training(tmp_path / "parts", recipe)
    resumed.run()
    assert_equal_weights(resumed.network, whole.network)


def test_a_damaged_state_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / STATE).write_bytes(b"half a file")
    with pytest.raises(UnfilterError, match="cannot be read") as caught:
        training(tmp_path)
    assert str(tmp_path / STATE) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_state_of_another_version_is_refused_in_one_line(tmp_path: Path) -> None:
    torch.save({"recipe": '{"colour": 3}', "step": 1}, tmp_path / STATE)
    with pytest.raises(UnfilterError, match="another version") as caught:
        training(tmp_path)
    assert "\n" not in str(caught.value)


def test_progress_shows_no_number_where_nothing_is_restored(tmp_path: Path) -> None:
    seen = []
    losses = RECIPE.losses.model_copy(update={"restoration": 0.0})
    training(tmp_path, RECIPE.model_copy(update={"losses": losses})).run(seen.append)
    assert math.isnan(seen[-1].restoration)
    assert math.isfinite(seen[-1].approximation)
