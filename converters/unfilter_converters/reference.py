"""Checkpoint to the reference: torch.export files of the *training* network, which every other artifact is held against."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.export import Dim

from unfilter.format.artifact import Artifact, Direction, Format, Precision
from unfilter.format.tiles import TilePlan
from unfilter_converters.tensors import graph_entry
from unfilter_training.network import QuasiInvertibleNetwork

FORMAT: Format = "pt2"
PRECISIONS: tuple[Precision, ...] = ("fp32",)
TOOLS = ("torch",)


class _OneDirection(nn.Module):
    def __init__(self, network: QuasiInvertibleNetwork, direction: Direction) -> None:
        super().__init__()
        self.network, self.direction = network, direction

    def forward(self, image: Tensor, parameters: Tensor | None = None) -> Tensor:
        if self.direction == "inverse":
            return self.network.restore(image)
        return self.network(image, None if parameters is None else parameters.flatten(1))[0]


class _Guided(nn.Module):
    def __init__(self, network: QuasiInvertibleNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor, output: Tensor) -> Tensor:
        return self.network(image, None, output)[0]


def convert(network: QuasiInvertibleNetwork, plan: TilePlan, folder: Path, precision: Precision) -> tuple[Artifact, ...]:
    """Write `forward.pt2` and `inverse.pt2` under `folder / "torch"`: any size up to the tile in steps of the alignment."""
    (folder / "torch").mkdir()
    artifacts = []
    for direction in ("forward", "inverse"):
        path = f"torch/{direction}.pt2"
        cells = {axis: Dim(name, min=1, max=plan.tile // plan.alignment) for axis, name in ((2, "rows"), (3, "columns"))}
        most = plan.tile // plan.alignment
        example = torch.zeros(1, 3, plan.alignment * max(2, most // 4), plan.alignment * max(3, most // 3))
        count = network.config.hyper_parameters if direction == "forward" else 0
        parameters = (torch.zeros(1, count, 1, 1),) if count else ()
        guided = network.takes_output and direction == "forward"
        sizes = {axis: plan.alignment * cell for axis, cell in cells.items()}
        with torch.no_grad():
            if guided:
                pair = example, example.clone()  # one tensor given twice would be one input
                program = torch.export.export(_Guided(network), pair, dynamic_shapes=(sizes, sizes))
            else:
                program = torch.export.export(
                    _OneDirection(network, direction),
                    (example, *parameters),
                    dynamic_shapes=(sizes, *(None for _ in parameters)),
                )
        torch.export.save(program, folder / path)
        artifacts.append(graph_entry(FORMAT, direction, precision, path, "NCHW", count, guided))
    return tuple(artifacts)
