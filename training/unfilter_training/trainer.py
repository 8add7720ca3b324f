"""The training loop: seeded, resumable after a kill, on one process or many, with a log that plots."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from unfilter.errors import UnfilterError
from unfilter.files import replacing
from unfilter_training import distributed
from unfilter_training.adversary import Adversary
from unfilter_training.checkpoint import Description, WarmStart, take_what_fits
from unfilter_training.data import Patches
from unfilter_training.degradation import of_step
from unfilter_training.losses import Loss
from unfilter_training.network import QuasiInvertibleNetwork, RestorableNetwork, build
from unfilter_training.network.eight_bits import round_to_8_bits
from unfilter_training.optimization import advance, autocast, computes_bf16, learning_rate, optimizers, part_of_rate
from unfilter_training.recipe import Recipe
from unfilter_training.step_losses import Approximation, Judgement, Objective, shared

STATE, LOG = "state.pt", "log.jsonl"
SAVE_EVERY_S = 120.0
LOG_EVERY_STEPS = 50


@dataclass(frozen=True)
class Progress:
    """Where the training stands: step counts from 1; PSNRs in dB, running means over recent batches."""

    step: int
    approximation_db: float
    restoration_db: float


def started(folder: Path) -> Recipe | None:
    """The recipe of the training whose state lies in `folder`; None where none does, or one that cannot be read."""
    try:
        state = torch.load(folder / STATE, map_location="cpu", weights_only=True)
        return Recipe.model_validate_json(state["recipe"])
    except Exception:  # torch raises anything on a damaged file; the trainer says what is wrong with it
        return None


class Trainer:
    """Trains the network of `recipe`; everything that a resumed run needs lies in `folder`.

    Laws: interrupting after any saved step and resuming gives the same weights as running through, and so does sharing each
    batch among several processes, up to the order of floating-point sums.

    `start` holds the weights of another network to begin with: those that fit by name and shape are taken.
    """

    def __init__(
        self,
        recipe: Recipe,
        patches: Patches,
        folder: Path,
        *,
        device: str | None = None,
        start: dict[str, Tensor] | None = None,
    ) -> None:
        self.recipe, self.patches, self.folder = recipe, patches, folder
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._share = distributed.share(recipe.schedule.batch)
        torch.manual_seed(recipe.schedule.seed)
        self.network = build(recipe.network)
        if start is not None:
            take_what_fits(self.network, start)
        if isinstance(self.network, QuasiInvertibleNetwork):
            self.network.makes_delta = recipe.losses.delta > 0
        self.network.to(self.device, memory_format=torch.channels_last)
        self.average = AveragedModel(self.network, multi_avg_fn=get_ema_multi_avg_fn(recipe.schedule.average))
        self.optimizers = optimizers(self.network, recipe.schedule)
        self._objective = shared(Objective(self.network, recipe.losses))
        self._approximation = shared(Approximation(self.network)) if recipe.schedule.approximate else None
        self.adversary: Adversary | None = None
        if recipe.losses.adversarial > 0:
            self.adversary = Adversary().to(self.device, memory_format=torch.channels_last)
            self.adversary_optimizer = torch.optim.Adam(
                self.adversary.parameters(), lr=recipe.schedule.learning_rate, betas=(0.5, 0.999)
            )
            self._judgement = shared(Judgement(self.adversary))
        self.step = 0
        self._whole = True
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / STATE).exists():
            self._resume()
        distributed.wait_for_all()  # before process 0 writes a newer state

    def averaged(self) -> RestorableNetwork:
        """The network that ships: the moving average of the weights, rounded where the recipe says so, on the CPU."""
        network = build(self.recipe.network)
        network.load_state_dict(self.average.module.state_dict())
        if self.recipe.weights == "int8":
            round_to_8_bits(network)
        return network.eval()

    def describe(self, *, photos: int, warm_start: WarmStart | None = None) -> Description:
        """The description to save beside `averaged()`; not scored yet."""
        device = "GPU" if self.device.startswith("cuda") else "CPU"
        count = distributed.world_size()
        where = f"a {device}" if count == 1 else f"{count} {device} processes"
        return Description(
            filter=self.recipe.filter,
            network=self.recipe.network,
            weights_sha256="0" * 64,  # set by checkpoint.save
            recipe=self.recipe,
            warm_start=warm_start,
            steps=self.step,
            photos=photos,
            machine=f"{where} in {'bf16 autocast' if computes_bf16(self.device) else 'fp32'}, torch {torch.__version__}",
        )

    def run(self, on_progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Train to the recipe's last step. Saves every two minutes, at the end, and when interrupted (KeyboardInterrupt)."""
        schedule = self.recipe.schedule
        window: list[Tensor] = []
        saved = time.monotonic()
        try:
            while self.step < schedule.total:
                loss = self.train_step()
                window.append(torch.stack([loss.approximation_mse, loss.restoration_mse, loss.delta]))
                if self.step % LOG_EVERY_STEPS == 0 or self.step == schedule.total:
                    means = distributed.mean(torch.stack(window).mean(0)).tolist()
                    if distributed.rank() == 0:
                        on_progress(self._log(*means))
                    window.clear()
                if time.monotonic() - saved > SAVE_EVERY_S:
                    self.save()
                    saved = time.monotonic()
        finally:
            if self._whole:  # in the middle of a step weights and step count do not belong together; the last save stands
                self.save()

    def save(self) -> None:
        """Write the state that a later run resumes from; process 0 does, whose state is everyone's."""
        if distributed.rank():
            return
        state = {
            "recipe": self.recipe.model_dump_json(),
            "step": self.step,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }
        if self.adversary is not None:
            state["adversary"] = self.adversary.state_dict()
            state["adversary_optimizer"] = self.adversary_optimizer.state_dict()
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
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        if self.adversary is not None:
            self.adversary.load_state_dict(state["adversary"])
            self.adversary_optimizer.load_state_dict(state["adversary_optimizer"])
        self.step = state["step"]

    def train_step(self) -> Loss:
        """One step, of which nothing is saved."""
        schedule = self.recipe.schedule
        part = part_of_rate(schedule, self.step)
        batch = self.patches.batch(self.step, self._share).on(self.device)
        with autocast(self.device):
            if self.step < schedule.approximate:
                assert self._approximation is not None
                loss = self._approximation(batch)
            else:
                degradation = of_step(self.recipe.degradation, schedule.seed, self.step, self._share)
                loss = self._objective(batch, degradation, self._judge())
        if not torch.isfinite(loss.total):
            raise UnfilterError(
                f"{self.folder}: the loss is not finite at step {self.step}; lower the learning rate, or on a CPU choose "
                "multiples of 16 as widths of encoder-decoders"  # see network/auxiliary.py
            )
        self.network.zero_grad(set_to_none=True)
        loss.total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), schedule.gradient_clip)
        self._whole = False
        for optimizer in self.optimizers:
            advance(optimizer, part)
        self.average.update_parameters(self.network)
        if self.adversary is not None:
            self._train_adversary(batch.target, loss.filtered, part)
        self.step += 1
        self._whole = True
        return loss

    def _train_adversary(self, target: Tensor, filtered: Tensor, part: float) -> None:
        with autocast(self.device):
            loss = self._judgement(target, filtered)
        self.adversary_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        advance(self.adversary_optimizer, part)

    def _judge(self) -> Callable[[Tensor], Tensor] | None:
        """The adversary with its weights as constants: the network's gradients pass through it and stop nowhere in it.

        Its buffers are copies, because spectral norm writes into them: a step that is interrupted must leave no trace.
        """
        if self.adversary is None:
            return None
        constants = {name: weight.detach() for name, weight in self.adversary.named_parameters()}
        constants |= {name: buffer.clone() for name, buffer in self.adversary.named_buffers()}
        return lambda images: torch.func.functional_call(self.adversary, constants, (images,))

    def _log(self, approximation: float, restoration: float, delta: float) -> Progress:
        progress = Progress(self.step, _psnr(approximation), _psnr(restoration))
        line = {
            "step": self.step,
            "seconds": round(time.time(), 1),
            "learning_rate": learning_rate(self.recipe.schedule, self.step),
            "approximation_db": round(progress.approximation_db, 3),
            "restoration_db": round(progress.restoration_db, 3) if math.isfinite(progress.restoration_db) else None,
            "delta_power": delta,
        }
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        return progress


def _psnr(mean_squared_error: float) -> float:
    if math.isnan(mean_squared_error):  # nothing was restored
        return math.nan
    return -10 * math.log10(mean_squared_error) if mean_squared_error > 0 else math.inf
