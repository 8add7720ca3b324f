"""Multiply-accumulates are counted on the exported file; the presets keep their budgets."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from unfilter.format.tiles import TilePlan
from unfilter_converters import onnx as onnx_converter
from unfilter_converters.macs import macs_per_pixel
from unfilter_training.network import PRESETS, NetworkConfig, QuasiInvertibleNetwork

Noisy = Callable[[NetworkConfig], QuasiInvertibleNetwork]


def one_layer(path: Path, operation: str, weight: tuple[int, ...], **attributes: object) -> Path:
    """An ONNX file of one convolution over a photo of free size."""
    node = helper.make_node(operation, ["image", "weight"], ["result"], **attributes)
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "height", "width"])],
        [helper.make_tensor_value_info("result", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.zeros(weight, np.float32), "weight")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]), path)
    return path


@pytest.mark.parametrize(
    ("operation", "weight", "attributes", "macs"),
    [
        ("Conv", (8, 3, 3, 3), {"pads": [1, 1, 1, 1]}, 8 * 27),
        ("Conv", (8, 3, 1, 1), {}, 8 * 3),
        ("Conv", (12, 3, 2, 2), {"strides": [2, 2]}, 12 * 12 / 4),
        ("Conv", (6, 1, 3, 3), {"pads": [1, 1, 1, 1], "group": 3}, 6 * 9),
        ("Conv", (8, 3, 3, 3), {"pads": [2, 2, 2, 2], "dilations": [2, 2]}, 8 * 27),
        ("ConvTranspose", (3, 5, 2, 2), {"strides": [2, 2]}, 3 * 5 * 4),
    ],
)
def test_convolution_counts_every_weight_where_it_is_used(
    operation: str, weight: tuple[int, ...], attributes: dict[str, object], macs: float, tmp_path: Path
) -> None:
    assert macs_per_pixel(one_layer(tmp_path / "layer.onnx", operation, weight, **attributes)) == macs


@pytest.fixture(scope="module")
def counted(noisy: Noisy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, ...]]:
    """Forward and inverse count of each preset, as its artifacts state them."""
    plan = TilePlan(tile=256, halo=80, alignment=2)
    return {
        name: tuple(
            artifact.macs_per_pixel
            for artifact in onnx_converter.convert(noisy(config), plan, tmp_path_factory.mktemp(name), "fp32")
        )
        for name, config in PRESETS.items()
    }


def test_mobile_preset_keeps_its_budget(counted: dict[str, tuple[float, ...]]) -> None:
    assert max(counted["mobile"]) <= 40_000
    assert counted["mobile"] == (38_664, 28_008)


def test_paper_preset_restores_as_dearly_as_the_released_code(counted: dict[str, tuple[float, ...]]) -> None:
    assert counted["paper"][1] == pytest.approx(235_000, rel=0.01)


def test_paper_preset_filters_without_the_last_coupling_of_delta(counted: dict[str, tuple[float, ...]]) -> None:
    assert counted["paper"][0] == 215_100  # the released code's 241 k count a coupling that only makes Delta


def test_whole_paper_network_costs_what_the_released_code_does(noisy: Noisy, tmp_path: Path) -> None:
    network = noisy(PRESETS["paper"])  # with Delta
    torch.onnx.export(network, (torch.zeros(1, 3, 64, 64),), tmp_path / "whole.onnx", opset_version=18, dynamo=False)
    assert macs_per_pixel(tmp_path / "whole.onnx") == pytest.approx(241_000, rel=0.01)


@pytest.mark.parametrize("side", [32, 128])
def test_count_per_pixel_does_not_depend_on_the_photo(side: int, tmp_path: Path) -> None:
    path = one_layer(tmp_path / "layer.onnx", "Conv", (8, 3, 3, 3), pads=[1, 1, 1, 1])
    assert macs_per_pixel(path, side) == macs_per_pixel(path)
