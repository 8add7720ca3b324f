"""How far an artifact may depart from the PyTorch reference, per precision, with the reason for each number.

The numbers that ship stand in `tolerances.toml` beside this module; a user's file of the same form overrides some of them.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unfilter.errors import UnfilterError
from unfilter.format.validation import first_problem

SHIPPED = Path(__file__).with_suffix(".toml")


class Tolerance(BaseModel):
    """Bounds for one precision.

    Attributes:
        error: largest difference of any graph output from the reference's, in 0..1 units.
        levels: largest difference of the rounded bytes from the reference's, in levels.
        differing: share of the rounded bytes that differ from the reference's, 0..1.
        round_trip_db: how much lower the mean PSNR of restored photos may be than the reference's own round trip, dB.
        photo_db: the same for the photo that fares worst, dB.
        reasons: why each number is what it is, by its name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    error: float = Field(ge=0)
    levels: int = Field(ge=0)
    differing: float = Field(ge=0, le=1)
    round_trip_db: float = Field(ge=0)
    photo_db: float = Field(ge=0)
    reasons: dict[str, str] = {}


METRICS = tuple(name for name in Tolerance.model_fields if name != "reasons")

Tolerances = Mapping[str, Tolerance]
"""By precision."""


def read_tolerances(path: Path, base: Tolerances) -> dict[str, Tolerance]:
    """`base` with what the TOML file at `path` says otherwise. A precision that `base` lacks needs every number.

    Raises:
        UnfilterError: unreadable, no TOML, an unknown metric, or a number out of range, in one line that says where.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnfilterError(f"{path}: cannot be read as tolerances ({' '.join(str(error).split())})") from None
    return {**base, **{name: _merged(path, name, given, base.get(name)) for name, given in tables.items()}}


def _merged(path: Path, precision: str, given: Any, base: Tolerance | None) -> Tolerance:
    if not isinstance(given, dict):
        raise UnfilterError(f"{path}: {precision} must be a table of a precision, such as [fp16], not {given!r}")
    reasons = given.get("reasons", {})
    if not isinstance(reasons, dict):
        raise UnfilterError(f"{path}: {precision}.reasons must be a table of reasons by metric, not {reasons!r}")
    fields: dict[str, Any] = base.model_dump() if base else {"reasons": {}}
    # The reason of a number that was replaced is no reason for the new one.
    replaced = {name: f"set in {path.name}" for name in given if name in METRICS} if base else {}
    try:
        return Tolerance.model_validate(fields | given | {"reasons": fields["reasons"] | replaced | reasons})
    except ValidationError as error:
        problem = first_problem(error, "tolerance")
        raise UnfilterError(f"{path}: {precision}.{problem}; the metrics are {', '.join(METRICS)}") from None


TOLERANCES: dict[str, Tolerance] = read_tolerances(SHIPPED, {})
"""Those that ship."""


def of_pair(tolerances: Tolerances, forward: str, inverse: str) -> Tolerance:
    """The tolerance of a round trip over two precisions: the looser of both.

    Raises:
        UnfilterError: there is none for one of them.
    """
    pair = (of_precision(tolerances, forward), of_precision(tolerances, inverse))
    return max(pair, key=lambda tolerance: tolerance.round_trip_db)


def of_precision(tolerances: Tolerances, precision: str) -> Tolerance:
    """The tolerance of one precision.

    Raises:
        UnfilterError: there is none.
    """
    if precision not in tolerances:
        raise UnfilterError(
            f"no tolerance for precision {precision}; there are {', '.join(tolerances)}: add a table [{precision}] to a file"
            " and name it with --tolerances"
        )
    return tolerances[precision]
