"""L0 smoothing: the authors' own results, and what the method promises without them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jaxtyping
import numpy as np
import pytest
import torch
from torch import Tensor

from unfilter.errors import UnfilterError
from unfilter.photo import read_photo
from unfilter_training.data import image_tensor
from unfilter_training.operators import operator

l0 = operator("l0")
PHOTOS = Path(__file__).parents[3] / "converters/unfilter_converters/golden_photos"


def photo(*size: int, dtype: torch.dtype = torch.float64, batch: int = 1) -> Tensor:
    """Noise of a few levels around a step from 0.4 to 0.8 in the middle column."""
    images = 0.02 * torch.rand(batch, 3, *size, dtype=dtype, generator=torch.Generator().manual_seed(0)) + 0.4
    images[..., size[1] // 2 :] += 0.4
    return images


def gradients(images: Tensor) -> int:
    """How many pixels differ from their right neighbour by more than an 8-bit level."""
    return int((images.diff(dim=-1).abs().amax(dim=1) > 1 / 255).sum())


def test_float64_equals_the_authors_program_to_the_last_byte(oracles: Callable[[str], list[Any]]) -> None:
    for oracle in oracles("L0"):
        result = l0(oracle.images(torch.float64))[0].permute(1, 2, 0).numpy()
        levels = np.floor(np.clip(result, 0, 1) * 255 + 0.5)  # in float64, as the authors' program rounds
        np.testing.assert_array_equal(levels, oracle.expected, err_msg=oracle.name)


def test_float32_agrees_with_the_authors_program_to_60_db(oracles: Callable[[str], list[Any]]) -> None:
    scores = [oracle.psnr(l0(oracle.images(torch.float32))) for oracle in oracles("L0")]
    assert np.mean(scores) >= 60  # 72.8 measured


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_constant_image_stays_constant(dtype: torch.dtype) -> None:
    colour = torch.tensor([0.2, 0.5, 0.9], dtype=dtype)[None, :, None, None]
    images = colour.expand(1, 3, 9, 14)
    result = l0(images)
    assert result.dtype == dtype
    torch.testing.assert_close(result, images, rtol=0, atol=1e-6)


def test_mean_colour_is_kept() -> None:
    images = photo(16, 24)
    torch.testing.assert_close(l0(images).mean(dim=(-2, -1)), images.mean(dim=(-2, -1)), rtol=0, atol=1e-12)


@pytest.mark.parametrize("smoothness", [0.02, [0.002, 0.05, 0.2]], ids=["one", "per_image"])
def test_batch_equals_one_by_one(smoothness: float | list[float]) -> None:
    images = torch.rand(3, 3, 12, 17, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    each = smoothness if isinstance(smoothness, list) else [smoothness] * 3
    given = torch.tensor(smoothness, dtype=torch.float64) if isinstance(smoothness, list) else smoothness
    alone = torch.cat([l0(image[None], smoothness=value) for image, value in zip(images, each, strict=True)])
    torch.testing.assert_close(l0(images, smoothness=given), alone, rtol=0, atol=1e-12)


def test_stronger_smoothness_leaves_fewer_gradients() -> None:
    images = image_tensor(read_photo(PHOTOS / "chelsea.webp").pixels, torch.float64)[..., :96, :96]
    counts = [gradients(l0(images, smoothness=value)) for value in (0.002, 0.01, 0.02, 0.05, 0.2)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 5 * counts[-1]


def test_strong_edge_stays_and_weak_texture_goes() -> None:
    result = l0(photo(24, 40))
    step = result[..., 20] - result[..., 19]
    torch.testing.assert_close(step, torch.full_like(step, 0.4), rtol=0, atol=0.02)
    assert result[..., 3:17].std(dim=-1).max() < 0.001
    assert result[..., 23:37].std(dim=-1).max() < 0.001


SYMMETRIES: dict[str, Callable[[Tensor], Tensor]] = {
    "transpose": lambda images: images.transpose(-1, -2),
    "shift": lambda images: images.roll((3, 5), dims=(-2, -1)),  # the boundary is circular
    "channels": lambda images: images[:, [2, 0, 1]],  # RGB is smoothed jointly
}


@pytest.mark.parametrize("name", SYMMETRIES)
def test_commutes_with(name: str) -> None:
    change, images = (
        SYMMETRIES[name],
        torch.rand(1, 3, 20, 27, dtype=torch.float64, generator=torch.Generator().manual_seed(0)),
    )
    torch.testing.assert_close(l0(change(images)), change(l0(images)), rtol=0, atol=1e-9)


# One mask holds each pixel's difference to the right and the one below together, so a flip pairs other differences: a
# flipped pair is a near miss, 34 to 42 dB on the oracles' photos.
@pytest.mark.parametrize("axis", [-1, -2])
def test_flips_commute_to_30_db(axis: int, oracles: Callable[[str], list[Any]]) -> None:
    for oracle in oracles("L0"):
        images = oracle.images(torch.float64)
        error = l0(images.flip(axis)) - l0(images).flip(axis)
        assert -10 * error.square().mean().log10() > 30, oracle.name


@pytest.mark.parametrize("size", [(9, 1), (1, 9), (1, 1), (2, 3)])
def test_narrow_images_are_smoothed(size: tuple[int, int]) -> None:
    images = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0))
    result = l0(images)
    assert result.shape == images.shape
    assert torch.isfinite(result).all()
    torch.testing.assert_close(result.mean(), images.mean(), rtol=0, atol=1e-3)


def test_images_are_not_changed_in_place() -> None:
    images = photo(8, 8)
    before = images.clone()
    l0(images)
    assert torch.equal(images, before)


NOT_FINITE = torch.full((1, 3, 4, 4), float("nan"))
GOOD = torch.full((1, 3, 4, 4), 0.5)


@pytest.mark.parametrize(
    ("images", "parameters", "message"),
    [
        (torch.zeros(3, 4, 4), {}, r"\(3, 4, 4\)"),
        (torch.zeros(1, 4, 4, 3), {}, r"\(1, 4, 4, 3\)"),
        (torch.zeros(0, 3, 4, 4), {}, r"\(0, 3, 4, 4\)"),
        (GOOD.to(torch.uint8), {}, "torch.uint8"),
        (GOOD.half(), {}, "torch.float16"),
        (NOT_FINITE, {}, "not finite"),
        (255 * GOOD, {}, "127.5"),
        (GOOD, {"smoothness": 0.0}, "smoothness must lie in .*, got 0.0"),
        (GOOD, {"smoothness": float("nan")}, "smoothness must lie in .*, got nan"),
        (GOOD, {"smoothness": float("inf")}, "smoothness must lie in .*, got inf"),
        (GOOD, {"smoothness": torch.tensor([0.02, 0.02])}, "smoothness"),  # two values for one image
        (GOOD.expand(2, 3, 4, 4), {"smoothness": torch.tensor([0.02, 0.02, 0.02])}, "smoothness"),  # three for two
        (GOOD, {"kappa": 1.0}, "kappa must lie in .*, got 1.0"),
        (GOOD, {"smoothnes": 0.02}, "no parameter 'smoothnes'; it has: smoothness, kappa"),
    ],
)
def test_what_cannot_be_smoothed_is_refused(
    images: Tensor, parameters: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # what a user meets, without the tests' shape checks
    with pytest.raises(UnfilterError, match=message):
        l0(images, **parameters)
