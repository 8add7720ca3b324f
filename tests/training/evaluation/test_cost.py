"""Multiply-accumulates are those that an exported graph has."""

import pytest

from unfilter_training.evaluation.cost import cost
from unfilter_training.network import NetworkConfig, preset


def test_the_mobile_network_costs_what_the_readme_says() -> None:
    found = cost(preset("mobile"))
    assert round(found.forward, 1) == 38.7  # counted on its ONNX graphs by unfilter_converters.macs
    assert round(found.inverse, 1) == 28.0


def test_without_auxiliary_branch_both_directions_cost_the_couplings() -> None:
    config = NetworkConfig(squeeze="none", auxiliary="none", blocks=2, subnet_width=4, subnet_convolutions=2)
    found = cost(config)
    assert found.forward == found.inverse > 0
    assert cost(config.model_copy(update={"blocks": 4})).forward == pytest.approx(2 * found.forward)


def test_hyper_parameters_cost_next_to_nothing() -> None:
    plain, variable = cost(NetworkConfig()), cost(NetworkConfig(hyper_parameters=2))
    assert plain.inverse == variable.inverse
    assert variable.forward == pytest.approx(plain.forward, rel=1e-3)
