"""A hyper-parameter of a filter: a number that the user chooses for each photo, within the range that was trained.

The graph sees its place in that range (R7 of sdk/format/RULES.md).
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from unfilter.errors import UnfilterError, did_you_mean
from unfilter.format.validation import Extensible


class HyperParameter(Extensible):
    """Name and range of one hyper-parameter. The network is given it normalised: 0 at `low`, 1 at `high`.

    Law: `value(normalise(v)) == v` to float accuracy, for every `v` in the range. Source: the paper, Table 3.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    low: float
    high: float
    default: float
    scale: Literal["linear", "log"] = Field("linear", description="log: equal factors are equally far apart")

    @model_validator(mode="after")
    def _ordered(self) -> "HyperParameter":
        if not self.low <= self.default <= self.high or self.low == self.high:
            raise ValueError(f"{self.name}: needs low <= default <= high and low < high")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"{self.name}: a log scale needs a low above 0")
        return self

    def normalise(self, value: float) -> float:
        """`value` as the network is given it, 0..1.

        Raises:
            UnfilterError: outside the range.
        """
        if not self.low <= value <= self.high:
            raise UnfilterError(f"{self.name} must lie in {self.low:g}..{self.high:g}, got {value:g}")
        if self.scale == "log":
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def place(self, value: float) -> float:
        """The old name of `normalise`."""
        warnings.warn("HyperParameter.place is normalise now; the old name goes with 1.0", DeprecationWarning, stacklevel=2)
        return self.normalise(value)

    def value(self, normalised: float) -> float:
        """The inverse of `normalise`, never outside the range."""
        value: float = self.low + normalised * (self.high - self.low)
        if self.scale == "log":
            value = self.low * (self.high / self.low) ** normalised
        return min(max(value, self.low), self.high)  # at 1 the sum of rounded numbers may pass `high`

    def __str__(self) -> str:
        """Name and range, such as `smoothness 0.01..0.04`."""
        return f"{self.name} {self.low:g}..{self.high:g}"


def complete(hyper_parameters: Sequence[HyperParameter], given: Mapping[str, float]) -> dict[str, float]:
    """A value for each of `hyper_parameters`, in their order: the given one, or the default.

    Raises:
        UnfilterError: a name that is none of them, or a value outside its range; one line that says what is allowed.
    """
    names = [one.name for one in hyper_parameters]
    for name in given:
        if name not in names:
            hint = did_you_mean(name, names)
            known = ", ".join(map(str, hyper_parameters)) or "none"
            raise UnfilterError(f"this filter has no parameter {name!r}; {hint}it has: {known}")
    values = {one.name: float(given.get(one.name, one.default)) for one in hyper_parameters}
    for one in hyper_parameters:
        one.normalise(values[one.name])
    return values


def parse_settings(words: list[str]) -> dict[str, float]:
    """Values by name from `NAME=VALUE` words, as on the command line.

    Raises:
        UnfilterError: not such a word, not a number, or the same name twice.
    """
    values: dict[str, float] = {}
    for word in words:
        name, equals, text = word.partition("=")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not equals or not math.isfinite(value):
            raise UnfilterError(f"{word!r}: a hyper-parameter is set as NAME=NUMBER, such as smoothness=0.02")
        if name in values:
            raise UnfilterError(f"{word!r}: {name} is set twice")
        values[name] = value
    return values
