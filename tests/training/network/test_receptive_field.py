"""The halo bounds what a pixel can reach, so that tiles equal the whole photo; and it is no wild overestimate.

A pixel's reach is counted between squeeze cells, since tiles begin at cells. Widths do not change it, so they are small.
"""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from unfilter.format.tiles import TilePlan
from unfilter.run.tiling import run_tiles
from unfilter_training.network import PRESETS, NetworkConfig, QuasiInvertibleNetwork, halo

Noisy = Callable[[NetworkConfig], QuasiInvertibleNetwork]

PYRAMIDS = {"auxiliary_widths": (4, 4, 4), "predictor_widths": (4, 4, 4, 4)}
NARROW = {"subnet_width": 4, "auxiliary_width": 4, "fusion_width": 4}


def narrow(preset: str, **switches: object) -> NetworkConfig:
    return NetworkConfig.model_validate(PRESETS[preset].model_dump() | NARROW | switches)


CONFIGS = {
    "mobile": narrow("mobile"),
    "mobile_context": narrow("mobile", blocks=2),  # the auxiliary branch sees farther than the couplings
    "mobile_wide": narrow("mobile", blocks=2, auxiliary_dilations=(1, 4, 12)),
    "mobile_no_auxiliary": narrow("mobile", auxiliary="none", blocks=3),
    "mobile_strided": narrow("mobile", auxiliary="strided", blocks=2),
    "mobile_enhancer": narrow("mobile", blocks=2, enhancer="after", enhancer_width=4),
    "mobile_enhancers_no_auxiliary": narrow("mobile", blocks=3, enhancer="both", enhancer_width=4, auxiliary="none"),
    "hiding": narrow("mobile", auxiliary="pyramid", fusion="hiding", blocks=0, **PYRAMIDS),
    "hiding_after_couplings": narrow("mobile", auxiliary="pyramid", fusion="hiding", blocks=3, **PYRAMIDS),
    "hiding_refined": narrow("mobile", auxiliary="pyramid", fusion="hiding", blocks=2, refinements=1, **PYRAMIDS),
    "hiding_expecting": narrow(
        "mobile",
        auxiliary="pyramid",
        fusion="hiding",
        blocks=0,
        refinements=1,
        expectation=True,
        tone_width=4,
        **PYRAMIDS,
    ),
    "paper": narrow("paper", blocks=4),
    "paper_context": narrow("paper", blocks=2, subnet_convolutions=2, subnet_skip=False),
}
DIRECTIONS = ("forward", "inverse")


def run(network: QuasiInvertibleNetwork, direction: str, image: torch.Tensor) -> torch.Tensor:
    return network(image)[0] if direction == "forward" else network.restore(image)


def photo_with_room(config: NetworkConfig, direction: str, dtype: torch.dtype) -> tuple[torch.Tensor, slice, slice]:
    """A photo, its central cell, and all that is a halo or less from that cell; 8 pixels lie beyond on each side."""
    reach = halo(config, direction)
    start, cell = reach + 8, config.alignment
    side = 2 * start + cell
    image = torch.rand(1, 3, side, side, dtype=dtype, generator=torch.Generator().manual_seed(0))
    return image, slice(start, start + cell), slice(start - reach, start + cell + reach)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_pixels_beyond_the_halo_change_nothing(config: NetworkConfig, direction: str, noisy: Noisy) -> None:
    network = noisy(config)
    image, centre, near = photo_with_room(config, direction, torch.float32)
    other = 1 - image
    other[..., near, near] = image[..., near, near]
    with torch.inference_mode():
        before, after = (run(network, direction, each)[..., centre, centre] for each in (image, other))
    assert torch.equal(before, after)


# Measured with every parameter non-zero; the bound counts the longest path, of which a network may use less.
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_pixels_at_two_thirds_of_the_halo_matter(config: NetworkConfig, direction: str, noisy: Noisy) -> None:
    network = noisy(config).double()
    image, centre, _ = photo_with_room(config, direction, torch.float64)
    image.requires_grad_()
    result = run(network, direction, image)[..., centre, centre].sum()
    (gradient,) = torch.autograd.grad(result, image)
    rows = gradient[0].abs().sum(dim=(0, 2)).nonzero()
    reach = max(centre.start - int(rows.min()), int(rows.max()) + 1 - centre.stop)
    rounded_up = config.alignment - config.cell  # by this much at most, where the alignment is coarser than a cell
    assert 2 / 3 * (halo(config, direction) - rounded_up) <= reach <= halo(config, direction)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_tiles_equal_the_whole_photo(config: NetworkConfig, direction: str, noisy: Noisy) -> None:
    network = noisy(config)
    reach, step = halo(config, direction), config.alignment
    grid = None if config.grid == step else config.grid
    plan = TilePlan(tile=2 * reach + 4 * config.grid, halo=reach, alignment=step, grid=grid)
    height, width = plan.tile + step, plan.tile + 7 * step  # odd offsets, one tile and two more across
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)

    def graph(values: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return run(network, direction, torch.from_numpy(values).permute(2, 0, 1)[None])[0].permute(1, 2, 0).numpy()

    whole = graph(pixels.astype(np.float32) / np.float32(255))
    for tile, values in run_tiles(graph, pixels, plan):
        np.testing.assert_allclose(values, whole[tile.keep], rtol=0, atol=1e-5)
