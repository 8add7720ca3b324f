"""An enhancer adds what it learned, and starts with nothing."""

import torch

from unfilter_training.network.enhancer import CONVOLUTIONS, Enhancer


def test_a_fresh_enhancer_changes_no_bit() -> None:
    bands = torch.randn(1, 12, 6, 4)
    assert torch.equal(Enhancer(12, 8)(bands), bands)


def test_its_reach_is_a_cell_per_convolution() -> None:
    enhancer = Enhancer(3, 4)
    with torch.no_grad():
        for weight in enhancer.parameters():
            weight.fill_(0.1)
    bands = torch.zeros(1, 3, 21, 21, requires_grad=True)
    enhancer(bands)[0, :, 10, 10].sum().backward()
    rows = bands.grad[0].abs().sum(dim=(0, 2)).nonzero()
    assert (int(rows.min()), int(rows.max())) == (10 - CONVOLUTIONS, 10 + CONVOLUTIONS)
