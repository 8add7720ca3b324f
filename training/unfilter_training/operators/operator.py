"""What every operator is: a torch function with documented parameters and a source, checked at one place."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from unfilter.errors import UnfilterError

Symmetry = Literal["square", "transpose", "none"]

RANGE_SLACK = 1e-3
"""How far values may leave 0..1 before they are taken for another range, such as 0..255."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operator; its default stands in the function's signature and nowhere else.

    Attributes:
        meaning: what it does, with its unit.
        bounds: smallest and largest value that is allowed, both included.
        training: range to draw from in training, where the operator's authors vary it; None where it stays at its default.
    """

    meaning: str
    bounds: tuple[float, float] = (float("-inf"), float("inf"))
    training: tuple[float, float] | None = None


@dataclass(frozen=True)
class Operator:
    """A named image operator: `operator(images, **parameters)`.

    Attributes:
        name: as in `unfilter operate NAME`.
        function: takes checked images and parameters.
        source: the paper it comes from.
        parameters: by name. A parameter that is a `Path` in the signature names a file or folder of the user's.
        symmetry: what may be done to photo and result together and gives another valid pair: "square", all flips and
            quarter turns; "transpose", rows for columns; or "none". Forward differences, and grids that start in a corner,
            break flips.
        exact: type in which it agrees with its authors' program; float32 where that is enough for training.
    """

    name: str
    function: Callable[..., Tensor]
    source: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    symmetry: Symmetry = "square"
    exact: torch.dtype = torch.float64

    def __call__(self, images: Tensor, **parameters: object) -> Float[Tensor, "batch 3 height width"]:
        """Run on sRGB images in 0..1, on any device; the result may leave 0..1 and is clipped on saving.

        `images` are Float[Tensor, "batch 3 height width"], float32 or float64: checked here, in words, and not by a type.

        A numeric parameter is one value for all images, or a tensor of one per image where the function says so.

        Raises:
            UnfilterError: wrong shape, type or range, values that are not finite, or an unknown or forbidden parameter.
        """
        self._check_images(images)
        for name, value in parameters.items():
            self._check_parameter(name, value)
            if isinstance(value, Tensor) and value.shape != images.shape[:1]:
                raise UnfilterError(
                    f"{self.name}: {name} is one value or one per image ({images.shape[0]}), got shape {tuple(value.shape)}"
                )
            if isinstance(self.defaults[name], float) and isinstance(value, int):
                parameters[name] = float(value)
        with torch.backends.cudnn.flags(allow_tf32=False):  # ten bits of mantissa are too few to agree with an oracle
            # Photos come as channels last, on which a comparison of two layouts costs WMF six times its time.
            return self.function(images.contiguous(), **parameters)

    @property
    def summary(self) -> str:
        """First line of the function's docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def defaults(self) -> dict[str, object]:
        """Default of each parameter, from the function's signature."""
        signature = inspect.signature(self.function).parameters
        return {name: signature[name].default for name in self.parameters}

    def takes_path(self, name: str) -> bool:
        """Whether a parameter names a file or folder."""
        return Path in _types(inspect.signature(self.function).parameters[name].annotation)

    def _check_images(self, images: Tensor) -> None:
        if images.ndim != 4 or images.shape[1] != 3 or not images.numel():
            raise UnfilterError(f"{self.name} takes images of shape (batch, 3, height, width), got {tuple(images.shape)}")
        if images.dtype not in (torch.float32, torch.float64):
            raise UnfilterError(f"{self.name} takes float32 or float64, got {images.dtype}; convert the images first")
        if not torch.isfinite(images).all():
            raise UnfilterError(f"{self.name}: the images hold values that are not finite")
        low, high = float(images.min()), float(images.max())
        if low < -RANGE_SLACK or high > 1 + RANGE_SLACK:
            raise UnfilterError(f"{self.name} takes sRGB in 0..1, got {low:g} to {high:g}; divide 8-bit levels by 255")

    def _check_parameter(self, name: str, value: object) -> None:
        if name not in self.parameters:
            known = ", ".join(self.parameters) or "none"
            raise UnfilterError(f"{self.name} has no parameter {name!r}; it has: {known}")
        low, high = self.parameters[name].bounds
        if isinstance(value, int | float | Tensor):
            numbers = torch.as_tensor(value, dtype=torch.float64)
            if not ((numbers >= low) & (numbers <= high)).all():
                raise UnfilterError(f"{self.name}: {name} must lie in {low:g}..{high:g}, got {value}")


def _types(annotation: object) -> tuple[object, ...]:
    return getattr(annotation, "__args__", (annotation,))
