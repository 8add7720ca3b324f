"""Runs subjects in turn, each in a process of its own."""

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
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import Direction, Precision
from unfilter.proof.bench.report import BenchReport, Row
from unfilter.proof.bench.worker import SIDE
from unfilter.proof.renamed import renamed
from unfilter.run.runtimes import THREADS

_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", THREADS)
"""Environment variables by which numpy, torch and our runtimes are told how many threads to use."""

_GRAPH = ("runtime", "precision", "direction")
"""Fields of a subject that a worker needs beside the bundle, and that a row repeats."""


@dataclass(frozen=True)
class Subject:
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


def measure(
    subjects: Sequence[Subject],
    width: int,
    height: int,
    rounds: int,
    machine: str,
    on_step: Callable[[str], object] = lambda _: None,
    report: Callable[[str], object] | None = None,
) -> BenchReport:
    """Time every subject on a photo of that size, `rounds` times each, in turn.

    What is timed is `Filter.run`: pixels in memory to pixels in memory, in tiles where the photo is larger than one.

    Args:
        subjects: what to measure; torch's are what `to_torch` of a row is the ratio to.
        width: of the photo, pixels.
        height: of the photo, pixels.
        rounds: how often each runs, after once unmeasured.
        machine: in words, for the report.
        on_step: called with a line of progress.
        report: the old name of `on_step`.

    Raises:
        UnfilterError: a subject cannot be opened or run.
    """
    on_step = renamed("measure", "report", report, "on_step", on_step)
    with ExitStack() as stack:
        workers: dict[Subject | int, _Worker] = {}
        for threads in sorted({subject.threads for subject in subjects}):
            on_step(f"matrix product, {threads} threads")
            workers[threads] = stack.enter_context(_Worker({"runtime": "matrix product"}, threads))
        for subject in subjects:
            on_step(f"{subject.name} {subject.runtime} {subject.precision} {subject.direction}: opened")
            workers[subject] = stack.enter_context(_Worker(_job(subject, width, height), subject.threads))
        for number in range(rounds):
            on_step(f"round {number + 1} of {rounds}")
            for worker in workers.values():
                worker.run()
        for worker in workers.values():
            worker.end()
    rates = {threads: SIDE**3 / min(workers[threads].seconds) for threads in workers if isinstance(threads, int)}
    rows = [_row(subject, workers[subject], width * height, rates[subject.threads]) for subject in subjects]
    return BenchReport(
        machine=machine,
        width=width,
        height=height,
        rounds=rounds,
        matrix_product_macs_per_second={str(threads): rate for threads, rate in rates.items()},
        rows=tuple(rows),
    )


def _job(subject: Subject, width: int, height: int) -> dict[str, Any]:
    graph = {name: getattr(subject, name) for name in _GRAPH}
    return {"bundle": str(subject.bundle.folder), "width": width, "height": height, **graph}


def _row(subject: Subject, worker: "_Worker", pixels: int, rate: float) -> Row:
    median, macs = statistics.median(worker.seconds), subject.macs_per_pixel
    return Row(
        **{name: getattr(subject, name) for name in ("name", "threads", *_GRAPH)},
        seconds=median,
        fastest=min(worker.seconds),
        megapixels_per_second=pixels / 1e6 / median,
        share_of_matrix_product=macs * pixels / median / rate if macs else None,
        peak_bytes=worker.peak,
        own_bytes=worker.peak - worker.before,
    )


class _Worker:
    """A process that runs one subject whenever it is told to."""

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
