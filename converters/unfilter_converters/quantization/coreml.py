"""Core ML with 8-bit weights, by coremltools, on the half precision package: phones compute in half precision anyway.

Integer activations cannot be made here: coremltools runs the model on its representative photos by Apple's runtime,
on macOS.
"""

import re
from pathlib import Path
from typing import Any

from unfilter.format.artifact import Artifact, Precision
from unfilter.format.tiles import TilePlan
from unfilter_converters.coreml import coremltools_quietly, settle
from unfilter_converters.quantization import renamed
from unfilter_training.network.eight_bits import LEAST_WEIGHTS

MADE_FROM: dict[Precision, Precision] = {"w8": "fp16"}
TOOLS = ("coremltools",)

_FIRST = re.compile(r"(trunk_convolutions_0|(auxiliary|predictor)_first)_weight")


def quantize(
    source: Path, artifacts: tuple[Artifact, ...], plan: TilePlan, precision: Precision, folder: Path
) -> tuple[Artifact, ...]:
    """Write `forward_w8.mlpackage` and `inverse_w8.mlpackage` under `folder / "coreml"`."""
    made = []
    (folder / "coreml").mkdir(exist_ok=True)
    for artifact in artifacts:
        entry = renamed(artifact, precision, ".mlpackage")
        with coremltools_quietly() as ct:
            model = ct.models.MLModel(str(source / artifact.path), skip_model_load=True)
            _quantized(model).save(str(folder / entry.path))
            settle(ct, folder / entry.path)
        made.append(entry)
    return tuple(made)


def _quantized(model: Any) -> Any:
    import coremltools.optimize.coreml as optimize

    each = optimize.OpLinearQuantizerConfig(mode="linear_symmetric", dtype="int8", weight_threshold=LEAST_WEIGHTS - 1)
    metadata = optimize.get_weights_metadata(model, weight_threshold=LEAST_WEIGHTS - 1)
    first: dict[str, None] = {name: None for name in metadata if _FIRST.search(name)}
    return optimize.linear_quantize_weights(model, optimize.OptimizationConfig(global_config=each, op_name_configs=first))
