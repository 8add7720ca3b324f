"""What `verify` found, as data: schema 1 of the JSON report, documented in docs/verify.md.

Law: `FidelityReport.model_validate_json(r.model_dump_json()) == r`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, computed_field, model_validator

from unfilter.errors import UnfilterError
from unfilter.format.artifact import Refused
from unfilter.format.validation import first_problem
from unfilter.proof.fidelity.results import (
    ArtifactSize,
    Broken,
    Engine,
    Frozen,
    GraphResult,
    NotRun,
    PhotoMeasured,
    RoundTrip,
    Speed,
    Verdict,
)
from unfilter.proof.fidelity.tolerances import Tolerance
from unfilter.run.delegates.coverage import Coverage

SCHEMA: Literal[1] = 1
COMPUTED = ("failures",)
"""Fields that the JSON holds for its readers, and that follow from the others."""


class FidelityReport(Frozen):
    """All results.

    Attributes:
        reference: what made the bytes that results are compared with: `goldens`, or the engine that ran on the photos.
        reference_db: mean PSNR of the photos that the reference restored, dB.
        tolerances: by precision; what the verdicts follow from.
        machine: system and processor; `note` is the user's own word on it, such as that it is emulated.
        tools: versions of the runtimes.
        required: runtimes that must have passed.
        unsound: in what the bundle contradicts itself or this version, a line each; see `consistency`.
        coverage: what GPUs and NPUs would run of each artifact, as the bundle's `delegates.json` says.
        refused: precisions that were made and do not ship.
        failures: everything that failed, a line each; follows from the rest.
    """

    schema_version: Literal[1] = SCHEMA
    filter: str
    restoration: str
    machine: str
    note: str | None = None
    tools: dict[str, str] = Field({})
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
