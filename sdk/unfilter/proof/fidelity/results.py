"""What was measured of one engine, graph, pair of engines or photo: the rows of a fidelity report."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from unfilter.format.artifact import Direction, Format, Precision
from unfilter.run.graphs import engine_name


class Verdict(StrEnum):
    """`UNVERIFIED`: right as far as it could be run here, but not on its vendor's own runtime. `NOT_ENGAGED`: a delegate
    that gave the very bytes of the CPU, so that it most likely ran nothing. Neither counts as pass.
    """

    PASS = "pass"
    FAIL = "fail"
    UNVERIFIED = "unverified on device"
    NOT_ENGAGED = "not engaged"


class Frozen(BaseModel):
    """A part of a report; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Engine(Frozen):
    """A runtime at a precision, on its CPU kernels or on a delegate."""

    runtime: str
    precision: Precision
    delegate: str | None = None

    def __str__(self) -> str:
        return engine_name(self.runtime, self.precision, self.delegate)


class PhotoMeasured(Frozen):
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


class GraphResult(Frozen):
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


class RoundTrip(Frozen):
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


class NotRun(Frozen):
    """A runtime that this machine does not have, or that was not asked for."""

    runtime: str
    reason: str


class Broken(Frozen):
    """An engine that could not open its artifacts, or broke off."""

    engine: Engine
    reason: str


class ArtifactSize(Frozen):
    """A file or package of the bundle; `directions` are those that it holds."""

    format: Format
    precision: Precision
    directions: tuple[Direction, ...]
    path: str
    bytes: int


class Speed(Frozen):
    """How fast one direction ran on the photo that suited it best, megapixels per second: seen in passing, no benchmark."""

    engine: Engine
    direction: Direction
    megapixels_per_second: float
