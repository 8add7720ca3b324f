"""The adversary judges patches, by a loss that is binary cross-entropy, and learns to tell pictures apart."""

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from unfilter_training.adversary import Adversary


def fresh() -> Adversary:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Adversary()


def pictures(seed: int, count: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    """Smooth ones and noisy ones of the same mean."""
    noise = torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.avg_pool2d(noise, 9, stride=1, padding=4, count_include_pad=False), noise


@pytest.mark.parametrize(("height", "width"), [(8, 8), (32, 24), (31, 47)])
def test_a_logit_for_each_step_of_eight_pixels(height: int, width: int) -> None:
    logits = fresh()(torch.rand(2, 3, height, width))
    assert logits.shape == (2, 1, height // 8, width // 8)


def test_a_logit_sees_its_patch_alone() -> None:
    adversary = fresh().eval()  # spectral norm takes no further step
    images = torch.rand(1, 3, 128, 128, requires_grad=True)
    (gradient,) = torch.autograd.grad(adversary(images)[0, 0, 8, 8], images)
    rows, columns = (gradient.abs().sum((0, 1)).sum(side).nonzero().flatten() for side in (1, 0))
    for places in (rows, columns):
        assert 30 <= places.max() - places.min() + 1 <= 40
        assert places.min() <= 8 * 8 + 3 <= places.max()


def test_loss_is_binary_cross_entropy() -> None:
    adversary = fresh().eval()
    target, filtered = pictures(0)
    own, others = adversary(target), adversary(filtered)
    expected = binary_cross_entropy_with_logits(own, torch.ones_like(own))
    expected = expected + binary_cross_entropy_with_logits(others, torch.zeros_like(others))
    torch.testing.assert_close(adversary.loss(target, filtered), expected)


def test_loss_is_float32_under_autocast() -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = fresh().loss(*pictures(0))
    assert loss.dtype == torch.float32
    assert loss.isfinite()


def test_it_learns_to_tell_smooth_pictures_from_noisy_ones() -> None:
    adversary = fresh()
    optimizer = torch.optim.Adam(adversary.parameters(), lr=2e-3, betas=(0.5, 0.999))
    first = adversary.loss(*pictures(0)).detach()
    for step in range(40):
        optimizer.zero_grad()
        adversary.loss(*pictures(step)).backward()
        optimizer.step()
    adversary.eval()
    smooth, noisy = pictures(1000)  # not seen before
    with torch.inference_mode():
        assert (adversary(smooth) > 0).all()
        assert (adversary(noisy) < 0).all()
        assert adversary.loss(smooth, noisy) < first / 4


def test_spectral_norm_keeps_every_layer_from_stretching_more_than_once() -> None:
    adversary = fresh()
    with torch.no_grad():
        for layer in (*adversary.strided, adversary.last):
            layer.parametrizations.weight.original.mul_(100)
    for _ in range(30):  # the power iteration converges
        adversary(torch.rand(1, 3, 16, 16))
    for layer in (*adversary.strided, adversary.last):
        assert float(torch.linalg.matrix_norm(layer.weight.detach().flatten(1), ord=2)) == pytest.approx(1, abs=0.02)
