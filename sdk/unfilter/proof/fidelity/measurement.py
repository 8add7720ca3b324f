"""Every graph alone, and every forward with every inverse, on one photo after another."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from unfilter.errors import RuntimeUnavailable
from unfilter.format.artifact import Direction
from unfilter.format.remainder import aligned_size, carry_remainder
from unfilter.format.rounding import to_bytes
from unfilter.jobs.filter import Filter
from unfilter.proof.fidelity.cases import Case
from unfilter.proof.fidelity.engines import REFERENCE
from unfilter.proof.fidelity.gallery import Gallery
from unfilter.proof.fidelity.metrics import psnr
from unfilter.proof.fidelity.results import Broken, Engine, PhotoMeasured
from unfilter.proof.fidelity.tally import Floats, Pixels, Tally
from unfilter.run.tiling import run_joined

REASON = 200
"""Characters of an engine's own words that are kept when it breaks off."""


@dataclass(frozen=True)
class _Run:
    """One graph on one photo: unrounded values over the aligned part, the bytes that `Filter` makes of them, seconds."""

    values: Floats
    levels: Pixels
    seconds: float


class Measurement:
    """All engines on one photo after another, so that no more than one photo's results are held.

    `filters` are the engines that have not broken off, `broken` the others.
    """

    def __init__(self, filters: dict[Engine, Filter], gallery: Gallery | None, on_step: Callable[[str], None]) -> None:
        self.filters, self._gallery, self._on_step = filters, gallery, on_step
        self.tally, self.photos, self.broken = Tally(), list[PhotoMeasured](), list[Broken]()

    def add(self, case: Case) -> None:
        """Measure on one photo.

        Raises:
            RuntimeUnavailable: the reference has to make its bytes, and breaks off.
        """
        self._on_step(f"{case.name}: every forward")
        exact: dict[Direction, _Run | None] = {"forward": self._run(REFERENCE, "forward", case.given, case.parameters)}
        filtered = _bytes_of(case.filtered, exact["forward"])
        exact["inverse"] = self._run(REFERENCE, "inverse", filtered)
        restored = _bytes_of(case.restored, exact["inverse"])
        self.photos.append(_photo_measured(case, filtered, restored))
        if self._gallery and case.round_trip:
            self._gallery.begin(case.name, case.photo, filtered, restored)

        def measured(engine: Engine, direction: Direction, given: Pixels, expected: Pixels) -> _Run | None:
            parameters = case.parameters if direction == "forward" else {}
            run = exact[direction] if engine == REFERENCE else self._run(engine, direction, given, parameters)
            if run:
                before = exact[direction]
                tally = self.tally.graphs[engine, direction]
                tally.add(run.values, before.values if before else None, run.levels, expected, run.seconds)
            return run

        saved: dict[bytes, tuple[Pixels, list[Engine]]] = {}  # fp32 engines often save equal bytes; those restore but once
        for engine in list(self.filters):
            run = measured(engine, "forward", case.given, filtered)
            if run:
                saved.setdefault(run.levels.tobytes(), (run.levels, []))[1].append(engine)
        for inverse in list(self.filters):
            self._on_step(f"{case.name}: every forward -> {inverse}")
            of_reference = measured(inverse, "inverse", filtered, restored)
            for key, (levels, forwards) in saved.items() if case.round_trip else ():
                run = of_reference if key == filtered.tobytes() else self._run(inverse, "inverse", levels)
                for forward in forwards if run else ():
                    assert run is not None
                    self.tally.round_trips[forward, inverse].add(run.levels, case.photo, restored)
                    if self._gallery:
                        self._gallery.keep(forward, inverse, levels, run.levels)

    def _run(
        self, engine: Engine, direction: Direction, given: Pixels, parameters: Mapping[str, float] | None = None
    ) -> _Run | None:
        """None where the engine is not there, or breaks, after which it is there no more."""
        opened = self.filters.get(engine)
        if opened is None:
            return None
        started = time.perf_counter()
        try:
            return _run(opened, direction, given, parameters or None, started)
        except Exception as error:  # runtimes raise classes that share no base but Exception
            words = "".join(letter if letter.isprintable() else " " for letter in str(error))
            reason = " ".join(words.split())[:REASON]
            self.broken.append(Broken(engine=engine, reason=f"{direction} breaks off: {reason}"))
            del self.filters[engine]
            return None


def _run(
    opened: Filter, direction: Direction, given: Pixels, parameters: Mapping[str, float] | None, started: float
) -> _Run:
    plan = opened.bundle.manifest.tiles.of(direction)
    height, width = aligned_size(given.shape[0], given.shape[1], plan.alignment)
    values = run_joined(opened.graph(direction, parameters), given[:height, :width], plan)
    seconds = time.perf_counter() - started
    photo = given[:, :, :3]
    levels = np.empty_like(photo)
    levels[:height, :width] = to_bytes(values)
    carry_remainder(photo, levels, plan.alignment)
    return _Run(values, levels, seconds)


def _bytes_of(stored: Pixels | None, run: _Run | None) -> Pixels:
    """The reference's bytes: those of the golden, or for a photo those that it gives now."""
    if stored is not None:
        return stored
    if run is None:
        raise RuntimeUnavailable(f"photos are compared with the reference, and {REFERENCE} cannot run its artifacts")
    return run.levels


def _photo_measured(case: Case, filtered: Pixels, restored: Pixels) -> PhotoMeasured:
    height, width, _ = case.photo.shape
    return PhotoMeasured(
        name=case.name,
        height=height,
        width=width,
        round_trip=case.round_trip,
        reference_db=psnr(restored, case.photo),
        filtered_db=psnr(filtered, case.photo),
    )
