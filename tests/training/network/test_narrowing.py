"""Of a wider network's hidden channels those are kept that matter."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from unfilter_training.checkpoint import take_what_fits
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork
from unfilter_training.network.narrowing import narrowed

Noisy = Callable[[NetworkConfig], QuasiInvertibleNetwork]

NARROW, WIDE = 8, 16
CONFIG = NetworkConfig(blocks=2, subnet_width=NARROW, auxiliary_width=NARROW, fusion_width=NARROW)
PLACES = torch.tensor([1, 3, 4, 7, 8, 11, 14, 15])


def among_idle_channels(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """`weights` of a network that is twice as wide, and whose further channels nothing goes through."""

    def widened(weight: Tensor) -> Tensor:
        for axis in range(min(weight.ndim, 2)):
            if weight.shape[axis] == NARROW:
                shape = [WIDE if index == axis else size for index, size in enumerate(weight.shape)]
                weight = torch.zeros(shape).index_copy(axis, PLACES, weight)
        return weight

    return {name: widened(weight) for name, weight in weights.items()}


@pytest.mark.parametrize(
    "fields",
    [{}, {"joint_subnet": False}, {"subnet_convolutions": 4}, {"auxiliary_dilations": (1, 3)}],
    ids=str,
)
def test_channels_that_nothing_goes_through_are_left_out(fields: dict[str, object], noisy: Noisy) -> None:
    network = noisy(CONFIG.model_copy(update=fields))
    weights = network.state_dict()
    found = narrowed(network, among_idle_channels(weights))
    assert found.keys() == weights.keys()
    for name, weight in weights.items():
        assert torch.equal(found[name], weight), name


def test_what_is_not_wider_is_left_as_it_is(noisy: Noisy) -> None:
    weights = noisy(CONFIG).state_dict()
    wider = QuasiInvertibleNetwork(
        CONFIG.model_copy(update={"subnet_width": WIDE, "auxiliary_width": WIDE, "fusion_width": WIDE})
    )
    for found in (narrowed(QuasiInvertibleNetwork(CONFIG), weights), narrowed(wider, weights)):
        assert all(found[name] is weight for name, weight in weights.items())


def test_a_warm_start_begins_with_them(noisy: Noisy) -> None:
    network, start = noisy(CONFIG), QuasiInvertibleNetwork(CONFIG)
    take_what_fits(start, among_idle_channels(network.state_dict()))
    image = torch.rand(1, 3, 16, 16)
    assert torch.equal(start(image)[0], network(image)[0])


def test_forms_whose_channels_hang_together_otherwise_start_anew(noisy: Noisy) -> None:
    """The released code adds the first convolution's output to the third's; its strided branch crops between layers."""
    fields = {"subnet_convolutions": 4, "subnet_skip": True, "auxiliary": "strided"}
    network = noisy(CONFIG.model_copy(update=fields))
    weights = among_idle_channels(network.state_dict())
    assert all(weight is weights[name] for name, weight in narrowed(network, weights).items())
