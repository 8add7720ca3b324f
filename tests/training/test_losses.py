"""The objective is the weighted sum of its terms, and leaves out what has no weight."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import l1_loss, softplus

from unfilter_training.degradation import rounding
from unfilter_training.losses import LossWeights, balance, objective
from unfilter_training.network import (
    EncoderDecodersConfig,
    NetworkConfig,
    QuasiInvertibleNetwork,
    RestorableNetwork,
    SteganographyConfig,
)
from unfilter_training.rate import jpeg_rate, png_rate


def images(seed: int) -> torch.Tensor:
    return torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(seed))


PHOTO, TARGET = images(0), images(1)


def judge(filtered: Tensor) -> Tensor:
    """Logits that rise with brightness."""
    return 3 * filtered.mean(dim=1, keepdim=True) - 1


@pytest.mark.parametrize("weights", [(1.0, 1.0, 0.1), (2.0, 0.5, 3.0), (0.0, 1.0, 0.0)])
def test_total_is_the_weighted_sum(weights: tuple[float, float, float], small_network: QuasiInvertibleNetwork) -> None:
    approximation, restoration, delta = weights
    loss = objective(
        small_network, PHOTO, TARGET, LossWeights(approximation=approximation, restoration=restoration, delta=delta)
    )
    expected = approximation * loss.approximation_mse + restoration * loss.restoration_mse + delta * loss.delta
    torch.testing.assert_close(loss.total.detach(), expected)


def test_terms_are_mean_squared_errors(small_network: QuasiInvertibleNetwork) -> None:
    loss = objective(small_network, PHOTO, TARGET, LossWeights())
    with torch.inference_mode():
        filtered, delta = small_network(PHOTO)
        restored = small_network.inverse(rounding(filtered))
    torch.testing.assert_close(loss.approximation_mse, (filtered - TARGET).square().mean())
    torch.testing.assert_close(loss.restoration_mse, (restored - PHOTO).square().mean())
    torch.testing.assert_close(loss.delta, delta.square().mean())
    torch.testing.assert_close(loss.filtered, filtered)


def test_restoration_norm_l1_counts_absolute_errors_and_logs_squared_ones(small_network: QuasiInvertibleNetwork) -> None:
    weights = LossWeights(approximation=0, restoration=2, delta=0)
    squared = objective(small_network, PHOTO, TARGET, weights)
    absolute = objective(small_network, PHOTO, TARGET, weights.model_copy(update={"restoration_norm": "l1"}))
    with torch.inference_mode():
        restored = small_network.inverse(rounding(small_network(PHOTO)[0]))
    torch.testing.assert_close(squared.total.detach(), 2 * squared.restoration_mse)
    torch.testing.assert_close(absolute.total.detach(), 2 * l1_loss(restored, PHOTO))
    assert absolute.restoration_mse == squared.restoration_mse


@pytest.mark.parametrize("weight", [0.5, 4.0])
def test_adversarial_term_wants_high_logits_for_filtered_photos(
    weight: float, small_network: QuasiInvertibleNetwork
) -> None:
    plain = objective(small_network, PHOTO, TARGET, LossWeights(), judge=judge)
    judged = objective(small_network, PHOTO, TARGET, LossWeights(adversarial=weight), judge=judge)
    torch.testing.assert_close((judged.total - plain.total).detach(), weight * softplus(-judge(judged.filtered)).mean())
    fooled = objective(small_network, PHOTO, TARGET, LossWeights(adversarial=weight), judge=lambda x: judge(x) + 5)
    assert fooled.total < judged.total


def test_without_adversarial_weight_nobody_is_asked(small_network: QuasiInvertibleNetwork) -> None:
    objective(small_network, PHOTO, TARGET, LossWeights(), judge=lambda _: pytest.fail("was asked"))
    weights = LossWeights(adversarial=1)
    without = objective(small_network, PHOTO, TARGET, weights)  # nor where nobody is there
    assert without.total == objective(small_network, PHOTO, TARGET, LossWeights()).total


def test_adversarial_term_alone_moves_the_filtered_photo_and_so_the_forward_pass(
    small_network: QuasiInvertibleNetwork,
) -> None:
    weights = LossWeights(approximation=0, restoration=0, delta=0, adversarial=1)
    loss = objective(small_network, PHOTO, TARGET, weights, judge=judge)
    gradients = torch.autograd.grad(loss.total, list(small_network.invertible.parameters()))
    assert all(gradient.any() for gradient in gradients)


def test_what_is_logged_carries_no_graph(small_network: QuasiInvertibleNetwork) -> None:
    loss = objective(small_network, PHOTO, TARGET, LossWeights(adversarial=1), judge=judge)
    assert [name for name, value in loss._asdict().items() if value.requires_grad] == ["total"]


def test_hyper_parameters_reach_the_network(variable_network: QuasiInvertibleNetwork) -> None:
    normalised = torch.tensor([[0.0, 1.0], [0.75, 0.25]])
    loss = objective(variable_network, PHOTO, TARGET, LossWeights(), hyper_parameters=normalised)
    with torch.inference_mode():
        torch.testing.assert_close(loss.filtered, variable_network(PHOTO, normalised)[0])
    other = objective(variable_network, PHOTO, TARGET, LossWeights(), hyper_parameters=1 - normalised)
    assert other.approximation_mse != loss.approximation_mse
    with pytest.raises(ValueError, match="this network takes 2 hyper-parameters, got 0"):
        objective(variable_network, PHOTO, TARGET, LossWeights())


def test_degradation_stands_between_apply_and_restore(small_network: QuasiInvertibleNetwork) -> None:
    seen: list[Tensor] = []

    def grey(filtered: Tensor) -> Tensor:
        seen.append(filtered.detach())
        return filtered * 0 + 0.5

    loss = objective(small_network, PHOTO, TARGET, LossWeights(), grey)
    assert torch.equal(seen[0], loss.filtered)
    with torch.inference_mode():
        restored = small_network.inverse(torch.full_like(PHOTO, 0.5))
    torch.testing.assert_close(loss.restoration_mse, (restored - PHOTO).square().mean())


def test_without_restoration_weight_the_inverse_never_runs(
    small_network: QuasiInvertibleNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_network, "inverse", lambda *_: pytest.fail("the inverse ran"))
    loss = objective(small_network, PHOTO, TARGET, LossWeights(restoration=0, delta=0.5))
    assert loss.restoration_mse.isnan()
    torch.testing.assert_close(loss.total.detach(), loss.approximation_mse + 0.5 * loss.delta)


def test_without_auxiliary_branch_delta_is_zero(noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork]) -> None:
    network = noisy(NetworkConfig(blocks=2, subnet_width=8, auxiliary="none"))
    loss = objective(network, PHOTO, TARGET, LossWeights(delta=100))
    assert loss.delta == 0
    torch.testing.assert_close(loss.total.detach(), loss.approximation_mse + loss.restoration_mse)


def test_every_parameter_gets_a_gradient_through_rounding(small_network: QuasiInvertibleNetwork) -> None:
    loss = objective(small_network, PHOTO, TARGET, LossWeights(approximation=0, restoration=1, delta=0))
    gradients = torch.autograd.grad(loss.total, list(small_network.parameters()), allow_unused=True)
    names = [name for name, _ in small_network.named_parameters()]
    dead = [name for name, gradient in zip(names, gradients, strict=True) if gradient is None or not gradient.any()]
    assert dead == []


@pytest.mark.parametrize(("name", "rate"), [("rate_jpeg", jpeg_rate), ("rate_png", png_rate)])
def test_rate_counts_with_its_weight_per_bit_per_pixel(
    name: str, rate: Callable[[Tensor], Tensor], small_network: QuasiInvertibleNetwork
) -> None:
    plain = objective(small_network, PHOTO, TARGET, LossWeights())
    rated = objective(small_network, PHOTO, TARGET, LossWeights.model_validate({name: 0.25}))
    torch.testing.assert_close((rated.total - plain.total).detach(), 0.25 * rate(plain.filtered).mean(), rtol=1e-4, atol=0)
    assert rated.approximation_mse == plain.approximation_mse


def test_rate_alone_moves_the_forward_pass(small_network: QuasiInvertibleNetwork) -> None:
    for name in ("rate_jpeg", "rate_png"):
        weights = LossWeights.model_validate({"approximation": 0, "restoration": 0, "delta": 0, name: 1})
        loss = objective(small_network, PHOTO, TARGET, weights)
        gradients = torch.autograd.grad(loss.total, list(small_network.invertible.parameters()))
        assert all(gradient.any() for gradient in gradients)


def test_the_photo_is_restored_through_the_enhancers(noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork]) -> None:
    network = noisy(NetworkConfig(blocks=2, subnet_width=8, auxiliary="none", enhancer="both", enhancer_width=4))
    loss = objective(network, PHOTO, TARGET, LossWeights())
    with torch.inference_mode():
        restored = network.restore(rounding(network(PHOTO)[0]))
    torch.testing.assert_close(loss.restoration_mse, (restored - PHOTO).square().mean())


@pytest.mark.parametrize(
    "form",
    [
        EncoderDecodersConfig(width=4),
        SteganographyConfig(width=4),
    ],
    ids=lambda form: form.method,
)
def test_baselines_have_the_same_objective(
    form: EncoderDecodersConfig | SteganographyConfig,
    noisy: Callable[[EncoderDecodersConfig | SteganographyConfig], RestorableNetwork],
) -> None:
    """A network that takes the operator's output gets the target, and no other one does."""
    network = noisy(form)
    loss = objective(network, PHOTO, TARGET, LossWeights(delta=100))
    with torch.inference_mode():
        filtered = network(PHOTO, TARGET) if network.takes_output else network(PHOTO)
        restored = network.restore(rounding(filtered))
    torch.testing.assert_close(loss.filtered, filtered)
    torch.testing.assert_close(loss.restoration_mse, (restored - PHOTO).square().mean())
    assert loss.delta == 0
    torch.testing.assert_close(loss.total.detach(), loss.approximation_mse + loss.restoration_mse)


