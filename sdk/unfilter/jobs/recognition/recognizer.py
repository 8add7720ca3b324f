"""From traces to a score for one filter, and to the quality that restoring has: `recognition.json` of a bundle.

The score is a small network's: layers of weights with ReLU between them, on measures of mean 0 and deviation 1. It is plain
arithmetic on few numbers, so that every language can do it without a runtime.
"""

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from unfilter.errors import BundleError
from unfilter.jobs.recognition import traces

FILE = "recognition.json"

Measures = NDArray[np.float64]


class Layer(BaseModel):
    """`weights` has a row per output."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    weights: tuple[tuple[float, ...], ...] = Field(min_length=1)
    bias: tuple[float, ...]


class Quality(BaseModel):
    """PSNR to expect, a linear function of the measures, kept within what was seen when it was fitted."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    weights: tuple[float, ...]
    bias: float = Field(description="dB where every measure is as usual")
    least: float = Field(description="dB")
    most: float = Field(description="dB")
    off: float = Field(ge=0, description="root mean square error on photos that it was not fitted on, dB")

    def db(self, measures: Measures) -> float:
        """For a row of measures of mean 0 and deviation 1 per square."""
        return float(np.clip((measures @ np.array(self.weights)).mean() + self.bias, self.least, self.most))


class Recognizer(BaseModel):
    """What tells a filter's pictures from all others. Frozen; another version is refused.

    Attributes:
        own: least score that counts as made by the filter: at most one in a hundred foreign pictures has it.
        foreign: score below which hardly any of the filter's own pictures lie.
        recognised: share of the filter's own pictures, as shared, that reach `own`.
        restored: what restoring a shared picture gives, against the photo at that size.
        arrived: what the picture itself is worth, against the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    weights_sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the weights that it was calibrated for")
    photos: int = Field(ge=1, description="how many it was calibrated on")
    traces: int = Field(description="version of the measures")
    centre: tuple[float, ...]
    deviation: tuple[float, ...]
    layers: tuple[Layer, ...] = Field(min_length=1)
    own: float
    foreign: float
    recognised: float = Field(ge=0, le=1)
    restored: Quality
    arrived: Quality

    @model_validator(mode="after")
    def _shapes_agree(self) -> "Recognizer":
        if self.traces != traces.VERSION:
            raise ValueError(f"was calibrated on measures {self.traces}, this unfilter takes {traces.VERSION}")
        width = traces.COUNT
        rows = (self.centre, self.deviation, self.restored.weights, self.arrived.weights)
        if any(len(row) != width for row in rows) or min(self.deviation) <= 0:
            raise ValueError(f"needs {width} measures, each with a deviation above zero")
        for layer in self.layers:
            if any(len(row) != width for row in layer.weights) or len(layer.bias) != len(layer.weights):
                raise ValueError("the layers' weights do not fit one another")
            width = len(layer.bias)
        if width != 1 or self.foreign > self.own:
            raise ValueError("the last layer gives one score, and `foreign` is not above `own`")
        return self

    def usual(self, measures: Measures) -> Measures:
        """Measures, a row per square, with mean 0 and deviation 1 over what it was calibrated on, none beyond 5."""
        deviations: Measures = (measures - np.array(self.centre)) / np.array(self.deviation)
        return deviations.clip(-5, 5)

    def score(self, measures: Measures) -> float:
        """Mean over squares, natural units, of what `traces.traces` gives for a picture."""
        values = self.usual(measures)
        for index, layer in enumerate(self.layers):
            values = values @ np.array(layer.weights).T + np.array(layer.bias)
            if index < len(self.layers) - 1:
                values = np.maximum(values, 0)
        return float(values.mean())


def read_recognizer(path: Path) -> Recognizer:
    """The recogniser in a file.

    Raises:
        BundleError: missing, damaged, or of another version.
    """
    try:
        return Recognizer.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror}); calibrate with `unfilter detection`") from None
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise BundleError(f"{path}: {reason}; calibrate again with `unfilter detection recognise`") from None
