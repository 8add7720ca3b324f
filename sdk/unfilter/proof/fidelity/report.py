"""What `verify` found, as data: schema 1 of the JSON report, documented in docs/verify.md.

Law: `FidelityReport.model_validate_json(r.model_dump_json()) == r`.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, computed_field, model_validator

from unfilter.errors import UnfilterError
from unfilter.format.manifest import Direction, Format, Precision, Refused
from unfilter.format.validation import first_problem
from unfilter.proof.fidelity.tolerances import Tolerance
from unfilter.run.delegates.coverage import Coverage

SCHEMA: Literal[1] = 1
COMPUTED = ("failures",)
"""Fields that the JSON holds for its readers, and that follow from the others."""


class Verdict(StrEnum):
    """`UNVERIFIED`: right as far as it could be run here, but not on its vendor's own runtime. `NOT_ENGAGED`: a delegate
    that gave the very bytes of the CPU, so that it most likely ran nothing. Neither counts as pass.
    """

    PASS = "pass"
    FAIL = "fail"
    UNVERIFIED = "unverified on device"
    NOT_ENGAGED = "not engaged"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Engine(_Frozen):
    """A runtime at a precision, on its CPU kernels or on a delegate."""

    runtime: str
    precision: Precision
    delegate: str | None = None

    def __str__(self) -> str:
        return f"{self.runtime}{'+' + self.delegate if self.delegate else ''} {self.precision}"


class PhotoMeasured(_Frozen):
    """A photo that was measured on, and what the reference makes of it.

    Attributes:
        round_trip: whether every forward met every inverse on it; otherwise it is for the graphs alone.
        reference_db: PSNR of the photo that the reference restored against the photo, dB.
        filtered_db: PSNR of the reference's filtered bytes against the photo, dB: how much of the photo is seen to be gone.
    """

    name: str
    height: int
    width: int
    round_trip: bool
    reference_db: float
    filtered_db: float


class GraphResult(_Frozen):
    """One graph on all photos, against the reference.

    Attributes:
        error: largest float difference from the PyTorch reference; None where torch is not installed.
        psnr: of the rounded bytes against the reference's, over the bytes of all photos, dB.
        levels: largest difference of the rounded bytes from the reference's.
        differing: share of bytes that differ from the reference's.
        engaged: for a delegate, whether its values differ from those of its runtime's CPU; None where that was not compared.
        verdict: `judge` says it.
    """

    engine: Engine
    direction: Direction
    error: float | None
    psnr: float
    levels: int
    differing: float
    engaged: bool | None = None
    verdict: Verdict


class RoundTrip(_Frozen):
    """Forward on one engine, 8-bit bytes, inverse on another.

    Attributes:
        restored_db: mean PSNR of restored against photo, dB.
        photos_db: the same for each photo, in the order of the report's photos that have round trips.
        psnr: of the restored bytes against those that the reference restored, over the bytes of all photos, dB.
        levels: largest difference of the restored bytes from the reference's.
        differing: share of restored bytes that differ from the reference's.
        verdict: `judge` says it.
    """

    forward: Engine
    inverse: Engine
    restored_db: float
    photos_db: tuple[float, ...]
    psnr: float
    levels: int
    differing: float
    verdict: Verdict

    def __str__(self) -> str:
        return f"{self.forward} -> {self.inverse}"


class NotRun(_Frozen):
    """A runtime that this machine does not have, or that was not asked for."""

    runtime: str
    reason: str


class Broken(_Frozen):
    """An engine that could not open its artifacts, or broke off."""

    engine: Engine
    reason: str


class ArtifactSize(_Frozen):
    """A file or package of the bundle; `directions` are those that it holds."""

    format: Format
    precision: Precision
    directions: tuple[Direction, ...]
    path: str
    bytes: int


class Speed(_Frozen):
    """How fast one direction ran on the photo that suited it best, megapixels per second: seen in passing, no benchmark."""

    engine: Engine
    direction: Direction
    megapixels_per_second: float


class FidelityReport(_Frozen):
    """All results.

    Attributes:
        reference: what made the bytes that results are compared with: `goldens`, or the engine that ran on the photos.
        reference_db: mean PSNR of the photos that the reference restored, dB.
        tolerances: by precision; what the verdicts follow from.
        machine: system and processor; `note` is the user's own word on it, such as that it is emulated.
        tools: versions of the runtimes.
        required: runtimes that must have passed.
        unsound: in what the bundle contradicts itself or this version, a line each; see `soundness`.
        coverage: what GPUs and NPUs would run of each artifact, as the bundle's `delegates.json` says.
        refused: precisions that were made and do not ship.
        failures: everything that failed, a line each; follows from the rest.
    """

    schema_version: Literal[1] = SCHEMA
    filter: str
    restoration: str
    machine: str
    note: str | None = None
    tools: dict[str, str] = {}
    reference: str
    reference_db: float
    photos: tuple[PhotoMeasured, ...]
    graphs: tuple[GraphResult, ...]
    round_trips: tuple[RoundTrip, ...]
    not_run: tuple[NotRun, ...] = ()
    broken: tuple[Broken, ...] = ()
    required: tuple[str, ...] = ()
    unsound: tuple[str, ...] = ()
    sizes: tuple[ArtifactSize, ...] = ()
    speeds: tuple[Speed, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    refused: tuple[Refused, ...] = ()
    tolerances: dict[str, Tolerance] = Field(description="by precision")

    @model_validator(mode="before")
    @classmethod
    def _without_what_follows(cls, fields: Any) -> Any:
        return (
            {name: value for name, value in fields.items() if name not in COMPUTED} if isinstance(fields, dict) else fields
        )

    @model_validator(mode="after")
    def _each_photo_has_its_number(self) -> "FidelityReport":
        count = len(self.round_trip_photos)
        for trip in self.round_trips:
            if len(trip.photos_db) != count:
                raise ValueError(f"{trip}: numbers of {len(trip.photos_db)} photos, where {count} have round trips")
        return self

    @property
    def round_trip_photos(self) -> tuple[PhotoMeasured, ...]:
        """The photos on which every forward met every inverse."""
        return tuple(photo for photo in self.photos if photo.round_trip)

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Those that ran, in the order of the matrix."""
        return tuple(dict.fromkeys(result.engine for result in self.graphs))

    @property
    def worst(self) -> RoundTrip | None:
        """The round trip that restores least."""
        return min(self.round_trips, key=lambda trip: trip.restored_db, default=None)

    def count(self, verdict: Verdict) -> int:
        """How many graphs and round trips got that verdict."""
        verdicts = [result.verdict for result in self.graphs] + [trip.verdict for trip in self.round_trips]
        return verdicts.count(verdict)

    def missing(self) -> Iterator[str]:
        """Required runtimes that did not pass everything."""
        for runtime in self.required:
            results = [result.verdict for result in self.graphs if result.engine.runtime == runtime]
            if not results or any(verdict is not Verdict.PASS for verdict in results):
                yield runtime

    def _hardest_hit(self, trip: RoundTrip) -> str:
        pairs = zip(self.round_trip_photos, trip.photos_db, strict=True)
        photo, restored = min(pairs, key=lambda pair: pair[1] - pair[0].reference_db)
        return f"{photo.name} fares worst, {restored:.2f} for {photo.reference_db:.2f}"

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented form; mypy cannot see through it
    @property
    def failures(self) -> tuple[str, ...]:
        """Everything that failed, a line each; empty where nothing did."""
        lines = [f"bundle: {line}" for line in self.unsound]
        lines += [f"{one.engine}: {one.reason}" for one in self.broken]
        lines += [
            f"{r.engine} {r.direction}: error {error_text(r.error)}, {r.levels} levels, {r.differing:.2%} of bytes differ"
            for r in self.graphs
            if r.verdict is Verdict.FAIL
        ]
        lines += [
            f"{t}: restores {t.restored_db:.2f} dB, the reference {self.reference_db:.2f}; {self._hardest_hit(t)}"
            for t in self.round_trips
            if t.verdict is Verdict.FAIL
        ]
        lines += [f"{name}: required, but not verified on its own runtime here" for name in self.missing()]
        return tuple(lines)


def error_text(error: float | None) -> str:
    """A float error for a reader; a dash where it was not measured."""
    return "-" if error is None else f"{error:.1e}"


def read_report(path: Path) -> FidelityReport:
    """A report that was saved as JSON.

    Raises:
        UnfilterError: unreadable, of another schema, or not what a report must be, in one line that says where.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnfilterError(f"{path}: cannot be read as a report ({' '.join(str(error).split())})") from None
    found = fields.get("schema_version") if isinstance(fields, dict) else None
    if found != SCHEMA:
        raise UnfilterError(
            f"{path}: report schema {found!r}, this unfilter reads {SCHEMA}; measure again with `unfilter verify --json`"
        )
    try:
        return FidelityReport.model_validate(fields)
    except ValidationError as error:
        problem = first_problem(error, "report")
        raise UnfilterError(f"{path}: {problem}; measure again with `unfilter verify --json`") from None
