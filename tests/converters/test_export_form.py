"""The export form is the training network, in other operations."""

from collections.abc import Callable

import pytest
import torch

from unfilter_converters.export_form import Direction, ExportForm, Unsqueeze
from unfilter_training.network import PRESETS, NetworkConfig, QuasiInvertibleNetwork

Noisy = Callable[[NetworkConfig], QuasiInvertibleNetwork]

SMALL = {"blocks": 2, "subnet_width": 8, "auxiliary_width": 8, "fusion_width": 8}
CONFIGS = {
    **PRESETS,
    "odd_blocks": NetworkConfig(**SMALL | {"blocks": 3}),
    "separate_subnets": NetworkConfig(**SMALL, joint_subnet=False, log_scale_bound=2.0),
    "additive_affine": NetworkConfig(**SMALL, block="additive_affine"),
    "full_resolution": NetworkConfig(**SMALL, squeeze="none"),
    "strided": NetworkConfig(**SMALL, auxiliary="strided"),
    "no_auxiliary": NetworkConfig(**SMALL, auxiliary="none"),
    "two_fusion_blocks": NetworkConfig(**SMALL, fusion_blocks=2),
    "hyper_parameters": NetworkConfig(**SMALL, hyper_parameters=2),
    "unshuffle": NetworkConfig(**SMALL, squeeze="unshuffle"),
    "ycc": NetworkConfig(**SMALL, colours="ycc"),
    "ycc_split_by_colours": NetworkConfig(**SMALL, colours="ycc", split="colours"),
    "enhancer_before": NetworkConfig(**SMALL, enhancer="before", enhancer_width=8),
    "enhancers": NetworkConfig(**SMALL, enhancer="both", enhancer_width=8),
    "strided_with_hyper_parameter": NetworkConfig(**SMALL, auxiliary="strided", hyper_parameters=1),
}
PYRAMID = {"auxiliary": "pyramid", "auxiliary_widths": (4, 6, 8), "fusion": "hiding", "predictor_widths": (4, 6, 8)}
CONFIGS |= {
    "hiding": NetworkConfig(**SMALL | PYRAMID | {"blocks": 0}),
    "hiding_after_couplings": NetworkConfig(**SMALL | PYRAMID | {"hiding_blocks": 3}),
    "hiding_refined": NetworkConfig(**SMALL | PYRAMID | {"refinements": 2}),
    "hiding_expecting": NetworkConfig(**SMALL | PYRAMID | {"refinements": 1, "expectation": True, "tone_width": 4}),
    "hiding_with_hyper_parameter": NetworkConfig(**SMALL | PYRAMID, hyper_parameters=1),
}
MASKABLE = {name: config for name, config in CONFIGS.items() if config.auxiliary != "strided"}
DIRECTIONS: tuple[Direction, ...] = ("forward", "inverse")
UNSQUEEZES: tuple[Unsqueeze, ...] = ("depth_to_space", "transposed_convolution")
EXACT = {"rtol": 0, "atol": 1e-5}


def photo(*size: int) -> torch.Tensor:
    return torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0))


def normalised(network: QuasiInvertibleNetwork) -> torch.Tensor | None:
    count = network.config.hyper_parameters
    return torch.linspace(0.2, 0.9, count)[None] if count else None