def test_balanced_errors_are_weighted_image_by_image(small_network: QuasiInvertibleNetwork) -> None:
    target = torch.cat([TARGET[:1], PHOTO[1:] + 0.01])  # a strong look and one that changes little
    loss = objective(small_network, PHOTO, target, LossWeights(balanced=True, delta=0))
    with torch.inference_mode():
        filtered, _ = small_network(PHOTO)
        restored = small_network.inverse(rounding(filtered))
    importance = balance(PHOTO, target)
    assert importance[1] > 5 * importance[0]
    errors = (filtered - target).square().mean((1, 2, 3)) + (restored - PHOTO).square().mean((1, 2, 3))
    torch.testing.assert_close(loss.total.detach(), (importance * errors).mean())
    torch.testing.assert_close(loss.approximation_mse, (filtered - target).square().mean())


class Shifted(RestorableNetwork):
    """Adds the same error to every photo."""

    def __init__(self, error: torch.Tensor) -> None:
        super().__init__()
        self.error = error

    def filter(self, image: torch.Tensor, *_: object) -> tuple[torch.Tensor, None]:
        return image + self.error, None

    def restore(self, filtered: torch.Tensor) -> torch.Tensor:
        return filtered


def test_errors_that_are_seen_from_afar_count_at_every_size_and_fine_noise_counts_less() -> None:
    smaller = LossWeights(restoration=0, delta=0, smaller=(0.5, 0.25))
    plain = LossWeights(restoration=0, delta=0)
    photo = torch.zeros(1, 3, 16, 16)
    checks = torch.ones(16, 16)
    checks[::2, 1::2] = checks[1::2, ::2] = -1

    for error, factor in ((torch.ones(16, 16), 1.75), (checks, 1.0)):
        network = Shifted(0.1 * error)
        here, before = (objective(network, photo, photo, weights).total for weights in (smaller, plain))
        torch.testing.assert_close(here, factor * before)


