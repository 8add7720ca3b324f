"""Highlight-preserving exposure: stored values doubled and clipped."""

import pytest
import torch
from torch import Tensor

from unfilter.errors import UnfilterError
from unfilter_training.operators.exposure import EXPOSURE


def noise(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.rand(*shape, dtype=dtype, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_stored_values_double_and_clip(dtype: torch.dtype) -> None:
    images = torch.tensor([0.0, 0.1, 0.25, 0.5, 0.6, 1.0], dtype=dtype).expand(1, 3, 1, 6)
    expected = torch.tensor([0.0, 0.2, 0.5, 1.0, 1.0, 1.0], dtype=dtype).expand(1, 3, 1, 6)
    result = EXPOSURE(images)
    assert result.dtype == dtype
    torch.testing.assert_close(result, expected, rtol=0, atol=0)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (5, 7)])
def test_result_lies_in_0_to_1_even_where_the_input_does_not(size: tuple[int, int]) -> None:
    result = EXPOSURE(noise(2, 3, *size) * 1.002 - 0.001)
    assert result.min() >= 0
    assert result.max() <= 1


def test_brightness_of_one_changes_nothing() -> None:
    images = noise(1, 3, 5, 7)
    assert torch.equal(EXPOSURE(images, brightness=1.0), images)


def test_more_brightness_is_brighter_and_clips_more() -> None:
    results = [EXPOSURE(noise(1, 3, 20, 20), brightness=factor) for factor in (0.5, 1.5, 2.0, 4.0)]
    assert [each.mean().item() for each in results] == sorted(each.mean().item() for each in results)
    assert [int((each == 1).sum()) for each in results] == sorted(int((each == 1).sum()) for each in results)


def test_batch_equals_one_by_one_with_a_brightness_each() -> None:
    images, brightness = noise(3, 3, 5, 7), torch.tensor([1.2, 2.0, 3.0], dtype=torch.float64)
    one_by_one = torch.cat([EXPOSURE(images[i : i + 1], brightness=float(brightness[i])) for i in range(3)])
    assert torch.equal(EXPOSURE(images, brightness=brightness), one_by_one)


def test_forbidden_brightness_is_refused() -> None:
    with pytest.raises(UnfilterError, match="brightness must lie in"):
        EXPOSURE(noise(1, 3, 4, 4), brightness=-2.0)
