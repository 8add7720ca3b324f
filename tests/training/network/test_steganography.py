"""The container depends on photo and operator's output, and what is revealed on the container alone."""

from collections.abc import Callable

import pytest
import torch

from unfilter_training.network import Steganography, SteganographyConfig

CONFIG = SteganographyConfig(width=4)


def images(seed: int) -> torch.Tensor:
    return torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(seed))


def test_container_holds_something_of_both(noisy: Callable[[SteganographyConfig], Steganography]) -> None:
    network = noisy(CONFIG)
    with torch.inference_mode():
        container = network(images(0), images(1))
        assert not torch.equal(network(images(2), images(1)), container)
        assert not torch.equal(network(images(0), images(2)), container)


def test_without_the_operators_output_there_is_nothing_to_hide_in() -> None:
    with pytest.raises(ValueError, match="hides the photo in the operator's output, and none was given"):
        Steganography(CONFIG).filter(images(0))


def test_widths_are_those_of_the_form() -> None:
    network = Steganography(CONFIG)
    assert network.hide.last.in_channels == 4
    assert network.reveal.last.in_channels == 4
    assert network.hide.encoder[0].in_channels == 2 * network.reveal.encoder[0].in_channels
