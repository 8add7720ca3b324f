"""Laws: what a coefficient counts is the squared length of the Jacobian's column; what counts more gets finer steps."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from unfilter.format.quantisation import ANNEX_K
from unfilter.photo import read_photo
from unfilter_training.network import QuasiInvertibleNetwork, RestorableNetwork
from unfilter_training.quantisation.crops import Crops
from unfilter_training.quantisation.sensitivity import STEPS, components_of, steps_for

GOLDEN = Path(__file__).parents[3] / "converters/unfilter_converters/golden_photos/coffee.webp"


class Twice(RestorableNetwork):
    """Restores twice the picture: every coefficient counts four times what it counts in the picture."""

    def filter(self, image: Tensor, hyper_parameters: Tensor | None = None, output: Tensor | None = None) -> Any:
        raise AssertionError("nothing is filtered here")

    def restore(self, filtered: Tensor) -> Tensor:
        return 2 * filtered


@pytest.fixture
def crops(small_network: QuasiInvertibleNetwork) -> Crops:
    pixels = np.ascontiguousarray(read_photo(GOLDEN).pixels[None, :96, :96])
    return Crops(small_network, pixels, pixels, pixels)


def test_an_inverse_that_doubles_errors_counts_four_times_as_much(crops: Crops) -> None:
    doubling = Crops(Twice(), crops.photos, crops.targets, crops.filtered)
    torch.manual_seed(0)
    for component in components_of(doubling, ANNEX_K.at(80), "4:2:0"):
        np.testing.assert_allclose((component.restoration / np.maximum(component.look, 1e-12)).mean(), 4, rtol=0.35)


def test_coefficients_that_count_more_get_finer_steps(crops: Crops) -> None:
    luma, chroma = components_of(crops, ANNEX_K.at(80), "4:4:4")
    counted = luma.restoration.copy()
    counted[:, :8] *= 100  # the lowest vertical frequency
    before = steps_for((luma, chroma), ANNEX_K.at(80), 0.0)
    after = steps_for((luma._replace(restoration=counted), chroma), ANNEX_K.at(80), 0.0)
    assert after[0, :8].mean() / after[0, 8:].mean() < before[0, :8].mean() / before[0, 8:].mean()
    assert set(after.ravel()) <= set(STEPS)
