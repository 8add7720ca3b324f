"""8 bits in TFLite are for the convolutions that have them in every format: small ones keep float weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unfilter.format.artifact import Artifact, Precision
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
PLAN = TilePlan(tile=64, halo=8, alignment=2, grid=4)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, noisy: Any) -> tuple[Path, tuple[Artifact, ...]]:
    from unfilter_converters import litert as exporter

    folder = tmp_path_factory.mktemp("exported")
    return folder, exporter.convert(noisy(CONFIG), PLAN, folder, "fp32")


@pytest.mark.filterwarnings("ignore:.*experimental_preserve_all_tensors")  # of the interpreter that ranges are measured with
@pytest.mark.parametrize("precision", ["w8", "w8a16"])
def test_small_convolutions_keep_float_weights(
    precision: Precision, exported: tuple[Path, tuple[Artifact, ...]], tmp_path: Path
) -> None:
    from ai_edge_litert.schema_py_generated import TensorType
    from ai_edge_quantizer.utils.tfl_flatbuffer_utils import read_model

    from unfilter_converters.quantization import litert as smaller

    (path,) = {tmp_path / each.path for each in smaller.quantize(*exported, PLAN, precision, tmp_path)}
    model = read_model(str(path))
    held = [tensor for graph in model.subgraphs for tensor in graph.tensors if tensor.type == TensorType.INT8]
    assert held
    assert min(int(np.prod(tensor.shape)) for tensor in held) >= LEAST_WEIGHTS
