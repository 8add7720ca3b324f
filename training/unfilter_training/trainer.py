"""The training loop: seeded, resumable after a kill, with a log that plots."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import ValidationError
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from unfilter.errors import UnfilterError
from unfilter.files import replacing
from unfilter_training.checkpoint import Description
from unfilter_training.data import Patches
from unfilter_training.degradation import Degradation
from unfilter_training.losses import Loss, objective
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.recipe import Recipe, Schedule

STATE, LOG = "state.pt", "log.jsonl"
SAVE_EVERY_S = 120.0
LOG_EVERY_STEPS = 50


@dataclass(frozen=True)
class Progress:
    """Where the training stands: step counts from 1; PSNRs in dB, running means over recent batches."""

    step: int
    approximation: float
    restoration: float


def learning_rate(schedule: Schedule, step: int) -> float:
    """Linear warm-up, then a cosine down to zero at the last step."""
    warm = min(1.0, (step + 1) / (schedule.warmup + 1))
    return schedule.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * step / schedule.steps))


class Trainer:
    """Trains the network of `recipe`; everything that a resumed run needs lies in `folder`.

    Law: interrupting after any saved step and resuming gives the same weights as running through, up to the order of
    floating-point sums inside the kernels.
    """

    def __init__(self, recipe: Recipe, patches: Patches, folder: Path, *, device: str | None = None) -> None:
        self.recipe, self.patches, self.folder = recipe, patches, folder
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(recipe.schedule.seed)
        self.network = QuasiInvertibleNetwork(recipe.network).to(self.device, memory_format=torch.channels_last)
        self.average = AveragedModel(self.network, multi_avg_fn=get_ema_multi_avg_fn(recipe.schedule.average))
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=recipe.schedule.learning_rate)
        self.step = 0
        self._whole = True
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / STATE).exists():
            self._resume()

    def averaged(self) -> QuasiInvertibleNetwork:
        """The network that ships: the moving average of the weights, on the CPU."""
        network = QuasiInvertibleNetwork(self.recipe.network)
        network.load_state_dict(self.average.module.state_dict())
        return network.eval()

    def describe(self, *, photos: int) -> Description:
        """The description to save beside `averaged()`; not scored yet."""
        device = "a GPU" if self.device.startswith("cuda") else "the CPU"
        return Description(
            filter=self.recipe.filter,
            network=self.recipe.network,
            weights_sha256="0" * 64,  # set by checkpoint.save
            recipe=self.recipe,
            steps=self.step,
            photos=photos,
            machine=f"{device} in bf16 autocast, torch {torch.__version__}",
        )

    def run(self, report: Callable[[Progress], None] = lambda _: None) -> None:
        """Train to the recipe's last step. Saves every two minutes, at the end, and when interrupted (KeyboardInterrupt)."""
        schedule = self.recipe.schedule
        window: list[tuple[float, float, float]] = []
        saved = time.monotonic()
        try:
            while self.step < schedule.steps:
                loss = self._train_step()
                window.append((float(loss.approximation), float(loss.restoration), float(loss.delta)))
                if self.step % LOG_EVERY_STEPS == 0 or self.step == schedule.steps:
                    report(self._log(window))
                    window.clear()
                if time.monotonic() - saved > SAVE_EVERY_S:
                    self.save()
                    saved = time.monotonic()
        finally:
            if self._whole:  # in the middle of a step weights and step count do not belong together; the last save stands
                self.save()

    def save(self) -> None:
        """Write the state that a later run resumes from."""
        state = {
            "recipe": self.recipe.model_dump_json(),
            "step": self.step,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        with replacing(self.folder / STATE) as temporary:
            torch.save(state, temporary)

    def _resume(self) -> None:
        try:
            state: dict[str, Any] = torch.load(self.folder / STATE, map_location=self.device, weights_only=True)
        except Exception as error:  # torch raises anything from zipfile's classes to pickle's on a damaged file
            raise UnfilterError(f"{self.folder / STATE}: cannot be read ({error}); delete it to start again") from None
        try:
            before = Recipe.model_validate_json(state["recipe"])
        except (KeyError, ValidationError):
            raise UnfilterError(
                f"{self.folder / STATE}: was written by another version of unfilter; finish there, or delete it"
            ) from None
        if before != self.recipe:
            raise UnfilterError(
                f"{self.folder / STATE}: was started with another recipe; take that one again, or another output folder"
            )
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]

    def _train_step(self) -> Loss:
        schedule = self.recipe.schedule
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(schedule, self.step)
        photo, target = (_on(self.device, part) for part in self.patches.batch(self.step))
        with torch.autocast(self.device.partition(":")[0], dtype=torch.bfloat16):
            loss = objective(self.network, photo, target, self.recipe.losses, self._degradation())
        if not torch.isfinite(loss.total):
            raise UnfilterError(f"{self.folder}: the loss is not finite at step {self.step}; lower the learning rate")
        self.optimizer.zero_grad(set_to_none=True)
        loss.total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), schedule.gradient_clip)
        self._whole = False
        self.optimizer.step()
        self.average.update_parameters(self.network)
        self.step += 1
        self._whole = True
        return loss

    def _degradation(self) -> Degradation:
        """This step's draw: it depends on the seed and the step alone, so a resumed run draws the same."""
        return self.recipe.degradation.draw(np.random.default_rng([self.recipe.schedule.seed, self.step, 1]))

    def _log(self, window: list[tuple[float, float, float]]) -> Progress:
        approximation, restoration, delta = (sum(column) / len(window) for column in zip(*window, strict=True))
        progress = Progress(self.step, _psnr(approximation), _psnr(restoration))
        line = {
            "step": self.step,
            "seconds": round(time.time(), 1),
            "learning_rate": learning_rate(self.recipe.schedule, self.step),
            "approximation_db": round(progress.approximation, 3),
            "restoration_db": round(progress.restoration, 3) if math.isfinite(progress.restoration) else None,
            "delta_power": delta,
        }
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        return progress


def _on(device: str, images: Tensor) -> Tensor:
    return images.to(device, memory_format=torch.channels_last, non_blocking=True)


def _psnr(mean_squared_error: float) -> float:
    if math.isnan(mean_squared_error):  # nothing was restored
        return math.nan
    return -10 * math.log10(mean_squared_error) if mean_squared_error > 0 else math.inf
