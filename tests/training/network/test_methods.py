"""Every method of making a filter restorable is one kind of thing: built from its form, asked for two directions."""

from collections.abc import Callable

import pytest
import torch
from pydantic import TypeAdapter, ValidationError
from torch.utils.flop_counter import FlopCounterMode

from unfilter_training.network import (
    METHODS,
    EncoderDecoders,
    EncoderDecodersConfig,
    MethodConfig,
    NetworkConfig,
    QuasiInvertibleNetwork,
    RestorableNetwork,
    Steganography,
    SteganographyConfig,
    build,
    method_of,
)

Form = NetworkConfig | EncoderDecodersConfig | SteganographyConfig

FORMS: dict[str, tuple[Form, type[RestorableNetwork]]] = {
    "quasi_invertible": (NetworkConfig(), QuasiInvertibleNetwork),
    "encoder_decoders": (EncoderDecodersConfig(), EncoderDecoders),
    "steganography": (SteganographyConfig(), Steganography),
}
SMALL: dict[str, Form] = {
    "quasi_invertible": NetworkConfig(blocks=2, subnet_width=4, auxiliary_width=4, fusion_width=4),
    "encoder_decoders": EncoderDecodersConfig(width=4),
    "steganography": SteganographyConfig(width=4),
}
each_small = pytest.mark.parametrize("form", SMALL.values(), ids=SMALL)


def images(*size: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(seed))


def test_every_method_is_tested_here() -> None:
    assert tuple(FORMS) == tuple(SMALL) == METHODS


@pytest.mark.parametrize("name", FORMS)
def test_form_decides_the_network(name: str) -> None:
    form, kind = FORMS[name]
    assert type(build(form)) is kind
    assert method_of(form) == method_of(form.model_dump()) == name


@each_small
def test_form_survives_json(form: Form) -> None:
    adapter: TypeAdapter[Form] = TypeAdapter(MethodConfig)
    assert adapter.validate_json(adapter.dump_json(form)) == form


def test_another_method_names_the_known_ones() -> None:
    with pytest.raises(ValidationError, match=f"unknown method: choose one of {', '.join(METHODS)}"):
        TypeAdapter(MethodConfig).validate_python({"method": "magic"})


@pytest.mark.parametrize("name", ["encoder_decoders", "steganography"])
def test_fields_of_another_method_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        TypeAdapter(MethodConfig).validate_python({"method": name, "blocks": 4})


@each_small
@pytest.mark.parametrize("size", [(2, 2), (16, 24)])
def test_both_directions_keep_the_size(
    form: Form, size: tuple[int, int], noisy: Callable[[Form], RestorableNetwork]
) -> None:
    network = noisy(form)
    with torch.inference_mode():
        filtered = network.filter(images(*size), output=images(*size, seed=1))[0]
        assert filtered.shape == network.restore(filtered).shape == (2, 3, *size)


@each_small
def test_a_fresh_network_starts_at_the_photo_or_where_it_takes_one_at_the_operators_output(form: Form) -> None:
    network, photo, output = build(form), images(8, 12), images(8, 12, seed=1)
    with torch.inference_mode():
        filtered = network.filter(photo, output=output)[0]
        torch.testing.assert_close(filtered, output if network.takes_output else photo, rtol=0, atol=1e-5)
        torch.testing.assert_close(network.restore(filtered), filtered, rtol=0, atol=1e-5)


@each_small
def test_every_weight_of_either_direction_learns(form: Form, noisy: Callable[[Form], RestorableNetwork]) -> None:
    network = noisy(form)
    filtered = network.filter(images(16, 16), output=images(16, 16, seed=1))[0]
    (network.restore(filtered) - images(16, 16)).square().mean().backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in network.parameters())


@each_small
def test_autocast_does_not_round_the_photo(form: Form) -> None:
    photo = images(16, 16)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        network = build(form)
        for result in (network.filter(photo, output=photo)[0], network.restore(photo)):
            torch.testing.assert_close(result, photo, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["encoder_decoders", "steganography"])
def test_baselines_take_no_hyper_parameters(name: str) -> None:
    network, photo = build(SMALL[name]), images(4, 4)
    with pytest.raises(ValueError, match=f"{name} takes? no hyper-parameters"):
        network.filter(photo, torch.zeros(2, 1), photo)
    assert SMALL[name].hyper_parameters == 0


def kmac(run: Callable[[], object], pixels: int) -> float:
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops() / 2 / pixels / 1000


# Baselines are given as much in both directions together as the network that they are compared with. Its couplings that make
# Delta do not count: no exported graph has them.
@pytest.mark.parametrize(
    ("name", "forward", "back"),
    [("quasi_invertible", 38.7, 28.0), ("encoder_decoders", 33.8, 33.8), ("steganography", 35.1, 33.8)],
)
def test_cost_is_the_stated_one_in_kmac_per_pixel(name: str, forward: float, back: float) -> None:
    photo, network = torch.zeros(1, 3, 32, 32), build(FORMS[name][0])
    if isinstance(network, QuasiInvertibleNetwork):
        network.fusion = network.fusion[:-1]
    assert kmac(lambda: network.filter(photo, output=photo), 32 * 32) == pytest.approx(forward, abs=0.05)
    network = build(FORMS[name][0])
    assert kmac(lambda: network.restore(photo), 32 * 32) == pytest.approx(back, abs=0.05)
