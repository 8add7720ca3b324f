"""What a model file says of itself, wherever it ends up: who made it, under which licence, what it takes and gives.

Every format has fields of its own for that; each writer (`onnx`, `litert`, `coreml`) has a `describe` that fills them in.
None of it is weights, so the restoration id stays as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, cast

from unfilter.format.artifact import Artifact, Tensor
from unfilter_training.checkpoint import Description

AUTHOR = "Unfilter"
"""No person: what trains and converts a filter is the same for everyone; the weights' sha256 tells filters apart."""
LICENCE = "Apache-2.0"

_VERBS = {
    "forward": "Filters a photo so that the photo can be restored from the filtered 8-bit file alone.",
    "inverse": "Restores the photo from a file that the forward graph of the same filter made.",
}


@dataclass(frozen=True)
class About:
    """What is said of one model file. `directions` has two where a file holds both."""

    filter: str
    operator: str
    directions: tuple[str, ...]
    precision: str
    licence: str
    parameters: str
    weights: str

    @property
    def name(self) -> str:
        """Filter and direction, such as `l0 forward`."""
        return f"{self.filter} {' and '.join(self.directions)}"

    @property
    def description(self) -> str:
        """What the graph or graphs do, in a sentence each, and of which operator."""
        return " ".join(_VERBS[each] for each in self.directions) + f" Image operator: {self.operator}."

    @property
    def version(self) -> str:
        """Of the package that converted it, and the start of the weights' sha256."""
        return f"{version('unfilter')}+{self.weights[:12]}"

    @property
    def fields(self) -> dict[str, str]:
        """All of it by name, for formats that keep names and values."""
        return {
            "author": AUTHOR,
            "licence": self.licence,
            "version": self.version,
            "filter": self.filter,
            "direction": ", ".join(self.directions),
            "precision": self.precision,
            "operator": self.operator,
            "ranges": self.parameters,
            "weights_sha256": self.weights,
            "description": self.description,
        }


class Writer(Protocol):
    """What every writer of a format that keeps such fields offers."""

    def describe(self, path: Path, artifacts: tuple[Artifact, ...], about: About) -> None:
        """Say it in the file at `path`, which `artifacts` share, changing nothing else of it. Law: twice is as once."""
        ...


_WRITERS = {"onnx": "onnx", "tflite": "litert", "mlpackage": "coreml"}


def describe(artifacts: Iterable[Artifact], bundle: Path, description: Description) -> None:
    """Say it in every model file of a bundle that is being made. The torch reference has no such fields."""
    by_path: dict[str, list[Artifact]] = {}
    for artifact in artifacts:
        by_path.setdefault(artifact.path, []).append(artifact)
    for path, sharing in by_path.items():
        if writer := _WRITERS.get(sharing[0].format):
            module = cast(Writer, import_module(f"unfilter_converters.{writer}"))
            module.describe(bundle / path, tuple(sharing), _about(sharing, description))


def meaning(tensor: Tensor) -> str:
    """What an input or output holds: its layout and meaning, as the manifest says."""
    return f"float32, {tensor.layout}: {tensor.meaning}"


def _about(sharing: list[Artifact], description: Description) -> About:
    recipe = description.recipe
    ranges = [f"{one}, default {one.default:g}, {one.scale} scale" for one in recipe.hyper_parameters]
    notice = " ".join(recipe.research_only.split()) if recipe.research_only else ""
    return About(
        filter=description.filter,
        operator=" ".join([recipe.operator, *(f"{name}={value:g}" for name, value in recipe.parameters.items())]),
        directions=tuple(dict.fromkeys(each.direction for each in sharing)),
        precision=sharing[0].precision,
        licence=f"for research only: {notice}" if notice else LICENCE,
        parameters="; ".join(["levels 0..1", *ranges]),
        weights=description.weights_sha256,
    )
