"""Fixtures that several folders of tests share."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # what takes torch is imported by those who ask for it: most files of tests/sdk start without
    from unfilter_training.network import (
        EncoderDecodersConfig,
        NetworkConfig,
        QuasiInvertibleNetwork,
        RestorableNetwork,
        SteganographyConfig,
    )

Once = Callable[[str, Callable[[Path], object]], Path]


@contextmanager
def shapes_unchecked_while_tracing() -> Iterator[None]:
    """Shape checks off: under a tracer they compare symbolic sizes, which would be written into the graph."""
    import jaxtyping

    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        yield
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture(scope="session")
def conversions(shared_folder: Path) -> Path:
    """The cache of converted artifacts: what one test has converted, no other converts again, in whatever worker.

    UNFILTER_TEST_CACHE names a folder to keep them in for the next run.
    """
    return Path(os.environ.get("UNFILTER_TEST_CACHE", shared_folder / "conversions"))


@pytest.fixture(scope="session")
def noisy() -> "Callable[[NetworkConfig | EncoderDecodersConfig | SteganographyConfig], RestorableNetwork]":
    """Makes a network whose every layer matters: a fresh one is the identity, since its last layers are zero."""
    import torch

    from unfilter_training.network import build

    def make(config: "NetworkConfig | EncoderDecodersConfig | SteganographyConfig") -> "RestorableNetwork":
        with torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(1)
            network = build(config).eval()
            for parameter in network.parameters():
                parameter.add_(0.02 * torch.randn(parameter.shape))
        return network

    return make


@pytest.fixture(scope="session")
def small_network(noisy: "Callable[[NetworkConfig], QuasiInvertibleNetwork]") -> "QuasiInvertibleNetwork":
    """A network of the mobile form that runs and converts quickly."""
    from unfilter_training.network import NetworkConfig

    return noisy(NetworkConfig(blocks=2, subnet_width=8, auxiliary_width=8, fusion_width=8))


@pytest.fixture(scope="session")
def variable_network(noisy: "Callable[[NetworkConfig], QuasiInvertibleNetwork]") -> "QuasiInvertibleNetwork":
    """The same with two hyper-parameters, either of which moves a photo by many levels."""
    import torch

    from unfilter_training.network import NetworkConfig

    network = noisy(NetworkConfig(blocks=2, subnet_width=8, auxiliary_width=8, fusion_width=8, hyper_parameters=2))
    with torch.no_grad():
        network.get_parameter("auxiliary.condition.weight").mul_(8)
    return network


@pytest.fixture(scope="session")
def variable_bundle(once: Once, conversions: Path, variable_network: "QuasiInvertibleNetwork") -> Path:
    """`variable_network` as a bundle of every format, converted as any other. Read only: copy it before changing anything.

    The tile is small for the sake of speed, and smaller than some goldens, which are cut.
    """
    from unfilter_converters import source
    from unfilter_converters.convert import convert
    from unfilter_training import checkpoint
    from unfilter_training.recipe import Recipe

    ranges = [
        {"name": "sigma", "low": 0.05, "high": 0.4, "default": 0.1, "scale": "log"},
        {"name": "factor", "low": 2, "high": 8, "default": 5},
    ]
    recipe = {
        "filter": "variable",
        "operator": "llf",
        "hyper_parameters": ranges,
        "network": variable_network.config.model_dump(),
        "photos": [{"match": "*", "origin": "none", "licence": "none"}],
        "schedule": {"steps": 1},
        "degradation": {"rounding": 1, "real_jpeg": 1},  # so that JPEG is one of its carriers
    }
    description = checkpoint.Description(
        filter="variable",
        network=variable_network.config,
        weights_sha256="0" * 64,
        recipe=Recipe.model_validate(recipe),
        steps=1,
        photos=1,
        machine="a test",
    )

    def make(folder: Path) -> None:
        folder.mkdir()
        checkpoint.save(folder / "checkpoint", variable_network, description)
        with shapes_unchecked_while_tracing(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(source, "TILE", 256)
            convert(source.read_source(folder / "checkpoint"), folder / "bundle", conversions)

    return once("variable", make) / "bundle"


@pytest.fixture(scope="session")
def shipped_bundle(once: Once, conversions: Path) -> Path:
    """The shipped L0 filter, converted as `unfilter convert` does. Read only: copy it before changing anything.

    UNFILTER_TEST_BUNDLE names one that was made before, to save the minute while working on a test.
    """

    def make(folder: Path) -> None:
        folder.mkdir()
        if made_before := os.environ.get("UNFILTER_TEST_BUNDLE"):
            shutil.copytree(made_before, folder / "l0")
            return
        from unfilter_converters.convert import convert
        from unfilter_converters.source import read_source
        from unfilter_training.checkpoint import find

        with shapes_unchecked_while_tracing():
            convert(read_source(find("l0")), folder / "l0", conversions)

    return once("shipped", make) / "l0"
