"""What the tests of training share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from unfilter.format.hyper_parameter import HyperParameter
from unfilter_training import checkpoint
from unfilter_training.network import RestorableNetwork
from unfilter_training.recipe import PhotoSource, Recipe, Schedule


@pytest.fixture(scope="session")
def save() -> Callable[..., Path]:
    """`save(folder, network, name, *ranges, operator="l0", steps=7)`: a checkpoint of that recipe name; its folder."""

    def made(
        folder: Path,
        network: RestorableNetwork,
        name: str,
        *ranges: HyperParameter,
        operator: str = "l0",
        steps: int = 7,
        research_only: str | None = None,
    ) -> Path:
        recipe = Recipe(
            filter=name,
            operator=operator,
            hyper_parameters=ranges,
            network=network.config,
            research_only=research_only,
            photos=(PhotoSource(match="*", origin="random", licence="CC0"),),
            schedule=Schedule(steps=9, batch=3, patch=32),
        )
        description = checkpoint.Description(
            filter=name,
            network=network.config,
            weights_sha256="0" * 64,
            recipe=recipe,
            steps=steps,
            photos=1,
            machine="a test",
        )
        checkpoint.save(folder, network, description)
        return folder

    return made
