"""Image operators: the filters that networks learn. Each is a torch function, batched, on any device.

    from unfilter_training.operators import operator
    filtered = operator("l0")(images, smoothness=0.02)

`images` are `Float[Tensor, "batch 3 height width"]` in sRGB 0..1; results may leave 0..1 slightly and are clipped on saving.
Operators run on whole photos; patches are cut afterwards, because most of them look far.
"""

from collections.abc import Callable

from torch import Tensor

from unfilter_training.operators.l0 import l0

OPERATORS: dict[str, Callable[..., Tensor]] = {"l0": l0}


def operator(name: str) -> Callable[..., Tensor]:
    """The operator of that name.

    Raises:
        ValueError: no such operator.
    """
    try:
        return OPERATORS[name]
    except KeyError:
        raise ValueError(f"unknown operator {name!r}: choose one of {', '.join(OPERATORS)}") from None


__all__ = ["OPERATORS", "l0", "operator"]
