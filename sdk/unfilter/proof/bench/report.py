"""What `bench` measured, as data and as a table."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from unfilter.format.artifact import Direction, Precision

SCHEMA: Literal[1] = 1


class Row(BaseModel):
    """One graph on one thread count.

    Attributes:
        seconds: median of the rounds, a photo each.
        fastest: of the rounds.
        megapixels_per_second: by the median.
        share_of_matrix_product: multiply-accumulates per second, by the median, over those of the fastest product of two
            2048 x 2048 matrices by numpy on as many threads; None where the bundle does not count them.
        peak_bytes: most memory that its process held, interpreter and runtime with it.
        own_bytes: how much of that came after the interpreter had started.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    runtime: str
    precision: Precision
    direction: Direction
    threads: int
    seconds: float
    fastest: float
    megapixels_per_second: float
    share_of_matrix_product: float | None
    peak_bytes: int
    own_bytes: int


class BenchReport(BaseModel):
    """All rows of one run; they ran in turn, so that their ratios hold on a busy machine too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = SCHEMA
    machine: str
    width: int
    height: int
    rounds: int
    matrix_product_macs_per_second: dict[str, float]
    rows: tuple[Row, ...]

    def times(self, row: Row, name: str, runtime: str) -> float | None:
        """How many times as fast as the row of that subject and runtime in fp32, same direction and threads, `row` is."""
        for other in self.rows:
            same = (other.direction, other.threads) == (row.direction, row.threads)
            if same and (other.name, other.runtime, other.precision) == (name, runtime, "fp32"):
                return other.seconds / row.seconds
        return None


def render(report: BenchReport, baseline: str | None = None) -> str:
    """The table; `baseline` is the name of the subject whose ONNX graphs the last column is the ratio to."""
    lines = [f"{report.machine}; {report.width} x {report.height}, median of {report.rounds} rounds in turn"]
    lines += [
        f"matrix product on {threads} thread(s): {rate / 1e9:.1f} GMAC/s"
        for threads, rate in report.matrix_product_macs_per_second.items()
    ]
    heads = ("", "threads", "ms", "MP/s", "of product", "peak", "x torch", f"x {baseline}" if baseline else "")
    lines += ["", f"{'graph':<34}" + "".join(f"{head:>{max(11, len(head) + 2)}}" for head in heads[1:]).rstrip()]
    for row in report.rows:
        share = "-" if row.share_of_matrix_product is None else f"{row.share_of_matrix_product:.0%}"
        cells = [str(row.threads), f"{row.seconds * 1e3:.1f}", f"{row.megapixels_per_second:.2f}", share]
        cells += [f"{row.peak_bytes / 1e6:.0f} MB", _times(report.times(row, row.name, "torch"))]
        cells += [_times(report.times(row, baseline, "onnx"))] if baseline else []
        name = f"{row.name} {row.runtime} {row.precision} {row.direction}"
        widths = [max(11, len(head) + 2) for head in heads[1:]]
        lines.append(f"{name:<34}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=False)))
    return "\n".join(lines)


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"
