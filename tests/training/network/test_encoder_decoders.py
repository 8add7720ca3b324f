"""Two encoder-decoders share nothing: neither direction knows the other's weights."""

import torch

from unfilter_training.network import EncoderDecoders, EncoderDecodersConfig

CONFIG = EncoderDecodersConfig(width=4)


def images() -> torch.Tensor:
    return torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def test_each_direction_is_a_network_of_its_own() -> None:
    network = EncoderDecoders(CONFIG)
    with torch.no_grad():
        before = network(images()), network.restore(images())
        for weight in network.back.parameters():
            weight.add_(0.1)
        assert torch.equal(network(images()), before[0])
        assert not torch.equal(network.restore(images()), before[1])


def test_widths_are_those_of_the_form() -> None:
    network = EncoderDecoders(CONFIG)
    assert network.there.last.in_channels == 4
    assert network.back.last.in_channels == 4


def test_squeeze_weight_is_not_in_the_checkpoint() -> None:
    assert {name.partition(".")[0] for name in EncoderDecoders(CONFIG).state_dict()} == {"there", "back"}
