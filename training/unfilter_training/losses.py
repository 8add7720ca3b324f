"""The training objective. Source: the paper, section "Loss Functions": L = La + Lr + ||Delta||^2, La and Lr L2."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from torch.nn.functional import mse_loss

from unfilter_training.degradation import Degradation, rounding
from unfilter_training.network import QuasiInvertibleNetwork


class LossWeights(BaseModel):
    """Weight of each term; a restoration weight of 0 skips the inverse altogether (the paper's ablation)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approximation: float = Field(1.0, ge=0)
    restoration: float = Field(1.0, ge=0)
    delta: float = Field(0.1, ge=0)


class Loss(NamedTuple):
    """`total` to minimise; the mean squared errors in it, detached, for the log (restoration is nan when skipped)."""

    total: Float[Tensor, ""]
    approximation: Float[Tensor, ""]
    restoration: Float[Tensor, ""]
    delta: Float[Tensor, ""]


def objective(
    network: QuasiInvertibleNetwork,
    photo: Float[Tensor, "batch 3 height width"],
    target: Float[Tensor, "batch 3 height width"],
    weights: LossWeights,
    degrade: Degradation = rounding,
) -> Loss:
    """Filter `photo`, save it (`degrade`), restore it; compare with `target` and `photo`. All sRGB 0..1."""
    filtered, delta = network(photo)
    approximation = mse_loss(filtered, target)
    nothing = torch.zeros((), device=photo.device)
    delta_power = nothing if delta is None else delta.square().mean()
    total = weights.approximation * approximation + weights.delta * delta_power
    restoration = nothing * torch.nan
    if weights.restoration > 0:
        restoration = mse_loss(network.inverse(degrade(filtered)), photo)
        total = total + weights.restoration * restoration
    return Loss(total, approximation.detach(), restoration.detach(), delta_power.detach())
