"""A coupling can be undone, starts as the identity, and its gain stays bounded."""

import math

import pytest
import torch

from unfilter_training.network import Coupling

# One subnet for both, one each, no log-scale at all; and the released code's skip.
FORMS = {
    "joint": {"convolutions": 3},
    "separate": {"convolutions": 3, "joint": False},
    "additive": {"convolutions": 2, "affine": False},
    "skip": {"convolutions": 4, "skip": True},
    "bound": {"convolutions": 3, "bound": 2.5},
}


def random(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def noisy_coupling(**form: object) -> Coupling:
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        coupling = Coupling(9, 3, width=8, **form)
        for parameter in coupling.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape))
    return coupling


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_inverse_undoes_forward(form: dict[str, object]) -> None:
    coupling, target, source = noisy_coupling(**form), random(2, 3, 8, 6), random(2, 9, 8, 6)
    changed = coupling(target, source)
    assert (changed - target).abs().mean() > 0.01
    torch.testing.assert_close(coupling.inverse(changed, source), target, rtol=0, atol=1e-5)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_fresh_coupling_is_the_identity(form: dict[str, object]) -> None:
    coupling, target, source = Coupling(9, 3, width=8, **form), random(2, 3, 8, 6), random(2, 9, 8, 6)
    assert torch.equal(coupling(target, source), target)
    assert torch.equal(coupling.inverse(target, source), target)


@pytest.mark.parametrize("size", [1.0, 1e4, 1e12])  # huge inputs saturate the log-scale: at the bound, never beyond
@pytest.mark.parametrize("form", ["joint", "separate", "bound"])
def test_log_scale_never_leaves_the_bound(form: str, size: float) -> None:
    coupling = noisy_coupling(**FORMS[form])
    target = random(1, 3, 16, 16).requires_grad_()
    changed = coupling(target, size * random(1, 9, 16, 16))
    (gain,) = torch.autograd.grad(changed.sum(), target)  # of target * gain + shift
    bound = math.nextafter(math.exp(coupling.bound), math.inf) * (1 + 1e-6)
    assert gain.max() <= bound
    assert gain.min() >= 1 / bound
    if size == 1.0:
        assert gain.log().abs().max() < coupling.bound


def test_additive_coupling_has_no_gain() -> None:
    coupling, target, source = noisy_coupling(**FORMS["additive"]), random(1, 3, 8, 8), random(1, 9, 8, 8)
    shift = coupling(torch.zeros_like(target), source)
    torch.testing.assert_close(coupling(target, source), target + shift)


def test_source_decides_and_target_does_not() -> None:
    coupling, source = noisy_coupling(convolutions=3), random(1, 9, 8, 8)
    one, two = (coupling(value * torch.ones(1, 3, 8, 8), source) for value in (1.0, 2.0))
    nothing = coupling(torch.zeros(1, 3, 8, 8), source)
    torch.testing.assert_close(two - one, one - nothing)  # linear in the target: gain and shift saw the source only


def test_coupling_stays_float32_under_autocast() -> None:
    coupling, target, source = noisy_coupling(convolutions=3), random(1, 3, 8, 8), random(1, 9, 8, 8)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        changed = coupling(target, source)
        assert changed.dtype == torch.float32
        torch.testing.assert_close(coupling.inverse(changed, source), target, rtol=0, atol=1e-5)
