"""What `first_divergence` found, as data and as text."""

from pydantic import BaseModel, ConfigDict

from unfilter.format.artifact import Direction
from unfilter.proof.fidelity.results import Engine


class Divergence(BaseModel):
    """The first operation of a graph whose output departs from what another graph computes.

    Attributes:
        walked: how many values were compared.
        operation: kind and name in its own file; empty where nothing departs.
        layer: of the network, from the other graph, where that records it; else the other's operation.
        error: largest difference of its output; infinite where one is not a number.
        before: largest difference of its inputs from their counterparts, relative to their largest value.
        range: smallest and largest value that it gave.
        expected: the same of the other graph.
        diagnosis: what the difference looks like.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    engine: Engine
    trusted: Engine
    direction: Direction
    walked: int
    operation: str = ""
    layer: str = ""
    error: float = 0.0
    before: float = 0.0
    range: tuple[float, float] = (0.0, 0.0)
    expected: tuple[float, float] = (0.0, 0.0)
    diagnosis: str = ""

    def __str__(self) -> str:
        compared = f"{self.engine} {self.direction} against {self.trusted}, {self.walked} values"
        if not self.operation:
            return f"{compared}: nothing departs on a small photo; look at tiles, masks and rounding"
        return (
            f"{compared}: first departs at {self.operation}, layer {self.layer}: error {self.error:.2g}, "
            f"values {_span(self.range)} where {_span(self.expected)} belong, inputs right within {self.before:.1g}; "
            f"{self.diagnosis}"
        )


def _span(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.3g} .. {ends[1]:.3g}"
