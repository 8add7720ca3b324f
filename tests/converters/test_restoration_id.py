"""The restoration id names what the inverse depends on, and nothing else."""

from collections.abc import Callable

import pytest
import torch

from unfilter_converters import restoration_id
from unfilter_converters.restoration_id import restoration_id_of
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork

Noisy = Callable[[NetworkConfig], QuasiInvertibleNetwork]

CONFIG = NetworkConfig(blocks=2, subnet_width=4, auxiliary_width=4, fusion_width=4)


def with_weights_of(source: QuasiInvertibleNetwork, config: NetworkConfig) -> QuasiInvertibleNetwork:
    """A network of another configuration that has taken every weight that fits."""
    network = QuasiInvertibleNetwork(config)
    own = network.state_dict()
    fitting = {name: t for name, t in source.state_dict().items() if name in own and own[name].shape == t.shape}
    network.load_state_dict(own | fitting)
    return network


def test_id_is_64_digits_and_depends_on_the_network_alone(noisy: Noisy) -> None:
    one, again = noisy(CONFIG), noisy(CONFIG).to(memory_format=torch.channels_last).train()
    assert restoration_id_of(one) == restoration_id_of(again)
    assert len(restoration_id_of(one)) == 64
    assert set(restoration_id_of(one)) <= set("0123456789abcdef")


def test_auxiliary_weights_do_not_change_it(noisy: Noisy) -> None:
    network, before = noisy(CONFIG), restoration_id_of(noisy(CONFIG))
    with torch.no_grad():
        for parameter in network.auxiliary.parameters():
            parameter.add_(1)
    assert restoration_id_of(network) == before


def test_auxiliary_weights_change_it_where_refinements_run_that_branch_in_the_inverse(noisy: Noisy) -> None:
    config = NetworkConfig(
        blocks=0,
        subnet_width=4,
        auxiliary="pyramid",
        auxiliary_widths=(4, 4),
        fusion="hiding",
        hiding_blocks=1,
        predictor_widths=(4, 4),
        refinements=1,
    )
    network, before = noisy(config), restoration_id_of(noisy(config))
    with torch.no_grad():
        next(network.auxiliary.parameters()).add_(1)
    assert restoration_id_of(network) != before


@pytest.mark.parametrize("change", [{"auxiliary_width": 8}, {"auxiliary": "strided"}, {"hyper_parameters": 1}], ids=str)
def test_form_of_the_auxiliary_branch_does_not_change_it(change: dict[str, object], noisy: Noisy) -> None:
    network = noisy(CONFIG)
    other = with_weights_of(network, NetworkConfig.model_validate(CONFIG.model_dump() | change))
    assert restoration_id_of(other) == restoration_id_of(network)


def inverse_parameters() -> list[str]:
    names = [name for name, _ in QuasiInvertibleNetwork(CONFIG).named_parameters()]
    return [name for name in names if not name.startswith("auxiliary.")]


@pytest.mark.parametrize("name", inverse_parameters())
def test_smallest_change_of_an_inverse_weight_changes_it(name: str, noisy: Noisy) -> None:
    network, before = noisy(CONFIG), restoration_id_of(noisy(CONFIG))
    weight = network.get_parameter(name).detach().reshape(-1)
    weight[-1:] = torch.nextafter(weight[-1:], torch.tensor(float("inf")))
    assert restoration_id_of(network) != before


@pytest.mark.parametrize(
    "change",
    [
        {"blocks": 3},
        {"log_scale_bound": 1.5},
        {"subnet_width": 5},
        {"fusion_blocks": 2},
        {"auxiliary": "none"},
        {"joint_subnet": False},
        {"squeeze": "unshuffle"},
        {"colours": "ycc"},
        {"split": "colours"},
        {"enhancer": "after"},
    ],
    ids=str,
)
def test_form_of_the_inverse_changes_it(change: dict[str, object], noisy: Noisy) -> None:
    network = noisy(CONFIG)
    other = with_weights_of(network, NetworkConfig.model_validate(CONFIG.model_dump() | change))
    assert restoration_id_of(other) != restoration_id_of(network)


@pytest.mark.parametrize("rule", ["ROUNDING_RULE", "REMAINDER_RULE"])
def test_rule_for_bytes_changes_it(rule: str, noisy: Noisy, monkeypatch: pytest.MonkeyPatch) -> None:
    before = restoration_id_of(noisy(CONFIG))
    monkeypatch.setattr(restoration_id, rule, "another rule")
    assert restoration_id_of(noisy(CONFIG)) != before


# As version 0.1.0 first gave them. A filtered photo names its inverse by such an id, so none may ever change.
@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, "946f6add56ff3bdf622f562ef4eae1c36e633600e6487cad72c18197cc106557"),
        ({"hyper_parameters": 1}, "946f6add56ff3bdf622f562ef4eae1c36e633600e6487cad72c18197cc106557"),
        ({"auxiliary": "none", "blocks": 3}, "d88f1cc15ea073f1569185c4090b05d487ac02b6c7bf6781267709105b2ea2fd"),
        (
            {"squeeze": "none", "block": "additive_affine"},
            "a386842b14c403986f275bc57b0d86c21f340e9e56ac13bc087ff7db94600dc1",
        ),
    ],
    ids=str,
)
def test_ids_of_networks_that_use_nothing_newer_stay_as_they_were(switches: dict[str, object], expected: str) -> None:
    network = QuasiInvertibleNetwork(NetworkConfig.model_validate(CONFIG.model_dump() | switches))
    with torch.no_grad():
        for index, parameter in enumerate(network.parameters()):
            parameter.fill_(index / 64)
    assert restoration_id_of(network) == expected
