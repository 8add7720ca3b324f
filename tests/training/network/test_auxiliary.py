"""The auxiliary branch keeps the size it is given, and alone sees the hyper-parameters."""

import pytest
import torch

from unfilter_training.network.auxiliary import Dilated, Strided
from unfilter_training.network.coupling import SLOPE

FORMS: dict[str, type[Dilated] | type[Strided]] = {"dilated": Dilated, "strided": Strided}


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 8), (17, 30)])  # none of them a multiple of 4 on both sides
@pytest.mark.parametrize("form", FORMS)
def test_any_size_is_kept(form: str, size: tuple[int, int]) -> None:
    branch = FORMS[form](12, 7, 4)
    assert branch(torch.zeros(2, 12, *size)).shape == (2, 7, *size)


@pytest.mark.parametrize("form", FORMS)
def test_hyper_parameters_add_a_value_per_feature_to_the_first_convolution(form: str) -> None:
    """So that a network whose first bias already holds that value gives the same, borders included."""
    branch, plain = FORMS[form](12, 7, 4, 2), FORMS[form](12, 7, 4)
    values = torch.tensor([0.3, 0.8])
    weights = branch.state_dict()
    added = weights.pop("condition.weight")[:, :, 0, 0] @ values
    weights["encoder.0.bias"] = weights["encoder.0.bias"] + added
    plain.load_state_dict(weights)
    bands = torch.rand(1, 12, 9, 14, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(branch(bands, values[None, :, None, None]), plain(bands), rtol=0, atol=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_each_sample_of_a_batch_has_its_own(form: str) -> None:
    branch = FORMS[form](12, 7, 4, 2)
    bands = torch.rand(2, 12, 8, 8, generator=torch.Generator().manual_seed(0))
    values = torch.tensor([[0.1, 0.9], [0.7, 0.2]])[:, :, None, None]
    with torch.inference_mode():
        together = branch(bands, values)
        alone = torch.cat([branch(bands[i : i + 1], values[i : i + 1]) for i in range(2)])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-6)
    assert (branch(bands[:1], values[1:]) - alone[:1]).abs().max() > 1e-4


@pytest.mark.parametrize("form", FORMS)
def test_without_hyper_parameters_there_is_no_such_layer(form: str) -> None:
    branch = FORMS[form](12, 7, 4)
    assert branch.condition is None
    assert not [name for name in branch.state_dict() if name.startswith("condition")]


def test_the_value_is_added_before_the_activation() -> None:
    branch = FORMS["dilated"](1, 1, 1, 1)
    with torch.no_grad():
        for parameter in branch.parameters():
            parameter.zero_()
        branch.condition.weight.fill_(-1.0)
        branch.last.weight[:, :, 1, 1] = 1.0
    # with all else zero, the last skip carries the first features to the end
    result = branch(torch.zeros(1, 1, 2, 2), torch.ones(1, 1, 1, 1))
    torch.testing.assert_close(result, torch.full((1, 1, 2, 2), -SLOPE))


@pytest.mark.parametrize("width", [12, 16, 32, 48])  # of the presets, the baselines and the ablations
def test_gradient_of_dilated_weights_in_bf16_is_finite(width: int) -> None:
    branch = Dilated(12, 12, width)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        branch(torch.randn(2, 12, 32, 32).to(memory_format=torch.channels_last)).square().mean().backward()
    assert all(weight.grad.isfinite().all() for weight in branch.parameters())
