"""Runs cases in turn, each in a process of its own."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unfilter.errors import UnfilterError
from unfilter.format.artifact import Direction, Precision
from unfilter.format.bundle import Bundle
from unfilter.proof.bench.report import BenchReport, Row
from unfilter.proof.bench.worker import SIDE
from unfilter.proof.renamed import renamed_parameters
from unfilter.run.runtimes import THREADS

_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", THREADS)
"""Environment variables by which numpy, torch and our runtimes are told how many threads to use."""

_GRAPH = ("runtime", "precision", "direction")
"""Fields of a case that a worker needs beside the bundle, and that a row repeats."""


@dataclass(frozen=True)
class BenchCase:
    """One graph to be measured. `name` tells the bundle from others, such as `l0` or `paper preset`."""

    name: str
    bundle: Bundle
    runtime: str
    precision: Precision
    direction: Direction
    threads: int

    @property
    def macs_per_pixel(self) -> float | None:
        """Multiply-accumulates per photo pixel of this direction, where some artifact of the bundle says so."""
        counts = [
            artifact.macs_per_pixel
            for artifact in self.bundle.manifest.artifacts
            if artifact.direction == self.direction and artifact.macs_per_pixel
        ]
        return counts[0] if counts else None


@renamed_parameters("measure", subjects="cases", report="on_step")
def measure(
    cases: Sequence[BenchCase],
    width: int,
    height: int,
    rounds: int,
    machine: str,
    on_step: Callable[[str], object] = lambda _: None,
) -> BenchReport:
    """Time every case on a photo of that size, `rounds` times each, in turn.

    What is timed is `Filter.run`: pixels in memory to pixels in memory, in tiles where the photo is larger than one.

    Args:
        cases: what to measure; torch's are what `to_torch` of a row is the ratio to.
        width: of the photo, pixels.
        height: of the photo, pixels.
        rounds: how often each runs, after once unmeasured.
        machine: in words, for the report.
        on_step: called with a line of progress.

    Raises:
        UnfilterError: a case cannot be opened or run.
    """
    with ExitStack() as stack:
        workers: dict[BenchCase | int, _Worker] = {}
        for threads in sorted({case.threads for case in cases}):
            on_step(f"matrix product, {threads} threads")
            workers[threads] = stack.enter_context(_Worker({"runtime": "matrix product"}, threads))
        for case in cases:
            on_step(f"{case.name} {case.runtime} {case.precision} {case.direction}: opened")
            workers[case] = stack.enter_context(_Worker(_job(case, width, height), case.threads))
        for number in range(rounds):
            on_step(f"round {number + 1} of {rounds}")
            for worker in workers.values():
                worker.run()
        for worker in workers.values():
            worker.end()
    rates = {threads: SIDE**3 / min(workers[threads].seconds) for threads in workers if isinstance(threads, int)}
    rows = [_row(case, workers[case], width * height, rates[case.threads]) for case in cases]
    return BenchReport(
        machine=machine,
        width=width,
        height=height,
        rounds=rounds,
        matrix_product_macs_per_second={str(threads): rate for threads, rate in rates.items()},
        rows=tuple(rows),
    )


def _job(case: BenchCase, width: int, height: int) -> dict[str, Any]:
    graph = {name: getattr(case, name) for name in _GRAPH}
    return {"bundle": str(case.bundle.folder), "width": width, "height": height, **graph}


def _row(case: BenchCase, worker: "_Worker", pixels: int, rate: float) -> Row:
    median, macs = statistics.median(worker.seconds), case.macs_per_pixel
    return Row(
        **{name: getattr(case, name) for name in ("name", "threads", *_GRAPH)},
        seconds=median,
        fastest=min(worker.seconds),
        megapixels_per_second=pixels / 1e6 / median,
        share_of_matrix_product=macs * pixels / median / rate if macs else None,
        peak_bytes=worker.peak,
        own_bytes=worker.peak - worker.before,
    )


class _Worker:
    """A process that runs one case whenever it is told to."""

    def __init__(self, job: dict[str, Any], threads: int) -> None:
        import unfilter

        source = str(Path(unfilter.__file__).parents[1])
        path = os.pathsep.join(part for part in (source, os.environ.get("PYTHONPATH", "")) if part)
        self._what = f"{job['runtime']} {job.get('precision', '')} {job.get('direction', '')}".strip()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "unfilter.proof.bench.worker", json.dumps(job)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **dict.fromkeys(_POOLS, str(threads)), "PYTHONPATH": path},
        )
        self.seconds: list[float] = []
        self.peak = self.before = 0

    def __enter__(self) -> "_Worker":
        try:
            self._read()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self) -> None:
        """One round."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has died; the last line that it wrote says why
        self.seconds.append(self._read()["seconds"])

    def end(self) -> None:
        """Let it report its memory and go."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        found = self._read()
        self.peak, self.before = found["peak"], found["before"]
        self._process.stdin = None  # or communicate would flush what is closed

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None and self._process.stderr is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # runtimes print what they please
                found: dict[str, Any] = json.loads(line)
                return found
        lines = self._process.stderr.read().strip().splitlines() or ["it says nothing"]
        raise UnfilterError(f"{self._what} cannot be measured: {lines[-1]}")