def test_a_pattern_of_two_or_four_pixels_counts_and_neither_noise_nor_a_shift_does() -> None:
    plain, weighed = LossWeights(restoration=0, delta=0), LossWeights(restoration=0, delta=0, pattern=1.0)
    photo = torch.zeros(1, 3, 64, 64)
    rows, columns = torch.arange(64)[:, None], torch.arange(64)[None]
    stripes = torch.where(columns % 2 == 0, 0.1, -0.1).expand(64, 64)
    wide = torch.where(rows % 4 < 2, 0.1, -0.1).expand(64, 64)
    noise = 0.1 * torch.randn(64, 64, generator=torch.Generator().manual_seed(0))
    shift = torch.full((64, 64), 0.1)

    def added(error: torch.Tensor) -> float:
        totals = [float(objective(Shifted(error), photo, photo, weights).total) for weights in (weighed, plain)]
        return (totals[0] - totals[1]) / 0.01

    assert added(stripes) == pytest.approx(1, rel=1e-4)
    assert added(wide) == pytest.approx(1, rel=1e-4)
    assert added(noise) < 0.08
    assert added(shift) == pytest.approx(0, abs=1e-6)


def test_an_objective_without_later_terms_is_written_as_before() -> None:
    assert not {"smaller", "pattern"} & LossWeights().model_dump().keys()
