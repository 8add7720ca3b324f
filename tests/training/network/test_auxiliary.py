"""The auxiliary branch keeps the size it is given, and alone sees the hyper-parameters."""

import pytest
import torch

from unfilter_training.network.auxiliary import FORMS, auxiliary_input


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 8), (17, 30)])  # none of them a multiple of 4 on both sides
@pytest.mark.parametrize("form", FORMS)
def test_any_size_is_kept(form: str, size: tuple[int, int]) -> None:
    branch = FORMS[form](12, 7, 4)
    assert branch(torch.zeros(2, 12, *size)).shape == (2, 7, *size)


def test_hyper_parameters_become_constant_channels() -> None:
    bands = torch.rand(2, 12, 3, 5, generator=torch.Generator().manual_seed(0))
    values = torch.tensor([[0.1, 0.2], [0.3, 0.4]])
    wider = auxiliary_input(bands, values, 2)
    assert torch.equal(wider[:, :12], bands)
    assert torch.equal(wider[:, 12:], values[:, :, None, None].expand(2, 2, 3, 5))


def test_without_hyper_parameters_the_bands_are_the_input() -> None:
    bands = torch.ones(1, 12, 2, 2)
    assert torch.equal(auxiliary_input(bands, None, 0), bands)


@pytest.mark.parametrize(("given", "count"), [(None, 2), (1, 2), (3, 2), (1, 0)])  # missing, too few, too many, superfluous
def test_another_count_of_hyper_parameters_is_refused(given: int | None, count: int) -> None:
    values = None if given is None else torch.zeros(1, given)
    with pytest.raises(ValueError, match=rf"takes {count} hyper-parameters, got {given or 0}$"):
        auxiliary_input(torch.zeros(1, 12, 2, 2), values, count)
