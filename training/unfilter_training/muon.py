"""Muon for convolutions: momentum whose matrix is made orthogonal before it is applied. All else is Adam's.

Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024 (momentum 0.95 in Nesterov's form,
five Newton-Schulz steps with coefficients 3.4445, -4.7750, 2.0315); a convolution's weight counts as a matrix of
output channels x (input channels x taps).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

MOMENTUM = 0.95
STEPS = 5
_COEFFICIENTS = 3.4445, -4.7750, 2.0315


class Muon(torch.optim.Optimizer):
    """Steps of equal size in every direction of a weight's matrix: `rate * sqrt(max(1, rows / columns))` each."""

    def __init__(self, weights: Iterable[nn.Parameter], lr: float = 0.01) -> None:
        super().__init__(weights, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Apply the gradients; those of equal shape go through one batch of matrix products."""
        assert closure is None
        for group in self.param_groups:
            alike: dict[tuple[int, int], list[nn.Parameter]] = defaultdict(list)
            for weight in group["params"]:
                if weight.grad is not None:
                    alike[weight.shape[0], weight[0].numel()].append(weight)
            for (rows, columns), weights in alike.items():
                moved = torch.stack([self._moved(weight).reshape(rows, columns) for weight in weights])
                for weight, step in zip(weights, orthogonal(moved), strict=True):
                    scale = max(1.0, rows / columns) ** 0.5
                    weight.add_(step.reshape(weight.shape), alpha=-group["lr"] * scale)

    def _moved(self, weight: nn.Parameter) -> Tensor:
        state = self.state[weight]
        if not state:
            state["momentum"] = torch.zeros_like(weight)
        state["momentum"].lerp_(weight.grad, 1 - MOMENTUM)
        return torch.lerp(weight.grad, state["momentum"], MOMENTUM)


def orthogonal(matrices: Tensor) -> Tensor:
    """Nearly the nearest matrices whose singular values are all one (0.7 to 1.2), of a batch x rows x columns."""
    a, b, c = _COEFFICIENTS
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (torch.linalg.matrix_norm(x, keepdim=True) + 1e-20)
    for _ in range(STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x
