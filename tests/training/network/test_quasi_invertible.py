"""With its own Delta kept, the network loses nothing, whatever switch is turned."""

from collections.abc import Callable

import pytest
import torch

from unfilter_training.network import PRESETS, NetworkConfig, QuasiInvertibleNetwork

Noisy = Callable[[NetworkConfig], QuasiInvertibleNetwork]

SMALL = NetworkConfig(blocks=2, subnet_width=8, auxiliary_width=8, fusion_width=8)


def small(**switches: object) -> NetworkConfig:
    return NetworkConfig.model_validate(SMALL.model_dump() | switches)


CONFIGS = {
    **PRESETS,
    "odd_blocks": small(blocks=3),
    "full_resolution": small(squeeze="none"),
    "additive_affine": small(block="additive_affine"),
    "separate_subnets": small(joint_subnet=False),
    "subnet_skip": small(subnet_convolutions=4, subnet_skip=True),
    "wide_bound": small(log_scale_bound=2.0),
    "strided": small(auxiliary="strided"),
    "no_auxiliary": small(auxiliary="none"),
    "two_fusion_blocks": small(fusion_blocks=2),
    "hyper_parameters": small(hyper_parameters=2),
    "unshuffle": small(squeeze="unshuffle"),
    "ycc": small(colours="ycc"),
    "ycc_split_by_colours": small(colours="ycc", split="colours"),
    "rgb": small(colours="rgb"),
    "enhancer_before": small(enhancer="before", enhancer_width=8),
    "enhancer_after": small(enhancer="after", enhancer_width=8),
    "enhancers": small(enhancer="both", enhancer_width=8),
    "enhancers_at_full_resolution": small(enhancer="both", enhancer_width=8, squeeze="none"),
}
ENHANCED = {name: config for name, config in CONFIGS.items() if config.enhancer != "none"}
PLAIN = {name: config for name, config in CONFIGS.items() if config.enhancer == "none"}


def images(*size: int, batch: int = 2) -> torch.Tensor:
    return torch.rand(batch, 3, *size, generator=torch.Generator().manual_seed(0))


