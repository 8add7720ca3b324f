"""Muon turns a momentum into a matrix whose singular values are nearly one, whatever its scale."""

import pytest
import torch
from torch import nn

from unfilter_training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(16, 108), (64, 32), (24, 72)])
@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_singular_values_come_near_one_at_any_scale(shape: tuple[int, int], scale: float) -> None:
    matrices = torch.randn(3, *shape, generator=torch.Generator().manual_seed(0)) * scale
    values = torch.linalg.svdvals(orthogonal(matrices))
    assert values.min() > 0.5
    assert values.max() < 1.3


def test_a_batch_of_weights_steps_as_each_would_alone() -> None:
    generator = torch.Generator().manual_seed(1)
    start = [torch.randn(8, 4, 3, 3, generator=generator) for _ in range(3)]
    gradients = [torch.randn(8, 4, 3, 3, generator=generator) for _ in range(3)]

    def stepped(indices: list[int]) -> list[torch.Tensor]:
        weights = [nn.Parameter(start[index].clone()) for index in indices]
        for weight, index in zip(weights, indices, strict=True):
            weight.grad = gradients[index].clone()
        Muon(weights, lr=0.1).step()
        return [weight.detach() for weight in weights]

    for together, index in zip(stepped([0, 1, 2]), range(3), strict=True):
        torch.testing.assert_close(together, stepped([index])[0], atol=1e-5, rtol=0)


def test_it_minimises() -> None:
    generator = torch.Generator().manual_seed(2)
    wanted, weight = torch.randn(6, 5, 1, 1, generator=generator), nn.Parameter(torch.zeros(6, 5, 1, 1))
    optimizer = Muon([weight], lr=0.1)
    before = float(wanted.square().mean())
    for step in range(60):
        optimizer.param_groups[0]["lr"] = 0.1 * (1 - step / 60)
        optimizer.zero_grad()
        (weight - wanted).square().mean().backward()
        optimizer.step()
    assert float((weight.detach() - wanted).square().mean()) < 0.1 * before
