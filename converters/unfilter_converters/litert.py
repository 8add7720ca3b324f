"""Checkpoint to TFLite: one file, four signatures (forward, inverse, and both with a validity mask) that share weights."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from unfilter.format.artifact import Artifact, Direction, Format, Precision
from unfilter.format.tiles import TilePlan
from unfilter_converters import tflite_metadata
from unfilter_converters.authorship import About
from unfilter_converters.export_form import ExportForm
from unfilter_converters.tensors import INPUT, LOOK, OUTPUT, PARAMETERS, VALID, graph_entry, valid_tensor
from unfilter_training.network import QuasiInvertibleNetwork

FORMAT: Format = "tflite"
PRECISIONS: tuple[Precision, ...] = ("fp32",)
TOOLS = ("litert-torch", "litert-converter", "torch")


def convert(network: QuasiInvertibleNetwork, plan: TilePlan, folder: Path, precision: Precision) -> tuple[Artifact, ...]:
    """Write `filter.tflite` under `folder / "tflite"`, for tiles of exactly `plan.tile`, channels last.

    A dynamic size would export too, but LiteRT cannot resize such a graph at run time.
    """
    import litert_torch

    (folder / FORMAT).mkdir()
    path = f"{FORMAT}/filter.tflite"
    side, cells = plan.tile, plan.tile // network.config.cell
    image, valid = torch.zeros(1, side, side, 3), torch.ones(1, cells, cells, 1)
    builder: Any = litert_torch
    artifacts = []
    for direction in ("forward", "inverse"):
        form = ExportForm(network, direction, "transposed_convolution")
        graph, count = _ChannelsLast(form, direction).eval(), form.hyper_parameters
        inputs = {INPUT[direction]: image} | ({PARAMETERS: torch.zeros(1, 1, 1, count)} if count else {})
        inputs |= {LOOK: image.clone()} if form.guided else {}
        masked = f"{direction}_masked"
        for signature, extra in ((direction, {}), (masked, {VALID: valid})):
            builder = builder.signature(signature, graph, sample_kwargs=inputs | extra)
        artifacts.append(
            graph_entry(
                *(FORMAT, direction, precision, path, "NHWC", count, form.guided),
                valid=valid_tensor("NHWC"),
                fixed_size=True,
                signature=direction,
                masked_signature=masked,
            )
        )
    builder.convert().export(str(folder / path))
    return tuple(artifacts)


def describe(path: Path, artifacts: tuple[Artifact, ...], about: About) -> None:
    """Write `about` as TFLite's own metadata, which Android Studio and Netron show, and as the model's description."""
    from ai_edge_litert.tools import flatbuffer_utils

    model: Any = flatbuffer_utils.read_model(str(path))
    model.description = about.description
    tflite_metadata.put(model, artifacts, about)
    path.write_bytes(bytes(flatbuffer_utils.convert_object_to_bytearray(model)))


class _ChannelsLast(nn.Module):
    """Channels-last inputs and outputs, under the manifest's names: litert-torch takes them from keywords and a dict."""

    def __init__(self, form: ExportForm, direction: Direction) -> None:
        super().__init__()
        self.form, self.direction = form, direction

    def forward(self, **tensors: Tensor) -> dict[str, Tensor]:
        planes = {name: tensor.permute(0, 3, 1, 2) for name, tensor in tensors.items()}
        image, output = planes[INPUT[self.direction]], planes.get(LOOK)
        result = self.form(image, planes.get(PARAMETERS), planes.get(VALID), output)
        return {OUTPUT[self.direction]: result.permute(0, 2, 3, 1)}
