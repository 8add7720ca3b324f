"""What `verify` found, as data and as text."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, computed_field

from unfilter.bundle import Direction, Precision


class Verdict(StrEnum):
    """`UNVERIFIED`: right as far as it could be run here, but not on its vendor's own runtime. Never counts as pass."""

    PASS = "pass"
    FAIL = "fail"
    UNVERIFIED = "unverified on device"


class Engine(BaseModel):
    """A runtime at a precision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runtime: str
    precision: Precision

    def __str__(self) -> str:
        return f"{self.runtime} {self.precision}"


class GraphResult(BaseModel):
    """One graph on all goldens, against the reference.

    Attributes:
        error: largest float difference from the PyTorch reference; None where torch is not installed.
        levels: largest difference of the rounded bytes from the golden bytes.
        differing: share of bytes that differ from the golden bytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    engine: Engine
    direction: Direction
    error: float | None
    levels: int
    differing: float
    verdict: Verdict


class RoundTrip(BaseModel):
    """Forward on one engine, 8-bit bytes, inverse on another: mean PSNR of restored against photo over the goldens, dB."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    forward: Engine
    inverse: Engine
    restored_db: float
    verdict: Verdict


class NotRun(BaseModel):
    """A runtime that this machine does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runtime: str
    reason: str


class FidelityReport(BaseModel):
    """All results; `reference_db` is the mean PSNR of the goldens' restored photos, which the reference made."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    filter: str
    restoration: str
    reference_db: float
    graphs: tuple[GraphResult, ...]
    round_trips: tuple[RoundTrip, ...]
    not_run: tuple[NotRun, ...] = ()
    required: tuple[str, ...] = ()

    def _missing(self) -> Iterator[str]:
        for runtime in self.required:
            results = [result.verdict for result in self.graphs if result.engine.runtime == runtime]
            if not results or any(verdict is not Verdict.PASS for verdict in results):
                yield runtime

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented form; mypy cannot see through it
    @property
    def failures(self) -> tuple[str, ...]:
        """Everything that failed, a line each; empty where nothing did."""
        lines = [
            f"{r.engine} {r.direction}: error {_error(r.error)}, {r.levels} levels"
            for r in self.graphs
            if r.verdict is Verdict.FAIL
        ]
        lines += [
            f"{t.forward} -> {t.inverse}: restores {t.restored_db:.2f} dB, the reference {self.reference_db:.2f}"
            for t in self.round_trips
            if t.verdict is Verdict.FAIL
        ]
        lines += [f"{name}: required, but not verified on its own runtime here" for name in self._missing()]
        return tuple(lines)


def _error(error: float | None) -> str:
    return "-" if error is None else f"{error:.1e}"


def render(report: FidelityReport) -> str:
    """The report as text: graphs, the matrix, what was not run, the verdict."""
    lines = [f"filter {report.filter}, restoration {report.restoration[:12]}", ""]
    lines.append(f"{'graph':<22}{'max error':>10}{'levels':>8}{'differing':>11}  verdict")
    for r in report.graphs:
        name = f"{r.engine} {r.direction}"
        lines.append(f"{name:<22}{_error(r.error):>10}{r.levels:>8}{r.differing:>11.4%}  {r.verdict}")
    lines += ["", f"restored PSNR in dB, forward (rows) to inverse (columns); the reference: {report.reference_db:.2f}"]
    engines = list(dict.fromkeys(t.forward for t in report.round_trips))
    lines.append(" " * 14 + "".join(f"{engine!s:>14}" for engine in engines))
    marks = {Verdict.PASS: " ", Verdict.FAIL: "!", Verdict.UNVERIFIED: "?"}
    cells = {(t.forward, t.inverse): f"{t.restored_db:.2f}{marks[t.verdict]}" for t in report.round_trips}
    for forward in engines:
        lines.append(f"{forward!s:<14}" + "".join(f"{cells[forward, inverse]:>14}" for inverse in engines))
    lines.append("? = unverified on device   ! = fail")
    lines += [f"not run: {absent.runtime}: {absent.reason}" for absent in report.not_run]
    lines += ["", *(f"FAIL {failure}" for failure in report.failures)]
    return "\n".join([*lines, _summary(report)])


def _summary(report: FidelityReport) -> str:
    verdicts = [r.verdict for r in report.graphs] + [t.verdict for t in report.round_trips]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict if verdict in verdicts)
    return f"{'FAIL' if report.failures else 'OK'}: {counts}"
