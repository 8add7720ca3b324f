"""Smaller precisions, made of graphs that were exported already: one sibling per format, named as its converter.

| precision | weights | arithmetic | made for |
|---|---|---|---|
| `fp16` | half | half; LiteRT's CPU computes in float32 | GPUs, neural engines |
| `w8` | 8-bit integers, a scale per output channel | float | small downloads |
| `w8a16` | 8-bit integers | 16-bit integers inside the invertible branch, float elsewhere | NPUs of integers |

Three rules hold in every format, and docs/precisions.md has the numbers:

- The first convolution of every coupling's subnet and of every pyramid keeps float weights. It sees the photo itself, where
  every weight's error is multiplied by brightness: at 8 bits it alone costs L0's inverse 15 dB; 15 % of weights.
- Convolutions of fewer than `LEAST_WEIGHTS` (`unfilter_training.network.eight_bits`) keep float weights. A look's tone curve
  and its expectation's matrix are such, whose errors nothing attenuates.
- The fusion's nets keep float activations: they carry the hidden detail, which is far smaller than the photo beside it.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

from unfilter.format.artifact import Artifact, Precision
from unfilter.format.tiles import TilePlan


class Quantizer(Protocol):
    """What every sibling offers."""

    MADE_FROM: dict[Precision, Precision]
    TOOLS: tuple[str, ...]

    def quantize(
        self, source: Path, artifacts: tuple[Artifact, ...], plan: TilePlan, precision: Precision, folder: Path
    ) -> tuple[Artifact, ...]:
        """Write `artifacts`, whose files lie under `source` in the precision that `MADE_FROM` names, under `folder`."""
        ...


def quantizer(name: str) -> Quantizer | None:
    """The sibling of the converter of that name; None where there is none."""
    module = f"{__name__}.{name}"
    return cast(Quantizer, import_module(module)) if find_spec(module) else None


def renamed(artifact: Artifact, precision: Precision, suffix: str) -> Artifact:
    """The entry of the same graph in another precision: `onnx/forward.onnx` becomes `onnx/forward_w8.onnx`."""
    path = Path(artifact.path)
    stem = path.stem.removesuffix(f"_{artifact.precision}")
    return artifact.model_copy(
        update={"precision": precision, "path": path.with_name(f"{stem}_{precision}{suffix}").as_posix()}
    )
