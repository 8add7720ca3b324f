"""A training that was stopped and resumed ends where one that ran through ends."""

import json
import math
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
import torch

from unfilter.errors import UnfilterError
from unfilter.format.hyper_parameter import HyperParameter
from unfilter_training import checkpoint, step_losses, trainer
from unfilter_training.checkpoint import WarmStart
from unfilter_training.data import Batch, Pair, Patches
from unfilter_training.degradation import Degradation, Mixture, each, mixture
from unfilter_training.losses import Loss, LossWeights, objective
from unfilter_training.network import EncoderDecodersConfig, NetworkConfig, SteganographyConfig
from unfilter_training.recipe import PhotoSource, Recipe, Schedule
from unfilter_training.trainer import LOG, STATE, Trainer, learning_rate

RECIPE = Recipe(
    filter="tiny",
    operator="l0",
    network=NetworkConfig(blocks=2, subnet_width=4, auxiliary_width=4, fusion_width=4),
    photos=(PhotoSource(match="*", origin="random", licence="CC0"),),
    schedule=Schedule(steps=12, batch=2, patch=32, learning_rate=0.01, warmup=3, average=0.9),
)
ADVERSARIAL = RECIPE.model_copy(update={"losses": LossWeights(adversarial=0.05)})
MIXED = RECIPE.model_copy(update={"degradation": Mixture(rounding=1, real_jpeg=1, simulated_jpeg=1)})
EXACT = {"rtol": 0, "atol": 1e-6}
"""Only the order of sums inside the kernels may differ."""


class Stopping(Patches):
    """Patches that stop the training, as Ctrl-C does, when the batch of a step is asked for."""

    stop_at: int | None = None

    def batch(self, step: int, images: Iterable[int]) -> Batch:
        if step == self.stop_at:
            raise KeyboardInterrupt
        return super().batch(step, images)


def patches(scale: float = 1.0, normalised: tuple[float, ...] = ()) -> Stopping:
    photo = np.random.default_rng(0).integers(1, 256, (48, 40, 3), dtype=np.uint8)
    return Stopping([Pair(photo, (scale * photo / 255).astype(np.float16), normalised)], size=32, seed=0, symmetry="square")


def training(folder: Path, recipe: Recipe = RECIPE, scale: float = 0.8) -> Trainer:
    return Trainer(recipe, patches(scale), folder, device="cpu")


def stopped(folder: Path, step: int, recipe: Recipe = RECIPE) -> None:
    interrupted = training(folder, recipe)
    interrupted.patches.stop_at = step
    with pytest.raises(KeyboardInterrupt):
        interrupted.run()
    assert interrupted.step == step


def assert_equal_weights(one: torch.nn.Module, other: torch.nn.Module) -> None:
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
        training(tmp_path, scale=float("nan")).run()


def test_what_ships_is_rounded_where_the_recipe_says_so(tmp_path: Path) -> None:
    wide = NetworkConfig(blocks=2, subnet_width=16, auxiliary_width=16, fusion_width=16)
    recipe = RECIPE.model_copy(update={"network": wide, "weights": "int8", "schedule": Schedule(steps=1, batch=2, patch=32)})
    trained = training(tmp_path, recipe)
    trained.run()
    ships, average = trained.averaged(), trained.average.module
    changed = [not torch.equal(a, b) for a, b in zip(ships.parameters(), average.parameters(), strict=True)]
    assert any(changed)
    for weight, was_changed in zip(ships.parameters(), changed, strict=True):
        if was_changed:
            steps = weight / (weight.abs().amax((1, 2, 3), keepdim=True) / 127)
            torch.testing.assert_close(steps, steps.round(), rtol=0, atol=1e-3)


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


@pytest.mark.parametrize(
    "recipe",
    [MIXED, ADVERSARIAL, MIXED.model_copy(update={"losses": ADVERSARIAL.losses})],
    ids=["mixture", "adversary", "both"],
)
def test_a_training_with_draws_or_an_adversary_resumes_exactly(recipe: Recipe, tmp_path: Path) -> None:
    whole = training(tmp_path / "whole", recipe)
    whole.run()
    stopped(tmp_path / "parts", 5, recipe)
    resumed = training(tmp_path / "parts", recipe)
    resumed.run()
    assert_equal_weights(resumed.network, whole.network)
    assert_equal_weights(resumed.averaged(), whole.averaged())
    if whole.adversary is not None:
        assert_equal_weights(resumed.adversary, whole.adversary)


