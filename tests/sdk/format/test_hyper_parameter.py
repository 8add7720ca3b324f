"""Laws: normalised and plain values are each other's inverse and stay in their ranges; what is not named has its default."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from unfilter import HyperParameter, UnfilterError
from unfilter.format.hyper_parameter import complete

SMOOTHNESS = HyperParameter(name="smoothness", low=0.01, high=0.04, default=0.02)
SIGMA = HyperParameter(name="sigma", low=0.05, high=0.4, default=0.1, scale="log")


@st.composite
def hyper_parameters(draw: st.DrawFn) -> HyperParameter:
    scale = draw(st.sampled_from(["linear", "log"]))
    low = draw(st.floats(1e-3, 1e3))
    high = low * draw(st.floats(1.01, 1e3))
    if scale == "linear" and draw(st.booleans()):
        low, high = -high, -low
    return HyperParameter(name="p", low=low, high=high, default=low, scale=scale)


@given(hyper_parameters(), st.floats(0, 1))
def test_normalising_and_back_gives_the_value(one: HyperParameter, normalised: float) -> None:
    value = one.value(normalised)
    assert one.low <= value <= one.high
    assert one.normalise(value) == pytest.approx(normalised, abs=1e-9)
    assert one.value(one.normalise(value)) == pytest.approx(value, rel=1e-9)


@given(hyper_parameters())
def test_the_ends_of_the_range_are_normalised_to_0_and_1(one: HyperParameter) -> None:
    assert one.normalise(one.low) == 0
    assert one.normalise(one.high) == pytest.approx(1, abs=1e-12)
    assert one.value(0) == pytest.approx(one.low)
    assert one.value(1) == pytest.approx(one.high)


def test_on_a_log_scale_equal_factors_are_equally_far_apart() -> None:
    assert SIGMA.normalise(0.1) == pytest.approx(1 / 3)
    assert SIGMA.normalise(0.2) == pytest.approx(2 / 3)
    assert SMOOTHNESS.normalise(0.025) == pytest.approx(0.5)


def test_the_old_name_of_normalise_warns_and_works() -> None:
    with pytest.warns(DeprecationWarning, match="is normalise now"):
        assert SIGMA.place(0.1) == SIGMA.normalise(0.1)


@pytest.mark.parametrize("value", [0.0099, 0.0401, -1.0, math.inf, math.nan])
def test_a_value_outside_the_range_is_refused_with_the_range(value: float) -> None:
    with pytest.raises(UnfilterError, match=r"^smoothness must lie in 0\.01\.\.0\.04, got "):
        SMOOTHNESS.normalise(value)


def test_what_is_not_named_has_its_default_and_the_order_is_the_filters() -> None:
    both = (SMOOTHNESS, SIGMA)
    assert complete(both, {}) == {"smoothness": 0.02, "sigma": 0.1}
    assert list(complete(both, {"sigma": 0.3, "smoothness": 0.04}).items()) == [("smoothness", 0.04), ("sigma", 0.3)]
    assert complete((), {}) == {}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("smothness", r"no parameter 'smothness'; did you mean smoothness\? it has: smoothness 0\.01\.\.0\.04, sigma 0\.05"),
        ("hue", r"no parameter 'hue'; it has: smoothness 0\.01\.\.0\.04, sigma 0\.05\.\.0\.4$"),
        ("two\nlines", r"no parameter 'two\\nlines'; it has: "),
    ],
)
def test_an_unknown_name_is_told_with_those_that_exist(name: str, message: str) -> None:
    with pytest.raises(UnfilterError, match=message):
        complete((SMOOTHNESS, SIGMA), {name: 0.02})


def test_a_filter_without_any_says_so() -> None:
    with pytest.raises(UnfilterError, match=r"no parameter 'smoothness'; it has: none$"):
        complete((), {"smoothness": 0.02})


@pytest.mark.parametrize(
    "fields",
    [
        {"low": 0.05},  # above the default
        {"high": 0.01},  # below it
        {"low": 0.02, "high": 0.02},  # nothing to choose
        {"low": 0.0, "scale": "log"},
        {"high": math.inf},
        {"name": "Smoothness"},
        {"name": "two\nlines"},
        {"name": "s" * 65},  # more than a tag holds
        {"scale": "cubic"},
    ],
    ids=str,
)
def test_a_range_that_means_nothing_cannot_be_made(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HyperParameter.model_validate(SMOOTHNESS.model_dump() | fields)
