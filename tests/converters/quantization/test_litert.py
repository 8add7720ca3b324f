"""8 bits in TFLite are for the convolutions that have them in every format; small ones and first ones keep float weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unfilter.format.tiles import TilePlan
from unfilter_training.network import NetworkConfig
from unfilter_training.network.eight_bits import LEAST_WEIGHTS

pytest.importorskip("litert_torch")
pytest.importorskip("ai_edge_quantizer")

CONFIG = NetworkConfig(
    blocks=0,
    subnet_width=12,
    auxiliary="pyramid",
    auxiliary_widths=(12, 16),
    fusion="hiding",
    hiding_blocks=2,
    predictor_widths=(12, 16),
    refinements=1,
    expectation=True,
    tone_width=4,
)


def test_small_convolutions_keep_float_weights(tmp_path: Path, noisy: Any) -> None:
    from ai_edge_litert.schema_py_generated import TensorType
    from ai_edge_quantizer.utils.tfl_flatbuffer_utils import read_model

    from unfilter_converters import litert as exporter
    from unfilter_converters.quantization import litert as smaller

    plan = TilePlan(tile=64, halo=8, alignment=2, grid=4)
    (quantized := tmp_path / "w8").mkdir()
    artifacts = exporter.convert(noisy(CONFIG), plan, tmp_path, "fp32")
    (path,) = {quantized / each.path for each in smaller.quantize(tmp_path, artifacts, plan, "w8", quantized)}
    model = read_model(str(path))
    held = [tensor for graph in model.subgraphs for tensor in graph.tensors if tensor.type == TensorType.INT8]
    assert held
    assert min(int(np.prod(tensor.shape)) for tensor in held) >= LEAST_WEIGHTS
