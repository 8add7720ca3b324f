"""A network of several scales, with a hiding fusion, is the training network in every format and at any even size."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch

from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.format.tiles import TilePlan
from unfilter.run import runtimes
from unfilter.run.tiling import run_photo
from unfilter_converters.make import converter
from unfilter_converters.source import TILE, TILE_OF_PYRAMIDS, tile_plan
from unfilter_training.checkpoint import find, read_description
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork
from unfilter_training.network.whole_photo import run_whole

BundleOf = Callable[[Path, tuple[Artifact, ...], TilePlan], Bundle]

CONFIG = NetworkConfig(
    blocks=0,
    subnet_width=8,
    auxiliary="pyramid",
    auxiliary_widths=(6, 8, 10),
    fusion="hiding",
    hiding_blocks=1,
    refinements=1,
    expectation=True,
    tone_width=4,
    predictor_widths=(6, 8, 10),
)
PLAN = TilePlan(tile=224, halo=88, alignment=2, grid=8)
RUNTIMES = {"reference": "torch", "onnx": "onnx", "litert": "litert", "coreml": "mil"}


@pytest.fixture(scope="module")
def network(noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork]) -> QuasiInvertibleNetwork:
    return noisy(CONFIG)


@pytest.fixture(scope="module", params=RUNTIMES)
def bundle(
    request: pytest.FixtureRequest,
    network: QuasiInvertibleNetwork,
    bundle_of: BundleOf,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, Bundle]:
    """A bundle of one format, and the runtime that opens it here."""
    folder = tmp_path_factory.mktemp(request.param)
    artifacts = converter(request.param).convert(network, PLAN, folder, "fp32")
    return RUNTIMES[request.param], bundle_of(folder, artifacts, PLAN)


def graph(bundle: Bundle, runtime: str, direction: str) -> Callable[..., np.ndarray]:
    (artifact,) = (each for each in bundle.manifest.artifacts if each.direction == direction)
    return import_module(f"{runtimes.__name__}.{runtime}").open_graph(bundle, artifact)


# A full tile; sides that halve evenly down to the coarsest scale, and that do not; one cell.
@pytest.mark.parametrize("size", [(224, 224), (96, 64), (62, 98), (34, 6), (2, 2)])
@pytest.mark.parametrize("direction", ["forward", "inverse"])
def test_every_format_equals_torch_at_any_size(
    direction: str, size: tuple[int, int], bundle: tuple[str, Bundle], network: QuasiInvertibleNetwork
) -> None:
    runtime, opened = bundle
    image = np.random.default_rng(0).random((*size, 3), dtype=np.float32)
    planes = torch.from_numpy(image).permute(2, 0, 1)[None]
    with torch.inference_mode():
        expected = network(planes)[0] if direction == "forward" else network.inverse(planes)
    result = graph(opened, runtime, direction)(image)
    np.testing.assert_allclose(result, expected[0].permute(1, 2, 0).numpy(), rtol=0, atol=2e-5)


@pytest.mark.parametrize("direction", ["forward", "inverse"])
def test_tiles_on_the_grid_give_what_the_whole_photo_gives(
    direction: str, bundle: tuple[str, Bundle], network: QuasiInvertibleNetwork
) -> None:
    runtime, opened = bundle
    pixels = np.random.default_rng(1).integers(0, 256, (250, 331, 3), dtype=np.uint8)
    (artifact,) = (each for each in opened.manifest.artifacts if each.direction == direction)
    tiled = run_photo(graph(opened, runtime, direction), pixels, PLAN, artifact.fixed_size)
    whole = run_whole(network, direction, pixels)
    assert int(np.abs(tiled.astype(int) - whole).max()) <= 1  # a value between two levels may fall to either


def test_the_plan_of_such_a_network_has_its_grid_and_others_have_none() -> None:
    plan = tile_plan(CONFIG)
    assert (plan.tile, plan.grid, plan.step) == (TILE_OF_PYRAMIDS, 8, 8)
    assert plan.halo <= PLAN.halo
    plain = tile_plan(NetworkConfig())
    assert (plain.tile, plain.grid, plain.step) == (TILE, None, 2)


def test_a_forward_graph_has_a_halo_of_its_own_where_it_reaches_less_far() -> None:
    plan = tile_plan(read_description(find("l0")).network)
    assert (plan.halo, plan.forward_halo) == (208, 112)
    assert tile_plan(NetworkConfig()).forward_halo is None
