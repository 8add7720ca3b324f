"""From measures to a verdict: linear discriminant analysis between the filter's own files and others.

Source: Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", second edition, section 4.3. The means move
with the quality of a JPEG, along a parabola.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from unfilter.errors import BundleError
from unfilter.format.manifest import CarrierKind
from unfilter.jobs.detection.evidence import NAMES

MADE = "filtered"
"""The class of files that are as the filter saved them."""

FILE = "detection.json"
TAGGED = 3.0
"""Natural units that a tag of the filter itself counts: whoever altered the file has seldom kept it, and never by chance."""

_COARSEST = 102
"""So that log2(_COARSEST - quality) spreads qualities as their steps do, and is finite at 100."""


@dataclass(frozen=True)
class Finding:
    """What the pixels of a file say.

    Attributes:
        made: whether they are as the filter saved them.
        score: log-likelihood ratio against the likeliest alteration, natural units, 0 at the threshold.
        likeness: the class that they resemble most, such as `resized`.
        residual_db: PSNR of forward(inverse(pixels)) against the pixels, dB.
        usual_db: what it is for files of the filter, dB.
    """

    made: bool
    score: float
    likeness: str
    residual_db: float
    usual_db: float

    @property
    def confidence(self) -> float:
        """Probability of the verdict at even odds, 0.5 at the threshold."""
        return float(1 / (1 + np.exp(-min(abs(self.score), 50))))

    def __str__(self) -> str:
        """The measured reason, in words."""
        measured = f"forward(inverse) lands {self.residual_db:.1f} dB from its pixels, {self.usual_db:.1f} is usual"
        if self.made:
            return measured
        return f"{measured}; it looks {self.likeness}, not as the filter saved it"


class CarrierModel(BaseModel):
    """The classes of files in one kind of carrier.

    Attributes:
        means: by class, each measure's coefficients of 1, t and t**2, where t tells a JPEG's quality and is 0 elsewhere.
        precision: inverse of the covariance of the measures within a class, a row per measure.
        threshold: least score of a file that counts as made by the filter.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    means: dict[str, tuple[tuple[float, ...], ...]]
    precision: tuple[tuple[float, ...], ...]
    threshold: float

    @model_validator(mode="after")
    def _shapes_agree(self) -> "CarrierModel":
        if MADE not in self.means or len(self.means) < 2:
            raise ValueError(f"needs the class {MADE!r} and another one")
        rows = [*self.precision, *(row for mean in self.means.values() for row in mean)]
        if any(len(row) != len(self.precision) for row in rows) or any(len(mean) != 3 for mean in self.means.values()):
            raise ValueError(f"the classes' means and the precision do not fit {len(self.precision)} measures")
        return self

    def log_likelihoods(self, measures: NDArray[np.float64], quality: int | None) -> dict[str, float]:
        """By class, up to a constant that they share."""
        precision = np.array(self.precision)
        powers = powers_of(quality)
        distances = {name: measures - powers @ np.array(mean) for name, mean in self.means.items()}
        return {name: float(-0.5 * distance @ precision @ distance) for name, distance in distances.items()}

    def ratio(self, measures: NDArray[np.float64], quality: int | None) -> float:
        """Log-likelihood ratio of the filter's own files against all other classes together, each weighing the same."""
        found = self.log_likelihoods(measures, quality)
        return found[MADE] - float(np.logaddexp.reduce([value for name, value in found.items() if name != MADE]))


def powers_of(quality: int | None) -> NDArray[np.float64]:
    """1, t and t**2 for a JPEG of `quality` 1..100; 1, 0, 0 for an exact file."""
    t = 0.0 if quality is None else float(np.log2(_COARSEST - quality))
    return np.array([1.0, t, t * t])


class Detector(BaseModel):
    """`detection.json` of a bundle. Frozen; another version is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    weights_sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the weights that it was calibrated for")
    photos: int = Field(description="how many it was calibrated on")
    measures: tuple[str, ...]
    lowest_quality: int | None = Field(None, ge=1, le=100, description="of the JPEG files that the filter was trained for")
    carriers: dict[CarrierKind, CarrierModel]

    @model_validator(mode="after")
    def _known_measures(self) -> "Detector":
        if self.measures != NAMES:
            raise ValueError("was calibrated on other measures than this unfilter takes")
        if any(len(model.precision) != len(NAMES) for model in self.carriers.values()):
            raise ValueError(f"needs {len(NAMES)} measures in every carrier")
        return self

    def judge(self, measures: Sequence[float], quality: int | None = None, *, tagged: bool = False) -> Finding | None:
        """The verdict on a file with these measures; None for a kind of carrier that was not calibrated.

        Args:
            measures: as `evidence.measure` gives them.
            quality: of a JPEG, 1..100; None for an exact file.
            tagged: whether the file says itself that this filter made it, in a file of this kind.
        """
        model = self.carriers.get("exact" if quality is None else "jpeg")
        if model is None:
            return None
        values = np.array(measures, np.float64)
        found = model.log_likelihoods(values, quality)
        score = model.ratio(values, quality) - model.threshold + (TAGGED if tagged else 0)
        made = score >= 0
        usual = (powers_of(quality) @ np.array(model.means[MADE]))[0]
        others = {name: value for name, value in found.items() if name != MADE}
        likeness = MADE if made else max(others, key=lambda name: others[name])
        return Finding(made, score, likeness, residual_db=-10 * float(values[0]), usual_db=-10 * float(usual))


def read_detector(path: Path) -> Detector:
    """The detector in a file.

    Raises:
        BundleError: missing, damaged, or of another version.
    """
    try:
        return Detector.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror}); calibrate with `unfilter detection`") from None
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise BundleError(f"{path}: {reason}; calibrate again with `unfilter detection`") from None
