"""TFLite in smaller precisions, by ai-edge-quantizer: the four signatures go on sharing one set of weights."""

from pathlib import Path
from typing import Any

from unfilter.bundle import Artifact, Precision, TilePlan
from unfilter_converters.quantization import renamed

MADE_FROM: dict[Precision, Precision] = {"fp16": "fp32", "w8": "fp32", "w8a16": "fp32"}
TOOLS = ("ai-edge-quantizer", "ai-edge-litert")

_CONVOLUTIONS = r"torch\.nn\.modules\.conv\.Conv2d_"
"""In the scope of every convolution whose weights were trained, and of no other operation."""
_FIRST = r"_Trunk_(scale_)?trunk/torch\.nn\.modules\.conv\.Conv2d_0;"


def quantize(
    source: Path, artifacts: tuple[Artifact, ...], plan: TilePlan, precision: Precision, folder: Path
) -> tuple[Artifact, ...]:
    """Write `filter_<precision>.tflite` under `folder / "tflite"`. Inputs and outputs stay float32."""
    from ai_edge_quantizer.quantizer import Quantizer

    entries = tuple(renamed(artifact, precision, ".tflite") for artifact in artifacts)
    (folder / "tflite").mkdir(exist_ok=True)
    path = source / artifacts[0].path
    worker: Any = Quantizer(str(path))
    ranges = None
    if precision == "fp16":
        _weights(worker, ".*", bits=16, algorithm="float_casting", everywhere=True)
    elif precision == "w8":
        _weights(worker, _CONVOLUTIONS, bits=8)
        _leave(worker, _FIRST)
    else:
        ranges = _integer_activations(worker, path, artifacts, plan)
    (folder / entries[0].path).write_bytes(worker.quantize(ranges).quantized_model)
    return entries


def _weights(worker: Any, scope: str, *, bits: int, algorithm: str | None = None, everywhere: bool = False) -> None:
    from ai_edge_quantizer.qtyping import TFLOperationName

    operation = TFLOperationName.ALL_SUPPORTED if everywhere else TFLOperationName.CONV_2D
    chosen = {"algorithm_key": algorithm} if algorithm else {}
    worker.add_weight_only_config(scope, operation, num_bits=bits, **chosen)


def _leave(worker: Any, scope: str) -> None:
    from ai_edge_quantizer.qtyping import TFLOperationName

    worker.update_quantization_recipe(scope, TFLOperationName.CONV_2D, algorithm_key="no_quantize")
