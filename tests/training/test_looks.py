"""Random looks: the same draw gives the same look, looks differ, and results are pictures."""

import numpy as np
import torch

from unfilter_training.looks import random_look


def test_a_look_is_its_draw_s_and_its_result_a_picture() -> None:
    images = torch.rand(2, 3, 40, 48, generator=torch.Generator().manual_seed(0))
    results = [random_look(np.random.default_rng(seed))(images) for seed in range(40)]
    for seed, result in enumerate(results):
        assert result.shape == images.shape
        assert torch.isfinite(result).all()
        assert result.min() >= 0
        assert result.max() <= 1
        torch.testing.assert_close(random_look(np.random.default_rng(seed))(images), result)
    changes = [float((result - images).square().mean()) for result in results]
    assert len({round(change, 9) for change in changes}) > 38
    assert sorted(changes)[20] > 1e-3  # the usual look is no whisper
