"""Sums over photos, from which the numbers of a report follow."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from unfilter.format.artifact import DIRECTIONS, Direction
from unfilter.proof.fidelity.difference import Difference
from unfilter.proof.fidelity.metrics import psnr
from unfilter.proof.fidelity.results import Engine, GraphResult, RoundTrip, Speed, Verdict

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class GraphTally:
    """One direction on one engine."""

    def __init__(self) -> None:
        self.difference = Difference()
        self._error: float | None = None
        self._values = hashlib.sha256()
        self._rate = 0.0

    def add(self, values: Floats, exact: Floats | None, levels: Pixels, expected: Pixels, seconds: float) -> None:
        """Take in one photo: unrounded values over its aligned part and the reference's, its bytes and the reference's."""
        self.difference.add(levels, expected)
        self._values.update(np.ascontiguousarray(values).tobytes())
        self._rate = max(self._rate, values.shape[0] * values.shape[1] / 1e6 / max(seconds, 1e-9))
        if exact is not None:
            # numpy's maximum keeps not-a-number, so that no tolerance admits it
            error = float(np.max(np.abs(values - exact), initial=0))
            self._error = error if self._error is None else float(np.maximum(self._error, error))

    def result(self, engine: Engine, direction: Direction, cpu: "GraphTally | None") -> GraphResult:
        """The numbers; `cpu` is the tally of the same artifact without the delegate."""
        return GraphResult(
            engine=engine,
            direction=direction,
            error=self._error,
            psnr=self.difference.psnr,
            levels=self.difference.levels,
            differing=self.difference.differing,
            engaged=self._values.digest() != cpu._values.digest() if cpu else None,
            verdict=Verdict.FAIL,
        )

    def speed(self, engine: Engine, direction: Direction) -> Speed:
        """The best of all photos."""
        return Speed(engine=engine, direction=direction, megapixels_per_second=self._rate)


class RoundTripTally:
    """One forward with one inverse."""

    def __init__(self) -> None:
        self.difference = Difference()
        self._photos_db: list[float] = []

    def add(self, restored: Pixels, photo: Pixels, expected: Pixels) -> None:
        """Take in one photo: what was restored, the photo itself, and what the reference restored."""
        self.difference.add(restored, expected)
        self._photos_db.append(psnr(restored, photo))

    def result(self, forward: Engine, inverse: Engine) -> RoundTrip:
        """The numbers."""
        return RoundTrip(
            forward=forward,
            inverse=inverse,
            restored_db=float(np.mean(self._photos_db)),
            photos_db=tuple(self._photos_db),
            psnr=self.difference.psnr,
            levels=self.difference.levels,
            differing=self.difference.differing,
            verdict=Verdict.FAIL,
        )


class Tally:
    """All graphs and round trips of one report."""

    def __init__(self) -> None:
        self.graphs: defaultdict[tuple[Engine, Direction], GraphTally] = defaultdict(GraphTally)
        self.round_trips: defaultdict[tuple[Engine, Engine], RoundTripTally] = defaultdict(RoundTripTally)

    def graph_results(self, engines: Iterable[Engine]) -> tuple[GraphResult, ...]:
        """Of the engines that ran to the end, unjudged."""
        return tuple(
            self.graphs[engine, direction].result(engine, direction, self._cpu(engine, direction))
            for engine in engines
            for direction in DIRECTIONS
        )

    def trip_results(self, engines: Iterable[Engine]) -> tuple[RoundTrip, ...]:
        """The same."""
        ran = list(engines)
        return tuple(self.round_trips[a, b].result(a, b) for a in ran for b in ran)

    def speeds(self, engines: Iterable[Engine]) -> tuple[Speed, ...]:
        """The same."""
        return tuple(self.graphs[engine, each].speed(engine, each) for engine in engines for each in DIRECTIONS)

    def _cpu(self, engine: Engine, direction: Direction) -> GraphTally | None:
        return self.graphs.get((engine.model_copy(update={"delegate": None}), direction)) if engine.delegate else None
