"""One call for all operators: checked images and parameters, documented parameters, a source."""

import inspect

import pytest
import torch

from unfilter.errors import UnfilterError
from unfilter_training.operators import OPERATORS, Operator, Parameter, operator

NAMES = (
    "l0 wls llf wmf rtv rgf bwp bwp_fixed cpd cpd_fixed rain_princess scream retouch exposure".split()  # noqa: SIM905
)
RUNS_WITHOUT_FILES = [name for name in NAMES if "weights" not in OPERATORS[name].parameters]


def photo(height: int = 24, width: int = 30, batch: int = 1, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(0)).to(dtype)


def test_all_operators_are_there() -> None:
    assert list(OPERATORS) == NAMES


def test_an_unknown_operator_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnfilterError, match=r"unknown operator 'l1': choose one of l0, wls"):
        operator("l1")


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_documented_and_every_documented_one_exists(name: str) -> None:
    each = operator(name)
    keywords = [p.name for p in inspect.signature(each.function).parameters.values() if p.kind is p.KEYWORD_ONLY]
    assert list(each.parameters) == keywords
    assert each.summary
    assert each.source
    for parameter, default in each.defaults.items():
        low, high = each.parameters[parameter].bounds
        if isinstance(default, int | float):
            assert low <= default <= high
            if each.parameters[parameter].training:
                assert low <= each.parameters[parameter].training[0] <= each.parameters[parameter].training[1] <= high


@pytest.mark.parametrize("name", RUNS_WITHOUT_FILES)
def test_batch_equals_one_by_one_and_keeps_shape_and_type(name: str) -> None:
    images = photo(batch=2)
    together = operator(name)(images)
    assert together.shape == images.shape
    assert together.dtype == images.dtype
    alone = torch.cat([operator(name)(image[None]) for image in images])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", RUNS_WITHOUT_FILES)
@pytest.mark.parametrize("size", [(1, 9), (9, 1), (1, 1), (7, 5)])
def test_flat_and_narrow_images_give_finite_values(name: str, size: tuple[int, int]) -> None:
    images = torch.tensor([0.0, 0.5, 1.0])[:, None, None, None].repeat(1, 3, *size)
    result = operator(name)(images)
    assert result.shape == images.shape
    assert torch.isfinite(result).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(3, 8, 8), r"\(3, 8, 8\)"),
        (torch.zeros(1, 1, 8, 8), r"\(1, 1, 8, 8\)"),
        (torch.zeros(1, 3, 0, 8), r"\(1, 3, 0, 8\)"),
        (torch.full((1, 3, 8, 8), float("nan")), "not finite"),
        (torch.full((1, 3, 8, 8), 255.0), "divide 8-bit levels by 255"),
        (torch.zeros(1, 3, 8, 8, dtype=torch.uint8), "uint8"),
    ],
)
def test_wrong_images_are_refused_in_one_line(name: str, images: torch.Tensor, message: str) -> None:
    with pytest.raises(UnfilterError, match=message) as caught:
        operator(name)(images)
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


def doubled(images: torch.Tensor, *, gain: float = 2.0) -> torch.Tensor:
    """Double."""
    return images * gain


DOUBLED = Operator("doubled", doubled, source="a test", parameters={"gain": Parameter("factor", bounds=(0.5, 4.0))})


def test_whole_numbers_serve_as_floats() -> None:
    assert torch.equal(DOUBLED(photo(), gain=3), photo() * 3.0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"gain": 5.0}, r"gain must lie in 0.5..4, got 5.0"),
        ({"gain": float("nan")}, "got nan"),
        ({"factor": 1.0}, r"has no parameter 'factor'; it has: gain"),
        ({"gain": torch.ones(2)}, r"one per image \(1\), got shape \(2,\)"),
    ],
)
def test_wrong_parameters_are_refused(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(UnfilterError, match=message):
        DOUBLED(photo(), **parameters)
