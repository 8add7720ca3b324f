"""What a conversion starts from: a checkpoint, its network, and the plan by which photos are cut for it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from unfilter.errors import UnfilterError
from unfilter.format.tiles import TilePlan
from unfilter_training.checkpoint import Description, load, read_description
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork, halo, method_of

TILE = 768
"""Side of a tile, pixels: (768 / (768 - 2 * 60))**2 = 1.4 times the work of an untiled photo at a halo of 60."""

TILE_OF_PYRAMIDS = 1024
"""For networks that see farther: (1024 / (1024 - 2 * 112))**2 = 1.6 times the work, where tiles of 768 pixels took 2.0. An
inverse that looks twice reaches 208 pixels: 2.8 times."""


@dataclass(frozen=True)
class Source:
    """A checkpoint that can be converted."""

    checkpoint: Path
    description: Description
    plan: TilePlan

    @cached_property
    def network(self) -> QuasiInvertibleNetwork:
        """The network with its weights, loaded when something is made of it that is not in the cache.

        Raises:
            CheckpointError: the weights are missing or damaged.
        """
        network = load(self.checkpoint)[0]
        assert isinstance(network, QuasiInvertibleNetwork)  # as read_source made sure
        return network

    @property
    def inputs(self) -> dict[str, object]:
        """What every artifact depends on, for the keys of a cache: weights, form of the network, tile plan."""
        return {
            "weights": self.description.weights_sha256,
            "network": self.description.network.model_dump(),
            "plan": self.plan.model_dump(),
        }


def read_source(checkpoint: Path) -> Source:
    """Read the description of a checkpoint, and no weights yet.

    Raises:
        CheckpointError: the checkpoint is missing, damaged or of another version.
        UnfilterError: it holds one of the paper's baselines.
    """
    description = read_description(checkpoint)
    form = description.network
    if not isinstance(form, NetworkConfig):
        raise UnfilterError(f"{checkpoint}: {method_of(form)} is a baseline to compare with and is never converted")
    return Source(checkpoint, description, tile_plan(form))


def tile_plan(form: NetworkConfig) -> TilePlan:
    """Tiles of `TILE` or `TILE_OF_PYRAMIDS` pixels, with halos as wide as the network reaches in each direction."""
    forward, inverse = halo(form, "forward"), halo(form, "inverse")
    widest, narrower = max(forward, inverse), forward if forward < inverse else None
    if form.grid == form.alignment:
        return TilePlan(tile=TILE, halo=widest, forward_halo=narrower, alignment=form.alignment)
    return TilePlan(tile=TILE_OF_PYRAMIDS, halo=widest, forward_halo=narrower, alignment=form.alignment, grid=form.grid)