def test_interrupted_after_the_adversary_judged_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spectral norm writes into its buffers with every look at a picture."""
    whole = training(tmp_path / "whole", ADVERSARIAL)
    whole.run()
    interrupted = training(tmp_path / "parts", ADVERSARIAL)

    def judged_until(*arguments: object) -> Loss:
        loss = objective(*arguments)
        if interrupted.step == 5:
            raise KeyboardInterrupt
        return loss

    monkeypatch.setattr(step_losses, "objective", judged_until)
    with pytest.raises(KeyboardInterrupt):
        interrupted.run()
    monkeypatch.undo()
    resumed = training(tmp_path / "parts", ADVERSARIAL)
    assert resumed.step == 5
    resumed.run()
    assert_equal_weights(resumed.adversary, whole.adversary)
    assert_equal_weights(resumed.network, whole.network)


def test_the_adversary_moves_the_network_and_is_not_moved_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only = RECIPE.model_copy(update={"losses": LossWeights(approximation=0, restoration=0, delta=0, adversarial=1)})
    judged = training(tmp_path, only)
    monkeypatch.setattr(judged, "_train_adversary", lambda *_: None)  # the network's own steps alone
    before = {name: value.clone() for name, value in judged.adversary.state_dict().items()}
    first = [weight.clone() for weight in judged.network.parameters()]
    judged.run()
    assert any(not torch.equal(a, b) for a, b in zip(first, judged.network.parameters(), strict=True))
    assert all(weight.grad is None and weight.requires_grad for weight in judged.adversary.parameters())
    for name, value in judged.adversary.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_the_adversary_learns_from_both_kinds_of_pictures(tmp_path: Path) -> None:
    judged = training(tmp_path, ADVERSARIAL)
    before = [weight.clone() for weight in judged.adversary.parameters()]
    judged.run()
    assert all(not torch.equal(a, b) for a, b in zip(before, judged.adversary.parameters(), strict=True))
    assert judged.adversary_optimizer.param_groups[0]["lr"] == judged.optimizers[0].param_groups[0]["lr"]


def test_without_adversarial_weight_there_is_no_adversary(whole: Trainer) -> None:
    assert whole.adversary is None
    state = torch.load(whole.folder / STATE, weights_only=True)
    assert not any("adversary" in name for name in state)


def variable() -> Recipe:
    return RECIPE.model_copy(
        update={
            "hyper_parameters": (HyperParameter(name="smoothness", low=0.01, high=0.04, default=0.02),),
            "network": RECIPE.network.model_copy(update={"hyper_parameters": 1}),
        }
    )


def test_hyper_parameters_of_a_pair_are_trained_with(tmp_path: Path) -> None:
    first = Trainer(variable(), patches(0.8, (0.7,)), tmp_path, device="cpu")
    name = "auxiliary.condition.weight"
    before = first.network.state_dict()[name].clone()
    first.run()
    assert not torch.equal(first.network.state_dict()[name], before)


def test_start_takes_what_fits_by_name_and_shape(whole: Trainer, tmp_path: Path) -> None:
    """From a network without hyper-parameters to one with: all but what sees them."""
    start = whole.network.state_dict()
    fresh = Trainer(variable(), patches(0.8, (0.7,)), tmp_path / "fresh", device="cpu").network.state_dict()
    begun = Trainer(variable(), patches(0.8, (0.7,)), tmp_path / "begun", device="cpu", start=start)
    for weights in (begun.network.state_dict(), begun.averaged().state_dict()):
        assert set(weights) - set(start) == {"auxiliary.condition.weight"}
        for name, weight in weights.items():
            assert torch.equal(weight, start.get(name, fresh[name])), name


def test_start_leaves_anew_what_does_not_fit(whole: Trainer, tmp_path: Path) -> None:
    wider = RECIPE.model_copy(update={"network": RECIPE.network.model_copy(update={"auxiliary_width": 6, "blocks": 3})})
    start = whole.network.state_dict() | {"of.another": torch.ones(1)}
    fresh = training(tmp_path / "fresh", wider).network.state_dict()
    begun = Trainer(wider, patches(0.8), tmp_path / "begun", device="cpu", start=start).network.state_dict()
    taken = {name for name in begun if torch.equal(begun[name], start.get(name, torch.zeros(0)))}
    assert {name for name in begun if name.startswith(("invertible.0.", "invertible.1.", "fusion."))} <= taken
    assert not any(name.startswith("invertible.2.") for name in taken)
    assert not any(name.startswith("auxiliary.encoder") and name.endswith("weight") for name in taken)
    for name in set(begun) - taken:
        assert torch.equal(begun[name], fresh[name]), name


def test_a_resumed_training_starts_from_its_own_state(whole: Trainer, tmp_path: Path) -> None:
    stopped(tmp_path, 5)
    zeros = {name: torch.zeros_like(weight) for name, weight in whole.network.state_dict().items()}
    resumed = Trainer(RECIPE, patches(0.8), tmp_path, device="cpu", start=zeros)
    resumed.run()
    assert_equal_weights(resumed.network, whole.network)


def test_description_says_what_the_training_was(whole: Trainer) -> None:
    start = WarmStart(recipe="other", weights_sha256="ab" * 32)
    about = whole.describe(photos=7, warm_start=start)
    assert (about.warm_start, about.photos, about.steps, about.recipe) == (start, 7, 12, RECIPE)
    assert about.machine in [f"a CPU in {numbers}, torch {torch.__version__}" for numbers in ("bf16 autocast", "fp32")]
    assert whole.describe(photos=7).warm_start is None


def test_each_image_draws_its_own_degradation_by_seed_step_and_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[list[Degradation]] = []

    def look(degradations: list[Degradation]) -> Degradation:
        drawn.append(degradations)
        return each(degradations)

    monkeypatch.setattr(mixture, "each", look)
    training(tmp_path, MIXED).run()
    assert len(drawn) == RECIPE.schedule.steps
    for step, degradations in enumerate(drawn):
        expected = [MIXED.degradation.draw(np.random.default_rng([0, step, image, 1])) for image in range(2)]
        assert [str(one) for one in degradations] == [str(one) for one in expected]
    assert sum(str(one) != str(other) for one, other in drawn) > 6  # of 12


PYRAMIDS = NetworkConfig(
    blocks=0,
    subnet_width=4,
    auxiliary="pyramid",
    auxiliary_widths=(4, 4),
    fusion="hiding",
    predictor_widths=(4, 4),
)


@pytest.mark.parametrize(
    ("expectation", "moved"), [(False, "auxiliary."), (True, ("auxiliary.", "auxiliary_tones.", "hiding.expectation."))]
)
def test_approximating_steps_move_branch_and_expectation_alone_and_come_before_all_others(
    expectation: bool, moved: str | tuple[str, ...], tmp_path: Path
) -> None:
    schedule = RECIPE.schedule.model_copy(update={"approximate": 8})
    network = PYRAMIDS.model_copy(update={"expectation": expectation, "tone_width": 4 if expectation else 0})
    learner = training(tmp_path, RECIPE.model_copy(update={"network": network, "schedule": schedule}))
    before = {name: value.clone() for name, value in learner.network.state_dict().items()}
    while learner.step < 8:
        learner.train_step()
    for name, value in learner.network.state_dict().items():
        assert torch.equal(value, before[name]) != name.startswith(moved), name
    learner.run()
    assert learner.step == 20
    assert not torch.equal(learner.network.state_dict()["hiding.start"], before["hiding.start"])


def test_both_parts_of_a_training_have_a_cosine_of_their_own() -> None:
    schedule = RECIPE.schedule.model_copy(update={"approximate": 8, "warmup": 0})
    rates = [learning_rate(schedule, step) for step in range(20)]
    assert rates[0] == rates[8] == schedule.learning_rate
    assert rates[:8] == sorted(rates[:8], reverse=True)
    assert rates[8:] == sorted(rates[8:], reverse=True)
    assert rates[7] < 0.05 * schedule.learning_rate


def test_muon_takes_the_weights_of_convolutions_and_resumes(tmp_path: Path) -> None:
    recipe = RECIPE.model_copy(update={"schedule": RECIPE.schedule.model_copy(update={"muon": 0.02})})
    through = training(tmp_path / "through", recipe)
    assert [len(one.param_groups[0]["params"]) > 0 for one in through.optimizers] == [True, True]
    assert {weight.ndim for weight in through.optimizers[1].param_groups[0]["params"]} == {4}
    through.run()
    parted = training(tmp_path / "parted", recipe)
    for _ in range(5):
        parted.train_step()
    parted.save()
    resumed = training(tmp_path / "parted", recipe)
    assert resumed.step == 5
    resumed.run()
    for a, b in zip(through.network.parameters(), resumed.network.parameters(), strict=True):
        torch.testing.assert_close(a, b, **EXACT)


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
    assert math.isnan(seen[-1].restoration_db)
    assert math.isfinite(seen[-1].approximation_db)


METHODS = {
    "encoder_decoders": {"network": EncoderDecodersConfig(width=4)},
    "steganography": {"network": SteganographyConfig(width=4)},
    "enhancer": {"network": RECIPE.network.model_copy(update={"enhancer": "both", "enhancer_width": 4})},
    "rate": {"losses": LossWeights(rate_jpeg=1e-3, rate_png=1e-3)},
}


@pytest.mark.parametrize("changes", METHODS.values(), ids=METHODS)
def test_every_method_learns_resumes_exactly_and_makes_a_checkpoint(changes: dict[str, object], tmp_path: Path) -> None:
    recipe = MIXED.model_copy(update=changes)
    whole = training(tmp_path / "whole", recipe)
    first = [weight.clone() for weight in whole.network.parameters()]
    whole.run()
    assert all(not torch.equal(a, b) for a, b in zip(first, whole.network.parameters(), strict=True))
    stopped(tmp_path / "parts", 5, recipe)
    resumed = training(tmp_path / "parts", recipe)
    resumed.run()
    assert_equal_weights(resumed.network, whole.network)
    checkpoint.save(tmp_path / "saved", whole.averaged(), whole.describe(photos=1))
    loaded, description = checkpoint.load(tmp_path / "saved")
    assert type(loaded) is type(whole.network)
    assert description.network == recipe.network
    assert_equal_weights(loaded, whole.averaged())
