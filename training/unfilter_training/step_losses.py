"""What a training step lowers, each as one module, so that its gradients are averaged over the processes at once."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from unfilter_training import distributed
from unfilter_training.adversary import Adversary
from unfilter_training.data import Batch
from unfilter_training.degradation import Degradation
from unfilter_training.losses import Loss, LossWeights, objective
from unfilter_training.network import RestorableNetwork
from unfilter_training.network.quasi_invertible import QuasiInvertibleNetwork


class Objective(nn.Module):
    """The objective as one module, so that gradients of both directions are averaged over the processes at once."""

    def __init__(self, network: RestorableNetwork, weights: LossWeights) -> None:
        super().__init__()
        self.network, self.weights = network, weights

    def forward(self, batch: Batch, degrade: Degradation, judge: Callable[[Tensor], Tensor] | None) -> Loss:
        return objective(self.network, batch.photo, batch.target, self.weights, degrade, batch.normalised, judge)


class Approximation(nn.Module):
    """How far the auxiliary features are from the operator's output, and what is expected of the photo from the photo where
    the network expects it, as one module, for the same reason.
    """

    def __init__(self, network: RestorableNetwork) -> None:
        super().__init__()
        assert isinstance(network, QuasiInvertibleNetwork)
        assert network.hiding is not None
        self.auxiliary, self.tones = network.auxiliary, network.auxiliary_tones
        self.expectation = network.hiding.expectation
        self.network = [network]  # in a list, so that only these weights are this module's

    def forward(self, batch: Batch) -> Loss:
        picture = self.network[0].features(batch.photo, batch.normalised)
        error = nn.functional.mse_loss(picture, batch.target)
        nothing = torch.full_like(error.detach(), torch.nan)
        total = error
        if self.network[0].config.expectation:
            total = total + nn.functional.mse_loss(self.network[0].expected(batch.target), batch.photo)
        return Loss(total, error.detach(), nothing, nothing, picture.detach())


class Judgement(nn.Module):
    """The adversary's own loss as one module, for the same reason."""

    def __init__(self, adversary: Adversary) -> None:
        super().__init__()
        self.adversary = adversary

    def forward(self, target: Tensor, filtered: Tensor) -> Tensor:
        return self.adversary.loss(target, filtered)


def shared(module: nn.Module) -> nn.Module:
    """`module`, whose gradients are averaged over the processes, where there are several."""
    return DistributedDataParallel(module) if distributed.world_size() > 1 else module
