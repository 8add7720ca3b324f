"""What a wrong value looks like, tried against the right one: each test is named after the fault that it is a sign of."""

from collections.abc import Callable

import numpy as np

from unfilter.proof.divergence.counterparts import difference
from unfilter.proof.divergence.operation import Planes

FP16_LARGEST = 65504.0
"""Largest finite value of IEEE 754 binary16."""

_SAME = 0.02
"""Relative error below which a value counts as explained, well above what fp16 loses and below what a fault of note does."""


def diagnose(found: Planes, expected: Planes) -> str:
    """The fault in words, from two values of the same shape."""
    return next((words for test in _TESTS if (words := test(found, expected))), _where(found, expected))


def _explains(tried: Planes, found: Planes, expected: Planes) -> bool:
    """Whether `tried` is what was found, and leaves little of the difference from what was expected."""
    return difference(found, tried) <= min(_SAME, difference(found, expected) / 10)


def _overflow(found: Planes, expected: Planes) -> str | None:
    if np.all(np.isfinite(found)):
        return None
    kind = "not-a-number" if np.isnan(found).any() else "infinity"
    return f"{kind} in {np.mean(~np.isfinite(found)):.1%} of it: overflow, beyond {FP16_LARGEST:.0f} if it computes in fp16"


def _zeros(found: Planes, expected: Planes) -> str | None:
    return "zeros: nothing computed it" if not found.any() else None


def _order(found: Planes, expected: Planes) -> str | None:
    order = [int(np.argmin([np.max(np.abs(each - one)) for one in expected])) for each in found]
    if order == list(range(len(order))) or not _explains(expected[order], found, expected):
        return None
    moved = [f"{there} where {here} belongs" for here, there in enumerate(order) if here != there]
    return f"channels in another order: {', '.join(moved[:4])}{' ...' if len(moved) > 4 else ''}"


def _transposed(found: Planes, expected: Planes) -> str | None:
    if found.shape[1] != found.shape[2] or not _explains(expected.transpose(0, 2, 1), found, expected):
        return None
    return "height and width are swapped"


def _levels(found: Planes, expected: Planes) -> str | None:
    steps = found * 255
    if np.max(np.abs(steps - np.round(steps))) > 1e-3 or np.max(np.abs(found - expected)) > 1.001 / 255:
        return None
    bias = float(np.mean(found - expected)) * 255
    rule = "down" if bias < -0.25 else "up" if bias > 0.25 else "to the nearest"
    return f"rounded {rule} to 8-bit levels: the graph rounds, which is the host's part"


def _clipped(found: Planes, expected: Planes) -> str | None:
    low, high = float(found.min()), float(found.max())
    if not _explains(np.clip(expected, low, high), found, expected):
        return None
    return f"clipped to {low:.3g} .. {high:.3g}"


def _scaled(found: Planes, expected: Planes) -> str | None:
    power = float(np.sum(np.square(expected, dtype=np.float64)))
    factor = float(np.sum(found.astype(np.float64) * expected)) / power if power else 1.0
    if not _explains(np.float32(factor) * expected, found, expected):
        return None
    return f"scaled by {factor:.4g}"


def _shifted(found: Planes, expected: Planes) -> str | None:
    offset = (found - expected).mean(axis=(1, 2), keepdims=True)
    if not _explains(expected + offset, found, expected):
        return None
    worst = int(np.argmax(np.abs(offset)))
    return f"a constant is added: {offset[worst].item():.3g} to channel {worst}"


def _where(found: Planes, expected: Planes) -> str:
    errors = np.max(np.abs(found - expected), axis=(1, 2))
    wrong = np.flatnonzero(errors > errors.max() / 100)
    if len(wrong) == len(errors):
        return "other values in every channel"
    shown = ", ".join(str(channel) for channel in wrong[:4]) + (" ..." if len(wrong) > 4 else "")
    return f"other values in {len(wrong)} of {len(errors)} channels: {shown}"


_TESTS: tuple[Callable[[Planes, Planes], str | None], ...] = (
    _overflow, _zeros, _order, _transposed, _levels, _clipped, _scaled, _shifted
)  # fmt: skip
