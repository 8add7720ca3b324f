"""How weights are moved: optimizers, their rates over the steps, and the arithmetic of the device."""

import math

import torch

from unfilter_training.muon import Muon
from unfilter_training.network import RestorableNetwork
from unfilter_training.recipe import Schedule


def learning_rate(schedule: Schedule, step: int) -> float:
    """Linear warm-up, then a cosine down to zero at the last step."""
    return schedule.learning_rate * part_of_rate(schedule, step)


def part_of_rate(schedule: Schedule, step: int) -> float:
    """What part of its learning rate every optimizer takes, 0..1. The approximating steps have a cosine of their own."""
    if step < schedule.approximate:
        return _cosine(schedule.warmup, step, schedule.approximate)
    return schedule.restart * _cosine(schedule.warmup, step - schedule.approximate, schedule.steps)


def _cosine(warmup: int, step: int, steps: int) -> float:
    warm = min(1.0, (step + 1) / (warmup + 1))
    return warm * 0.5 * (1 + math.cos(math.pi * step / steps))


def optimizers(network: RestorableNetwork, schedule: Schedule) -> list[torch.optim.Optimizer]:
    """Adam for everything, or Muon for the weights of convolutions and Adam for the rest."""
    by_muon = [weight for weight in network.parameters() if schedule.muon > 0 and weight.ndim == 4]
    by_adam = [weight for weight in network.parameters() if schedule.muon == 0 or weight.ndim != 4]
    adam = torch.optim.Adam(by_adam, lr=schedule.learning_rate)
    return [adam, Muon(by_muon, lr=schedule.muon)] if by_muon else [adam]


def advance(optimizer: torch.optim.Optimizer, part: float) -> None:
    """A step at `part` of the optimizer's own learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = part * optimizer.defaults["lr"]
    optimizer.step()


def computes_bf16(device: str) -> bool:
    """Whether the device has instructions for it; a CPU without them emulates it, in two to four times the time of fp32."""
    kind = device.partition(":")[0]
    return kind != "cpu" or torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


def autocast(device: str) -> torch.autocast:
    return torch.autocast(device.partition(":")[0], dtype=torch.bfloat16, enabled=computes_bf16(device))
