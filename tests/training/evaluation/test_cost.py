"""Multiply-accumulates are those that an exported graph has."""

import pytest

from unfilter_training.evaluation.cost import cost
from unfilter_training.network import EncoderDecodersConfig, NetworkConfig, SteganographyConfig, preset
from unfilter_training.recipe import read_recipe


def test_the_mobile_preset_costs_what_its_onnx_graphs_do() -> None:
    found = cost(preset("mobile"))
    assert round(found.forward, 1) == 38.7  # counted on its ONNX graphs by unfilter_converters.macs
    assert round(found.inverse, 1) == 28.0


def test_what_finds_delta_in_the_hiding_form_costs_the_inverse_alone() -> None:
    found = cost(read_recipe("l0").network)
    assert [round(one, 1) for one in found] == [9.5, 19.0]  # counted on its ONNX graphs too


def test_without_auxiliary_branch_both_directions_cost_the_couplings() -> None:
    config = NetworkConfig(squeeze="none", auxiliary="none", blocks=2, subnet_width=4, subnet_convolutions=2)
    found = cost(config)
    assert found.forward == found.inverse > 0
    assert cost(config.model_copy(update={"blocks": 4})).forward == pytest.approx(2 * found.forward)


def test_hyper_parameters_cost_next_to_nothing() -> None:
    plain, variable = cost(NetworkConfig()), cost(NetworkConfig(hyper_parameters=2))
    assert plain.inverse == variable.inverse
    assert variable.forward == pytest.approx(plain.forward, rel=1e-3)


def test_baselines_cost_what_their_recipes_say() -> None:
    assert [round(one, 1) for one in cost(EncoderDecodersConfig())] == [33.8, 33.8]
    assert [round(one, 1) for one in cost(SteganographyConfig())] == [35.1, 33.8]


def test_an_enhancer_costs_on_the_way_back_alone() -> None:
    plain, enhanced = cost(NetworkConfig()), cost(NetworkConfig(enhancer="after"))
    assert enhanced.forward == plain.forward
    assert enhanced.inverse > plain.inverse
