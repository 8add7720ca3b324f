"""The training objective.

Source: the paper, section "Loss Functions": L = La + Lr + ||Delta||^2, La and Lr L2, and an adversarial loss for Type III.
"""

from collections.abc import Callable
from typing import ClassVar, Literal, NamedTuple

import torch
from jaxtyping import Float
from pydantic import ConfigDict, Field
from torch import Tensor
from torch.nn.functional import avg_pool2d, l1_loss, mse_loss, pixel_unshuffle, softplus

from unfilter_training.degradation import Degradation, reference, rounding
from unfilter_training.network import RestorableNetwork
from unfilter_training.network.stable_model import StableModel
from unfilter_training.rate import jpeg_rate, png_rate


class LossWeights(StableModel):
    """Weight of each term; a restoration weight of 0 skips the inverse altogether (the paper's ablation)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    LATER: ClassVar[frozenset[str]] = frozenset({"rate_jpeg", "rate_png", "balanced", "smaller", "pattern"})

    approximation: float = Field(1.0, ge=0)
    smaller: tuple[float, ...] = Field(
        (), max_length=4, description="weights of approximation at half the size, a quarter, ...: what one sees from afar"
    )
    pattern: float = Field(
        0.0,
        ge=0,
        description="of errors that repeat every two or four pixels; faint as they are, flat areas show a weave",
    )
    restoration: float = Field(1.0, ge=0)
    delta: float = Field(0.1, ge=0)
    adversarial: float = Field(0.0, ge=0, description="of `adversary`; 0 trains none")
    restoration_norm: Literal["l2", "l1"] = "l2"
    rate_jpeg: float = Field(0.0, ge=0, description="per estimated bit per pixel of the filtered photo as a JPEG")
    rate_png: float = Field(0.0, ge=0, description="per estimated bit per pixel of the filtered photo as a PNG")
    balanced: bool = Field(False, description="weak looks count as much as strong ones, `balance`")


class Loss(NamedTuple):
    """`total` to minimise; the mean squared errors in it and the filtered photos, detached, for the log and the adversary.

    `restoration_mse` is nan when skipped.
    """

    total: Float[Tensor, ""]
    approximation_mse: Float[Tensor, ""]
    restoration_mse: Float[Tensor, ""]
    delta: Float[Tensor, ""]
    filtered: Float[Tensor, "batch 3 height width"]


LEAST_CHANGE = (2 / 255) ** 2
"""Mean squared change below which a look counts as doing nothing: two levels."""


def balance(
    photo: Float[Tensor, "batch 3 height width"], target: Float[Tensor, "batch 3 height width"]
) -> Float[Tensor, " batch"]:
    """Weight of each image's errors, so that looks which change little count as much as those which change everything.

    A difference of power U, hidden `a` times as strong, costs `a**2 * U` of approximation and `e**2 / a**2` of restoration,
    with e the file's own error. At the best `a` both are in proportion to the root of U, and this is one over it.
    """
    change = (photo - target).square().mean(dim=(1, 2, 3))
    return (change + LEAST_CHANGE).rsqrt()


def objective(
    network: RestorableNetwork,
    photo: Float[Tensor, "batch 3 height width"],
    target: Float[Tensor, "batch 3 height width"],
    weights: LossWeights,
    degrade: Degradation = rounding,
    hyper_parameters: Float[Tensor, "batch count"] | None = None,
    judge: Callable[[Tensor], Tensor] | None = None,
) -> Loss:
    """Filter `photo`, save it (`degrade`), restore it; compare with `target` and `photo`. All sRGB 0..1.

    `judge` gives logits that images are the operator's own; the adversarial term wants them high for filtered photos (the
    non-saturating form of Goodfellow et al., "Generative Adversarial Nets", 2014). A network that takes the operator's
    output gets `target`.
    """
    filtered, delta = network.filter(photo, hyper_parameters, target)
    importance = balance(photo, target) if weights.balanced else torch.ones(len(photo), device=photo.device)
    approximation = mse_loss(filtered, target)
    nothing = torch.zeros((), device=photo.device)
    delta_power = nothing if delta is None else delta.square().mean()
    total = weights.approximation * _weighted(mse_loss, filtered, target, importance) + weights.delta * delta_power
    total = total + _from_afar((filtered - target) * importance.sqrt()[:, None, None, None], weights.smaller)
    if weights.pattern > 0:
        total = total + weights.pattern * _pattern((filtered - target) * importance.sqrt()[:, None, None, None])
    restoration = nothing * torch.nan
    if weights.restoration > 0:
        restored = network.restore(degrade(filtered))
        truth = reference(degrade, photo)
        restoration = mse_loss(restored, truth)
        error = mse_loss if weights.restoration_norm == "l2" else l1_loss
        total = total + weights.restoration * _weighted(error, restored, truth, importance)
    if judge is not None and weights.adversarial > 0:
        total = total + weights.adversarial * softplus(-judge(filtered)).mean()
    if weights.rate_jpeg > 0:
        total = total + weights.rate_jpeg * jpeg_rate(filtered).mean()
    if weights.rate_png > 0:
        total = total + weights.rate_png * png_rate(filtered).mean()
    return Loss(total, approximation.detach(), restoration.detach(), delta_power.detach(), filtered.detach())


def _weighted(
    error: Callable[..., Tensor], images: Tensor, truth: Tensor, importance: Float[Tensor, " batch"]
) -> Float[Tensor, ""]:
    """Mean over the batch of each image's mean error times its importance."""
    return (error(images, truth, reduction="none").mean(dim=(1, 2, 3)) * importance).mean()


def _from_afar(error: Float[Tensor, "batch 3 height width"], weights: tuple[float, ...]) -> Tensor:
    """Mean squares of what is left of the error at half the size, a quarter, and so on (`unfilter_training.look`)."""
    total = error.new_zeros(())
    for weight in weights:
        error = avg_pool2d(error, 2)
        total = total + weight * error.square().mean()
    return total


def _pattern(error: Float[Tensor, "batch 3 height width"]) -> Tensor:
    """Mean square of what the error has in common at every place of cells of 4 x 4 pixels, over windows of 16 x 16.

    Noise comes to a sixteenth of its power.
    """
    places = pixel_unshuffle(error, 4).unflatten(1, (3, 16))
    apart = places - places.mean(2, keepdim=True)
    return avg_pool2d(apart.flatten(1, 2), 4).square().mean()