def expected(network: QuasiInvertibleNetwork, direction: Direction, image: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return network(image, normalised(network))[0] if direction == "forward" else network.restore(image)


def run(
    form: ExportForm, network: QuasiInvertibleNetwork, image: torch.Tensor, valid: torch.Tensor | None = None
) -> torch.Tensor:
    given = normalised(network) if form.direction == "forward" else None
    with torch.inference_mode():
        return form(image, None if given is None else given[:, :, None, None], valid)


@pytest.mark.parametrize("unsqueeze", UNSQUEEZES)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_equals_the_training_network(
    config: NetworkConfig, direction: Direction, unsqueeze: Unsqueeze, noisy: Noisy
) -> None:
    network = noisy(config)
    form = ExportForm(network, direction, unsqueeze)
    for size in ((2, 2), (32, 24), (30, 22)):
        image = photo(*size)
        torch.testing.assert_close(run(form, network, image), expected(network, direction, image), **EXACT)


def in_corner(image: torch.Tensor, side: int, alignment: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The image in the upper left of a tile of garbage, and its validity mask."""
    height, width = image.shape[-2:]
    tile = 100 * torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(1))
    tile[..., :height, :width] = image
    valid = torch.zeros(1, 1, side // alignment, side // alignment)
    valid[..., : height // alignment, : width // alignment] = 1
    return tile, valid


@pytest.mark.parametrize("size", [(2, 2), (18, 30), (40, 40)])  # (40, 40) fills the tile
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("config", MASKABLE.values(), ids=MASKABLE)
def test_masked_form_in_a_tile_of_garbage_equals_the_photo_alone(
    config: NetworkConfig, direction: Direction, size: tuple[int, int], noisy: Noisy
) -> None:
    network, image = noisy(config), photo(*size)
    tile, valid = in_corner(image, 40, config.alignment)
    result = run(ExportForm(network, direction), network, tile, valid)
    torch.testing.assert_close(result[..., : size[0], : size[1]], expected(network, direction, image), **EXACT)


def test_strided_branch_has_no_masked_forward_form_and_says_so(noisy: Noisy) -> None:
    network, image = noisy(CONFIGS["strided"]), photo(8, 8)
    tile, valid = in_corner(image, 16, 2)
    with pytest.raises(ValueError, match="a strided auxiliary branch has no masked form"):
        ExportForm(network, "forward")(tile, valid=valid)
    result = run(ExportForm(network, "inverse"), network, tile, valid)[..., :8, :8]
    torch.testing.assert_close(result, expected(network, "inverse", image), **EXACT)


@pytest.mark.parametrize(
    ("name", "direction", "given"),
    [
        ("hyper_parameters", "forward", None),  # missing
        ("hyper_parameters", "inverse", torch.zeros(1, 2, 1, 1)),  # restoring needs none
        ("odd_blocks", "forward", torch.zeros(1, 1, 1, 1)),  # superfluous
    ],
)
def test_hyper_parameters_are_an_input_of_the_forward_graph_that_has_them_alone(
    name: str, direction: Direction, given: torch.Tensor | None, noisy: Noisy
) -> None:
    with pytest.raises(ValueError, match=rf"this {direction} graph takes \d hyper-parameters, got (none|some)$"):
        ExportForm(noisy(CONFIGS[name]), direction)(photo(8, 8), given)


def test_hyper_parameters_change_the_graphs_result(variable_network: QuasiInvertibleNetwork) -> None:
    form, image = ExportForm(variable_network, "forward"), photo(16, 16)
    with torch.inference_mode():
        results = [form(image, torch.tensor(values).reshape(1, 2, 1, 1)) for values in ([0, 0.5], [1, 0.5], [0.5, 0])]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert (results[one] - results[other]).abs().max() > 0.01


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", ["odd_blocks", "hyper_parameters", "strided_with_hyper_parameter"])
def test_examples_are_what_the_graph_takes(name: str, direction: Direction, noisy: Noisy) -> None:
    form = ExportForm(noisy(CONFIGS[name]), direction)
    examples = form.examples(side=8)
    source = "photo" if direction == "forward" else "filtered"
    assert list(examples) == [source, *(["parameters"] if form.hyper_parameters else [])]
    with torch.inference_mode():
        assert form(*examples.values()).shape == (1, 3, 8, 8)


@pytest.mark.parametrize("config", [PRESETS["mobile"], PRESETS["paper"]], ids=["mobile", "paper"])
def test_forward_leaves_out_the_couplings_that_only_make_delta(config: NetworkConfig) -> None:
    network = QuasiInvertibleNetwork(config)
    assert len(ExportForm(network, "forward").fusion) == len(network.fusion) - 1
    assert len(ExportForm(network, "inverse").fusion) == len(network.fusion)


def test_network_is_not_changed_by_its_export_form(small_network: QuasiInvertibleNetwork) -> None:
    before = {name: tensor.clone() for name, tensor in small_network.state_dict().items()}
    form = ExportForm(small_network, "inverse")
    with torch.no_grad():
        for parameter in form.parameters():
            parameter.zero_()
    for name, tensor in small_network.state_dict().items():
        assert torch.equal(tensor, before[name])


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_no_constant_has_the_size_of_delta(direction: Direction, small_network: QuasiInvertibleNetwork) -> None:
    """Delta = 0 is written nowhere: what the graph holds does not grow with the photo."""
    constants = []
    for side in (16, 32):
        traced = torch.jit.trace(ExportForm(small_network, direction).eval(), (photo(side, side),), check_trace=False)
        nodes = [node for node in traced.inlined_graph.nodes() if node.kind() == "prim::Constant"]
        tensors = [node.t("value") for node in nodes if node.hasAttribute("value") and node.kindOf("value") == "t"]
        constants.append(sum(tensor.numel() for tensor in tensors))
        assert not any("zeros" in node.kind() for node in traced.inlined_graph.nodes())
    assert constants[0] == constants[1]