def values(config: NetworkConfig, batch: int = 2) -> torch.Tensor | None:
    return torch.full((batch, config.hyper_parameters), 0.3) if config.hyper_parameters else None


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_inverse_with_its_own_delta_gives_the_photo_back(config: NetworkConfig, noisy: Noisy) -> None:
    network, photo = noisy(config), images(32, 24)
    with torch.inference_mode():
        filtered, delta = network(photo, values(config))
        restored = network.inverse(filtered, delta)
    assert filtered.shape == photo.shape
    assert (filtered - photo).abs().mean() > 0.005
    torch.testing.assert_close(restored, photo, rtol=0, atol=1e-5)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_delta_is_there_where_the_auxiliary_branch_is(config: NetworkConfig, noisy: Noisy) -> None:
    with torch.inference_mode():
        delta = noisy(config)(images(8, 12), values(config))[1]
    if config.auxiliary == "none":
        assert delta is None
    else:
        assert delta is not None
        assert delta.shape == (2, config.channels, 8 // config.cell, 12 // config.cell)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_restoring_takes_delta_for_zero_and_needs_no_hyper_parameter(config: NetworkConfig, noisy: Noisy) -> None:
    network, saved = noisy(config), images(16, 8)
    zero = torch.zeros(2, config.channels, 16 // config.cell, 8 // config.cell)
    with torch.inference_mode():
        assert torch.equal(network.inverse(saved), network.inverse(saved, zero))


@pytest.mark.parametrize("config", PLAIN.values(), ids=PLAIN)
def test_without_enhancer_restoring_is_the_inverse(config: NetworkConfig, noisy: Noisy) -> None:
    network, saved = noisy(config), images(16, 8)
    with torch.inference_mode():
        assert torch.equal(network.restore(saved), network.inverse(saved))


@pytest.mark.parametrize("config", ENHANCED.values(), ids=ENHANCED)
def test_enhancers_start_as_identity_and_then_change_what_is_restored_alone(config: NetworkConfig, noisy: Noisy) -> None:
    fresh, network, saved = QuasiInvertibleNetwork(config), noisy(config), images(16, 8)
    with torch.inference_mode():
        torch.testing.assert_close(fresh.restore(saved), fresh.inverse(saved), rtol=0, atol=1e-6)
        restored, exact = network.restore(saved), network.inverse(saved)
        assert (restored - exact).abs().mean() > 0.001
        plain = QuasiInvertibleNetwork(config.model_copy(update={"enhancer": "none"}))
        plain.load_state_dict({name: weight for name, weight in network.state_dict().items() if "enhance" not in name})
        assert torch.equal(plain(saved)[0], network(saved)[0])
        assert torch.equal(plain.inverse(saved), exact)


@pytest.mark.parametrize("config", ENHANCED.values(), ids=ENHANCED)
def test_every_weight_of_the_enhancers_learns_from_the_restored_photo(config: NetworkConfig, noisy: Noisy) -> None:
    network = noisy(config)
    network.restore(images(16, 8)).square().mean().backward()
    enhancers = {name: weight for name, weight in network.named_parameters() if "enhance" in name}
    assert len(enhancers) == 6 * (2 if config.enhancer == "both" else 1)
    assert all(weight.grad is not None and weight.grad.any() for weight in enhancers.values())


def test_filtering_is_the_forward_pass_and_needs_no_output(noisy: Noisy) -> None:
    network, photo = noisy(CONFIGS["hyper_parameters"]), images(8, 8)
    normalised = values(network.config)
    with torch.inference_mode():
        for made in (None, 1 - photo):
            assert torch.equal(network.filter(photo, normalised, made)[0], network(photo, normalised)[0])
    assert not network.takes_output


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_batch_equals_one_by_one(config: NetworkConfig, noisy: Noisy) -> None:
    network, photos = noisy(config), images(12, 20, batch=3)
    with torch.inference_mode():
        together = network(photos, values(config, 3))[0]
        alone = torch.cat([network(photo[None], values(config, 1))[0] for photo in photos])
        back_together = network.restore(together)
        back_alone = torch.cat([network.restore(filtered[None]) for filtered in together])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-6)
    torch.testing.assert_close(back_together, back_alone, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", PRESETS)
def test_fresh_network_is_the_identity_and_clips_nothing(name: str) -> None:
    photo = 4 * images(8, 8) - 2
    with torch.inference_mode():
        network = QuasiInvertibleNetwork(PRESETS[name])
        torch.testing.assert_close(network(photo)[0], photo, rtol=0, atol=1e-5)
        torch.testing.assert_close(network.inverse(photo), photo, rtol=0, atol=1e-5)


@pytest.mark.parametrize("size", [(30, 22), (2, 2), (34, 90), (4, 6)])  # half of each is no multiple of 4
@pytest.mark.parametrize("config", [CONFIGS["strided"], PRESETS["paper"]], ids=["strided", "paper"])
def test_strided_branch_takes_sizes_that_are_not_multiples_of_four(
    config: NetworkConfig, size: tuple[int, int], noisy: Noisy
) -> None:
    network, photo = noisy(config), images(*size)
    with torch.inference_mode():
        torch.testing.assert_close(network.inverse(*network(photo)), photo, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("name", "count"), [("paper", 275_221), ("mobile", 174_844)])
def test_preset_has_its_number_of_parameters(name: str, count: int) -> None:
    network = QuasiInvertibleNetwork(PRESETS[name])
    assert sum(parameter.numel() for parameter in network.parameters()) == count


def test_squeeze_weight_is_not_in_the_checkpoint() -> None:
    network = QuasiInvertibleNetwork(SMALL)
    assert set(network.state_dict()) == {name for name, _ in network.named_parameters()}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("hyper_parameters", None),  # missing
        ("hyper_parameters", torch.zeros(2, 1)),  # too few
        ("mobile", torch.zeros(2, 1)),  # superfluous
        ("no_auxiliary", torch.zeros(2, 1)),  # superfluous where no branch could see them
    ],
)
def test_wrong_count_of_hyper_parameters_is_refused(name: str, given: torch.Tensor | None, noisy: Noisy) -> None:
    with pytest.raises(ValueError, match="hyper-parameters"):
        noisy(CONFIGS[name])(images(4, 4), given)


def test_hyper_parameters_change_the_filtered_photo(noisy: Noisy) -> None:
    network, photo = noisy(CONFIGS["hyper_parameters"]), images(8, 8, batch=1)
    with torch.inference_mode():
        weak, strong = (network(photo, torch.tensor([[value, 0.0]]))[0] for value in (0.0, 1.0))
    assert (strong - weak).abs().max() > 1e-4


# bf16 holds 8 bits of a value, as many as the saved file: training in it must not round the photo itself.
@pytest.mark.parametrize("name", PRESETS)
def test_autocast_does_not_round_the_photo(name: str) -> None:
    photo, network = images(16, 16), QuasiInvertibleNetwork(PRESETS[name])  # fresh: the identity
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        filtered, restored = network(photo)[0], network.inverse(photo)
    assert (filtered.dtype, restored.dtype) == (torch.float32, torch.float32)
    torch.testing.assert_close(filtered, photo, rtol=0, atol=1e-5)
    torch.testing.assert_close(restored, photo, rtol=0, atol=1e-5)
