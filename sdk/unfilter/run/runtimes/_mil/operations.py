"""The other operations of a program, in numpy. Parameters have MIL's names; the program rounds results to the declared type.

Source of names and rules: coremltools, `converters/mil/mil/ops/defs/`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfilter.run.runtimes._mil.convolution import conv, conv_transpose

Array = NDArray[Any]


def _leaky_relu(x: Array, alpha: Array) -> Array:
    return np.where(x < 0, x * alpha, x)


def _sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


def _concat(values: Array | tuple[Array, ...], axis: Array, interleave: Array | bool = False) -> Array:
    several = values if isinstance(values, tuple) else (values,)
    if interleave:
        raise ValueError("interleave is not covered")
    return np.concatenate([np.atleast_1d(value) for value in several], axis=int(axis))  # scalars make a vector in MIL


def _split(x: Array, axis: Array, num_splits: Array | None = None, split_sizes: Array | None = None) -> list[Array]:
    if split_sizes is not None:
        return np.split(x, np.cumsum(split_sizes)[:-1], axis=int(axis))
    if num_splits is None:
        raise ValueError("neither num_splits nor split_sizes")
    return np.split(x, int(num_splits), axis=int(axis))


def _slice_by_index(
    x: Array,
    begin: Array,
    end: Array,
    stride: Array | None = None,
    begin_mask: Array | None = None,
    end_mask: Array | None = None,
    squeeze_mask: Array | None = None,
) -> Array:
    index: list[int | slice] = []
    for axis in range(x.ndim):
        step = 1 if stride is None else int(stride[axis])
        first = None if begin_mask is not None and begin_mask[axis] else int(begin[axis])
        last = None if end_mask is not None and end_mask[axis] else int(end[axis])
        single = squeeze_mask is not None and squeeze_mask[axis]
        index.append((first or 0) if single else slice(first, last, step))
    return np.asarray(x[tuple(index)])


def _pixel_shuffle(x: Array, upscale_factor: Array) -> Array:
    """(batch, channels * factor * factor, height, width) to (batch, channels, height * factor, width * factor)."""
    factor = int(upscale_factor)
    batch, channels, height, width = x.shape
    cells = x.reshape(batch, channels // factor**2, factor, factor, height, width)
    return cells.transpose(0, 1, 4, 2, 5, 3).reshape(batch, -1, height * factor, width * factor)


def _gather(x: Array, indices: Array, axis: Array | int = 0, **_: Any) -> Array:
    return np.asarray(np.take(x, indices.astype(np.int64), axis=int(axis)))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "cast": lambda x, dtype: x,  # the declared type of the result does it
    "clip": lambda x, alpha, beta: np.clip(x, alpha, beta),
    "concat": _concat,
    "conv": conv,
    "conv_transpose": conv_transpose,
    "exp": lambda x: np.exp(x),
    "gather": _gather,
    "identity": lambda x: x,
    "leaky_relu": _leaky_relu,
    "mul": lambda x, y: x * y,
    "pixel_shuffle": _pixel_shuffle,
    "real_div": lambda x, y: x / y,
    "relu": lambda x: np.maximum(x, 0),
    "reshape": lambda x, shape: x.reshape(tuple(int(n) for n in shape)),
    "shape": lambda x: np.array(x.shape),
    "sigmoid": _sigmoid,
    "slice_by_index": _slice_by_index,
    "split": _split,
    "sub": lambda x, y: x - y,
    "tanh": lambda x: np.tanh(x),
    "transpose": lambda x, perm: x.transpose(tuple(int(axis) for axis in perm)),
}
"""By MIL's name. `const` is not among them: the program reads constants once, when it is opened."""
