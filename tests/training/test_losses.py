"""The objective is the weighted sum of its terms, and leaves out what has no weight."""

from collections.abc import Callable

import pytest
import torch

from unfilter_training.degradation import rounding
from unfilter_training.losses import LossWeights, objective
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork


def images(seed: int) -> torch.Tensor:
    return torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(seed))


PHOTO, TARGET = images(0), images(1)


@pytest.mark.parametrize("weights", [(1.0, 1.0, 0.1), (2.0, 0.5, 3.0), (0.0, 1.0, 0.0)])
def test_total_is_the_weighted_sum(weights: tuple[float, float, float], small_network: QuasiInvertibleNetwork) -> None:
    approximation, restoration, delta = weights
    loss = objective(
        small_network, PHOTO, TARGET, LossWeights(approximation=approximation, restoration=restoration, delta=delta)
    )
    expected = approximation * loss.approximation + restoration * loss.restoration + delta * loss.delta
    torch.testing.assert_close(loss.total.detach(), expected)


def test_terms_are_mean_squared_errors(small_network: QuasiInvertibleNetwork) -> None:
    loss = objective(small_network, PHOTO, TARGET, LossWeights())
    with torch.inference_mode():
        filtered, delta = small_network(PHOTO)
        restored = small_network.inverse(rounding(filtered))
    torch.testing.assert_close(loss.approximation, (filtered - TARGET).square().mean())
    torch.testing.assert_close(loss.restoration, (restored - PHOTO).square().mean())
    torch.testing.assert_close(loss.delta, delta.square().mean())


def test_without_restoration_weight_the_inverse_never_runs(
    small_network: QuasiInvertibleNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_network, "inverse", lambda *_: pytest.fail("the inverse ran"))
    loss = objective(small_network, PHOTO, TARGET, LossWeights(restoration=0, delta=0.5))
    assert loss.restoration.isnan()
    torch.testing.assert_close(loss.total.detach(), loss.approximation + 0.5 * loss.delta)


def test_without_auxiliary_branch_delta_is_zero(noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork]) -> None:
    network = noisy(NetworkConfig(blocks=2, subnet_width=8, auxiliary="none"))
    loss = objective(network, PHOTO, TARGET, LossWeights(delta=100))
    assert loss.delta == 0
    torch.testing.assert_close(loss.total.detach(), loss.approximation + loss.restoration)


def test_every_parameter_gets_a_gradient_through_rounding(small_network: QuasiInvertibleNetwork) -> None:
    loss = objective(small_network, PHOTO, TARGET, LossWeights(approximation=0, restoration=1, delta=0))
    gradients = torch.autograd.grad(loss.total, list(small_network.parameters()), allow_unused=True)
    names = [name for name, _ in small_network.named_parameters()]
    dead = [name for name, gradient in zip(names, gradients, strict=True) if gradient is None or not gradient.any()]
    assert dead == []
