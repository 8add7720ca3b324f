"""Differentiable rounding gives exactly what a saved PNG would give, and lets the gradient pass."""

import numpy as np
import pytest
import torch

from unfilter.format.rounding import to_bytes, to_floats
from unfilter_training.degradation import rounding

LEVELS = torch.arange(256, dtype=torch.float32)
VALUES = {
    "within": torch.rand(30_000, generator=torch.Generator().manual_seed(0)),
    "around": 4 * torch.rand(30_000, generator=torch.Generator().manual_seed(1)) - 2,
    "far": 2000 * torch.rand(30_000, generator=torch.Generator().manual_seed(2)) - 1000,
    "levels": LEVELS / 255,
    "halves": (LEVELS + 0.5) / 255,  # where rounding rules differ
    "below_halves": torch.nextafter((LEVELS + 0.5) / 255, torch.tensor(0.0)),
    "edges": torch.tensor([0.0, -0.0, 1.0, 1e-45, -1e-30, 1 + 2**-23, 1e4, -1e4]),
}


def as_images(values: torch.Tensor) -> torch.Tensor:
    return values.expand(3, -1).reshape(1, 3, 1, -1)


@pytest.mark.parametrize("name", VALUES)
def test_rounding_equals_the_bytes_of_a_saved_file(name: str) -> None:
    images = as_images(VALUES[name])
    saved = to_floats(to_bytes(images.numpy()))
    np.testing.assert_array_equal(rounding(images).numpy(), saved)


@pytest.mark.parametrize("name", VALUES)
def test_rounding_is_the_formula(name: str) -> None:
    images = as_images(VALUES[name])
    assert torch.equal(rounding(images), torch.floor(images.clamp(0, 1) * 255 + 0.5) / 255)


def test_rounding_again_changes_nothing() -> None:
    once = rounding(as_images(VALUES["around"]))
    assert torch.equal(rounding(once), once)


@pytest.mark.parametrize("name", VALUES)
def test_gradient_passes_straight_through_clamping_included(name: str) -> None:
    images = as_images(VALUES[name]).clone().requires_grad_()
    weights = torch.rand(images.shape, generator=torch.Generator().manual_seed(3))
    (gradient,) = torch.autograd.grad((rounding(images) * weights).sum(), images)
    assert torch.equal(gradient, weights)


def test_not_a_number_is_not_hidden() -> None:
    assert rounding(torch.full((1, 3, 1, 1), torch.nan)).isnan().all()  # so that the trainer can stop
