"""The hiding fusion keeps the network's law: with Delta kept, nothing is lost, at any even size and any weights."""

import pytest
import torch
from torch import nn

from unfilter_training.network import NetworkConfig, build
from unfilter_training.network.pyramid import Pyramid

SMALL = {
    "blocks": 0,
    "subnet_width": 4,
    "auxiliary_widths": (4, 6, 8),
    "fusion": "hiding",
    "hiding_blocks": 3,
    "predictor_widths": (4, 6, 8),
}
LEARNED = NetworkConfig(auxiliary="pyramid", **SMALL)
GUIDED = NetworkConfig(auxiliary="guided", **SMALL)
REFINED = NetworkConfig(auxiliary="pyramid", refinements=2, **SMALL)
EXPECTING = NetworkConfig(auxiliary="pyramid", refinements=1, expectation=True, tone_width=4, **SMALL)


def shaken(config: NetworkConfig) -> nn.Module:
    """A network none of whose weights is zero."""
    torch.manual_seed(0)
    network = build(config)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(torch.randn_like(weight) * 0.1)
    return network


@pytest.mark.parametrize("config", [LEARNED, REFINED, EXPECTING], ids=["predicted", "refined", "expecting"])
@pytest.mark.parametrize("size", [(32, 48), (2, 2), (30, 46), (18, 50)])
def test_with_its_own_delta_the_inverse_gives_the_photo_back(size: tuple[int, int], config: NetworkConfig) -> None:
    network, photo = shaken(config), torch.rand(2, 3, *size)
    filtered, delta = network(photo)
    assert filtered.shape == photo.shape
    torch.testing.assert_close(network.inverse(filtered, delta), photo, atol=1e-4, rtol=0)


def test_the_guided_form_keeps_the_law_whatever_output_it_is_given() -> None:
    network, photo, output = shaken(GUIDED), torch.rand(2, 3, 34, 22), torch.rand(2, 3, 34, 22)
    filtered, delta = network(photo, None, output)
    torch.testing.assert_close(network.inverse(filtered, delta), photo, atol=1e-4, rtol=0)
    assert network.takes_output


def test_a_guided_network_wants_the_output_and_no_other_network_takes_one() -> None:
    photo = torch.rand(1, 3, 8, 8)
    with pytest.raises(ValueError, match="takes the operator's output"):
        build(GUIDED)(photo)
    with pytest.raises(ValueError, match="no output is taken"):
        build(LEARNED)(photo, None, photo)
    build(LEARNED).filter(photo, None, photo)  # training hands it to every method


def test_at_first_the_filtered_picture_lies_between_photo_and_output_by_the_gain() -> None:
    network, photo, output = build(GUIDED), torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16)
    filtered, _ = network(photo, None, output)
    torch.testing.assert_close(filtered, output + GUIDED.gain * (photo - output), atol=1e-5, rtol=0)


def test_without_delta_the_filtered_picture_is_the_same() -> None:
    network, photo = shaken(LEARNED), torch.rand(1, 3, 16, 24)
    whole, delta = network(photo)
    network.makes_delta = False
    alone, nothing = network(photo)
    assert delta is not None
    assert nothing is None
    torch.testing.assert_close(alone, whole)


def test_features_are_what_the_branch_takes_for_the_operators_output() -> None:
    network, photo = build(LEARNED), torch.rand(1, 3, 16, 24)
    torch.testing.assert_close(network.features(photo), photo, atol=1e-5, rtol=0)  # its last layer starts at zero


def test_what_is_expected_of_the_photo_is_the_operators_output_at_first() -> None:
    output = torch.rand(1, 3, 16, 24)
    torch.testing.assert_close(build(EXPECTING).expected(output), output, atol=1e-5, rtol=0)


def test_a_tone_curve_that_the_expectation_undoes_leaves_nothing_to_hide() -> None:
    network, photo = build(GUIDED.model_copy(update={"expectation": True})), torch.rand(1, 3, 16, 24)
    output = 0.5 * photo
    with torch.no_grad():
        network.hiding.expectation.matrix.weight.copy_(torch.eye(12)[:, :, None, None])  # twice the output
    torch.testing.assert_close(network(photo, None, output)[0], output, atol=1e-5, rtol=0)


def test_what_sees_single_pixels_adds_to_each_what_it_is_alone() -> None:
    tones, photo = shaken(EXPECTING).auxiliary_tones, torch.rand(1, 3, 8, 10)
    assert tones is not None
    added = tones.squeeze.unsqueeze(tones(tones.squeeze.squeeze(photo)))
    pixel = photo[..., 5:6, 3:4].expand(1, 3, 2, 2)
    alone = tones.squeeze.unsqueeze(tones(tones.squeeze.squeeze(pixel)))
    torch.testing.assert_close(added[..., 5, 3], alone[..., 0, 0], atol=1e-5, rtol=0)


@pytest.mark.parametrize("size", [(16, 16), (15, 9), (1, 1), (17, 30)])
def test_a_pyramid_takes_any_size(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    assert Pyramid(3, 5, (4, 6, 8))(torch.rand(1, 3, *size)).shape == (1, 5, *size)


class Fading(nn.Module):
    """An operator that leaves a tenth of the picture, and of an error."""

    def forward(self, bands: torch.Tensor, _condition: None) -> torch.Tensor:
        return -0.9 * bands


def test_refinements_come_nearer_to_the_photo_where_the_operator_passes_on_little_of_an_error() -> None:
    photo = torch.rand(1, 3, 32, 32)
    errors = []
    for refinements in (0, 1, 2):
        network = build(NetworkConfig(auxiliary="pyramid", refinements=refinements, **SMALL))
        network.auxiliary = Fading()
        with torch.no_grad():
            for trust in network.hiding.trust:
                trust.fill_(1.0)
            errors.append(float((network.restore(network(photo)[0]) - photo).square().mean()))
    assert errors[1] < errors[0] / 50  # a tenth of the error in amplitude, at a gain of a half
    assert errors[2] < errors[1] / 50


@pytest.mark.parametrize("other", [{"auxiliary": "guided"}, {"auxiliary": "pyramid", "hyper_parameters": 1}])
def test_refinements_want_a_branch_that_the_inverse_can_run(other: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="refinements run the pyramid"):
        NetworkConfig(refinements=1, **SMALL, **other)


@pytest.mark.parametrize("part", [{"expectation": True}, {"tone_width": 4}])
def test_parts_of_a_hiding_fusion_want_one(part: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="set fusion = hiding"):
        NetworkConfig(**part)
