"""The reference files are the training network itself, at any size."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.format.tiles import TilePlan
from unfilter.run.runtimes import torch as torch_runtime
from unfilter_converters import reference
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork

BundleOf = Callable[[Path, tuple[Artifact, ...], TilePlan], Bundle]

PLAN = TilePlan(tile=256, halo=58, alignment=2)


@pytest.fixture(scope="module")
def bundle(small_network: QuasiInvertibleNetwork, bundle_of: BundleOf, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("reference")
    return bundle_of(folder, reference.convert(small_network, PLAN, folder, "fp32"), PLAN)


def assert_equals_network(network: QuasiInvertibleNetwork, bundle: Bundle, direction: str, size: tuple[int, int]) -> None:
    image = np.random.default_rng(0).random((*size, 3), dtype=np.float32)
    count = network.config.hyper_parameters
    normalised = np.linspace(0.2, 0.9, count, dtype=np.float32) if count and direction == "forward" else None
    result = torch_runtime.open_graph(bundle, bundle.artifact("pt2", direction, "fp32"))(image, normalised)
    planes = torch.from_numpy(image).permute(2, 0, 1)[None]
    given = None if normalised is None else torch.from_numpy(normalised)[None]
    with torch.inference_mode():
        expected = network(planes, given)[0] if direction == "forward" else network.inverse(planes)
    np.testing.assert_allclose(result, expected[0].permute(1, 2, 0).numpy(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", [(2, 2), (2, 256), (30, 22), (128, 192), (256, 256)])  # one cell to the whole tile
@pytest.mark.parametrize("direction", ["forward", "inverse"])
def test_reference_equals_the_network(
    direction: str, size: tuple[int, int], bundle: Bundle, small_network: QuasiInvertibleNetwork
) -> None:
    assert_equals_network(small_network, bundle, direction, size)


@pytest.mark.parametrize(("auxiliary", "count"), [("strided", 0), ("none", 0), ("dilated", 2), ("strided", 1)])
def test_other_forms_are_exported_too(
    auxiliary: str, count: int, noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork], bundle_of: BundleOf, tmp_path: Path
) -> None:
    small = {"squeeze": "none", "blocks": 2, "subnet_width": 4, "auxiliary_width": 4, "fusion_width": 4}
    config = NetworkConfig.model_validate(small | {"auxiliary": auxiliary, "hyper_parameters": count})
    network, plan = noisy(config), TilePlan(tile=256, halo=32, alignment=config.alignment)
    bundle = bundle_of(tmp_path, reference.convert(network, plan, tmp_path, "fp32"), plan)
    for direction in ("forward", "inverse"):
        assert_equals_network(network, bundle, direction, (32, 20))


def test_small_tile_is_no_obstacle(small_network: QuasiInvertibleNetwork, bundle_of: BundleOf, tmp_path: Path) -> None:
    plan = TilePlan(tile=128, halo=58, alignment=2)
    bundle = bundle_of(tmp_path, reference.convert(small_network, plan, tmp_path, "fp32"), plan)
    assert_equals_network(small_network, bundle, "forward", (128, 128))


def test_weights_that_change_later_do_not_change_the_file(bundle: Bundle, small_network: QuasiInvertibleNetwork) -> None:
    program = torch.export.load(bundle.folder / "torch/inverse.pt2")
    stored = {name.removeprefix("network."): tensor for name, tensor in program.state_dict.items()}
    for name, tensor in small_network.state_dict().items():
        assert torch.equal(stored[name], tensor)
