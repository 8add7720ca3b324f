"""Fixtures that several folders of tests share."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import jaxtyping
import pytest
import torch

from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of photos and oracles that is not part of the project."""
    folder = Path(os.environ.get("UNFILTER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder}: set UNFILTER_DATA")
    return folder


@pytest.fixture(scope="session")
def noisy() -> Callable[[NetworkConfig], QuasiInvertibleNetwork]:
    """Makes a network whose every layer matters: a fresh one is the identity, since its last layers are zero."""

    def make(config: NetworkConfig) -> QuasiInvertibleNetwork:
        with torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(1)
            network = QuasiInvertibleNetwork(config).eval()
            for parameter in network.parameters():
                parameter.add_(0.02 * torch.randn(parameter.shape))
        return network

    return make


@pytest.fixture(scope="session")
def small_network(noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork]) -> QuasiInvertibleNetwork:
    """A network of the mobile form that runs and converts quickly."""
    return noisy(NetworkConfig(blocks=2, subnet_width=8, auxiliary_width=8, fusion_width=8))


@pytest.fixture(scope="session")
def shipped_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped L0 filter, converted by the pipeline. Read only: copy it before changing anything.

    UNFILTER_TEST_BUNDLE names one that was made before, to save the minute while working on a test.
    """
    folder = tmp_path_factory.mktemp("bundles") / "l0"
    made_before = os.environ.get("UNFILTER_TEST_BUNDLE")
    if made_before:
        shutil.copytree(made_before, folder)
        return folder
    from unfilter_converters.pipeline import Conversion
    from unfilter_training.checkpoint import find

    # Shape checks off: under a tracer they compare symbolic sizes, which would be written into the graph.
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        Conversion(find("l0"), tmp_path_factory.mktemp("cache")).run(folder)
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
    return folder
