"""How a new look is learned: measured between steps on photos that are held out, with a forecast of how it will end."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from unfilter.files import replacing
from unfilter_training.data import image_tensor
from unfilter_training.forecast import Forecast, Measured, forecast, measure
from unfilter_training.photo_sets import photo_set
from unfilter_training.recipe import Recipe
from unfilter_training.sources import LookSource
from unfilter_training.sources.examination import levels
from unfilter_training.trainer import Progress, Trainer
from unfilter_training.training import Audience

CURVE = "measured.jsonl"
"""File with what was measured, a line for each time."""

MEASURED, SIDE = 4, 384
"""Held-out photos that the forecast looks at, and the side of their middles in pixels."""


class Watcher:
    """Told how a look is learned. This one says nothing; override what is to be shown."""

    def photos(self, files: Sequence[tuple[Path, str]]) -> Iterable[tuple[Path, str]]:
        """`files`, as the look is run on them one by one."""
        return files

    def learning(self, progress: Progress, seconds_left: float) -> None:
        """Some more steps were taken."""

    def measured(self, measured: Measured, end: Forecast | None, seconds_left: float) -> None:
        """The filter was measured on held-out photos; `end` is what it may come to."""

    def stopped(self, step: int, steps: int) -> None:
        """Ctrl-C ended the training early; what is learned is kept."""


class Measuring(Audience):
    """Measures between steps, and passes on what is said to the watcher."""

    def __init__(
        self, source: LookSource, folder: Path, watcher: Watcher, held: Sequence[tuple[Path, str]], every: float
    ) -> None:
        self._source, self._curve_file = source, folder / CURVE
        self._watcher, self._held, self._every = watcher, held, every

    def photos(self, recipe: Recipe, files: Sequence[tuple[Path, str]]) -> Iterable[tuple[Path, str]]:
        return self._watcher.photos(files)

    def begins(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._pictures = [self._picture(path) for path, _ in self._held[:MEASURED]]
        goes_on = trainer.step and self._curve_file.exists()
        lines = self._curve_file.read_text(encoding="utf-8").splitlines() if goes_on else []
        self._curve = [each for each in (Measured(**json.loads(line)) for line in lines) if each.step <= trainer.step]
        self._write_curve()

    def _picture(self, path: Path) -> tuple[object, object]:
        photo = photo_set("plain").read(path)
        look = levels(self._source, photo)
        height, width = (min(SIDE, side) - min(SIDE, side) % 2 for side in photo.shape[:2])
        top, left = (photo.shape[0] - height) // 2, (photo.shape[1] - width) // 2
        inside = slice(top, top + height), slice(left, left + width)
        return image_tensor(photo[inside]), image_tensor(look[inside])

    @contextmanager
    def steps(self, recipe: Recipe, first: int) -> Iterator[Callable[[Progress], None]]:
        total = recipe.schedule.total
        measured_at = told_at = time.monotonic()
        told, pace = first, 0.0

        def on_step(progress: Progress) -> None:
            nonlocal measured_at, told_at, told, pace
            now = time.monotonic()
            latest = (now - told_at) / (progress.step - told)
            pace = 0.7 * pace + 0.3 * latest if pace else latest  # approximating steps are shorter than those that follow
            left = pace * (total - progress.step)
            self._watcher.learning(progress, left)
            restores = progress.step > recipe.schedule.approximate
            if restores and (now - measured_at >= self._every or progress.step == total):
                self._measure(progress.step, left)
                measured_at = time.monotonic()
            told, told_at = progress.step, time.monotonic()

        yield on_step

    def _measure(self, step: int, left: float) -> None:
        measured = measure(self._trainer.averaged(), step, self._pictures)
        self._curve.append(measured)
        self._write_curve()
        begins = self._trainer.recipe.schedule.approximate  # restoring is learned from there on
        curve = [each._replace(step=each.step - begins) for each in self._curve]
        end = forecast(curve, self._trainer.recipe.schedule.steps)
        self._watcher.measured(measured, end, left)

    def _write_curve(self) -> None:
        with replacing(self._curve_file) as temporary:
            lines = [json.dumps(each._asdict()) + "\n" for each in self._curve]
            temporary.write_text("".join(lines), encoding="utf-8")

    def interrupted(self, trainer: Trainer) -> bool:
        schedule = trainer.recipe.schedule
        if trainer.step <= schedule.approximate:
            return False
        self._watcher.stopped(trainer.step, schedule.total)
        return True
