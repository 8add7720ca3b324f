"""Rounded weights are whole steps of their channel; rounding them again moves nothing, and first convolutions stay."""

import torch

from unfilter_training.network import NetworkConfig, build
from unfilter_training.network.eight_bits import LEAST_WEIGHTS, round_to_8_bits

CONFIG = NetworkConfig(
    blocks=0,
    subnet_width=16,
    auxiliary="pyramid",
    fusion="hiding",
    auxiliary_widths=(16, 24),
    predictor_widths=(16, 24),
    expectation=True,
    refinements=1,
)


def test_weights_become_whole_steps_and_stay() -> None:
    torch.manual_seed(0)
    network = build(CONFIG)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    round_to_8_bits(network)
    once = {name: weight.clone() for name, weight in network.state_dict().items()}
    round_to_8_bits(network)
    moved = [name for name in before if not torch.equal(once[name], before[name])]
    assert "auxiliary.up.0.weight" in moved
    assert "hiding.predictor.encode.0.weight" in moved
    for name in before:
        torch.testing.assert_close(network.state_dict()[name], once[name], rtol=1e-6, atol=0)
        large = before[name].numel() >= LEAST_WEIGHTS and before[name].ndim == 4
        first = name.endswith((".convolutions.0.weight", ".first.weight")) or name == "auxiliary.first.weight"
        assert (name in moved) == (large and not first), name
    for name in moved:
        rows = once[name].permute(1, 2, 3, 0).flatten(0, 2) if ".up." in name else once[name].flatten(1)
        steps = rows / (rows.abs().amax(1, keepdim=True) / 127)
        torch.testing.assert_close(steps, steps.round(), rtol=0, atol=1e-3)
