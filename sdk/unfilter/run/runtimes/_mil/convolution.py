"""Convolution and its transpose over (batch, channels, height, width), as matrix products.

Source of names and rules: coremltools, `converters/mil/mil/ops/defs/iOS15/conv.py`.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_STRIP = 1 << 18
"""Patch elements that are gathered for one matrix product: 1 MiB of float32, so that they stay in the cache."""

_TERMS = 288
"""Products that are summed in a row; longer sums are sums of these. Filters that hide faintly multiply a sum's rounding
error: the inverse of `bwp` is off the reference by 1.0e-5 where a convolution is one sum, 7.8e-6 so, and 8.0e-6 with sums
in float64.
"""


def conv(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    strides: Array | None = None,
    pad_type: str = "valid",
    pad: Array | None = None,
    dilations: Array | None = None,
    groups: Array | int = 1,
) -> Array:
    """`weight` is (out, in / groups, kernel height, kernel width); `pad` is (top, bottom, left, right)."""
    step, spread = _pair(strides), _pair(dilations)
    reach = [(size - 1) * gap + 1 for size, gap in zip(weight.shape[2:], spread, strict=True)]
    edges = [_edges(pad_type, pad, axis, x.shape[2 + axis], reach[axis], step[axis]) for axis in (0, 1)]
    if edges != [(0, 0), (0, 0)]:
        x = np.pad(x, ((0, 0), (0, 0), *edges))
    size = [(x.shape[2 + axis] - reach[axis]) // step[axis] + 1 for axis in (0, 1)]
    result = np.empty((x.shape[0], weight.shape[0], *size), np.float32)
    count = int(groups)
    for sample, out in zip(x, result, strict=True):
        parts = (np.split(sample, count), np.split(weight, count), np.split(out, count))
        for part, kernel, target in zip(*parts, strict=True):
            _correlate(part, kernel, target, step, spread)
    if bias is not None:
        result += bias[:, None, None]
    return result


def _correlate(x: Array, kernel: Array, out: Array, step: tuple[int, int], spread: tuple[int, int]) -> None:
    channels, (kernel_height, kernel_width) = x.shape[0], kernel.shape[2:]
    height, width = out.shape[1:]
    matrix = kernel.reshape(kernel.shape[0], -1)
    strip = min(height, max(1, _STRIP // (matrix.shape[1] * width)))
    space = np.empty(matrix.shape[1] * strip * width, np.float32)
    flat = out.reshape(out.shape[0], -1)
    for top in range(0, height, strip):
        rows = min(strip, height - top)
        columns = space[: matrix.shape[1] * rows * width].reshape(-1, rows * width)
        patches = columns.reshape(channels, kernel_height, kernel_width, rows, width)
        for i, j in np.ndindex(kernel_height, kernel_width):
            y, z = i * spread[0] + top * step[0], j * spread[1]
            patches[:, i, j] = x[:, y : y + (rows - 1) * step[0] + 1 : step[0], z : z + (width - 1) * step[1] + 1 : step[1]]
        result = flat[:, top * width : (top + rows) * width]
        np.matmul(matrix[:, :_TERMS], columns[:_TERMS], out=result)
        for first in range(_TERMS, matrix.shape[1], _TERMS):
            result += matrix[:, first : first + _TERMS] @ columns[first : first + _TERMS]


def conv_transpose(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    strides: Array | None = None,
    pad_type: str = "valid",
    pad: Array | None = None,
    dilations: Array | None = None,
    groups: Array | int = 1,
    output_shape: Array | None = None,
) -> Array:
    """`weight` is (in, out / groups, kernel height, kernel width); `pad` is cut off the result.

    Raises:
        ValueError: `pad_type` is `same`.
    """
    if pad_type not in ("valid", "custom"):
        raise ValueError(f"pad_type {pad_type} is not covered")
    step, spread = _pair(strides), _pair(dilations)
    kernel_height, kernel_width = weight.shape[2:]
    height, width = x.shape[2:]
    span = [(height - 1) * step[0] + 1, (width - 1) * step[1] + 1]
    full = [span[0] + (kernel_height - 1) * spread[0], span[1] + (kernel_width - 1) * spread[1]]
    edges = [(0, 0) if pad_type == "valid" else _custom(pad, axis) for axis in (0, 1)]
    size = [full[axis] - sum(edges[axis]) for axis in (0, 1)] if output_shape is None else [int(n) for n in output_shape[2:]]
    canvas = [max(full[axis], edges[axis][0] + size[axis]) for axis in (0, 1)]
    count = int(groups)
    result = np.zeros((x.shape[0], weight.shape[1] * count, *canvas), np.float32)
    for sample, out in zip(x, result, strict=True):
        parts = (np.split(sample, count), np.split(weight, count), np.split(out, count))
        for part, kernel, target in zip(*parts, strict=True):
            columns = kernel.reshape(kernel.shape[0], -1).T @ part.reshape(part.shape[0], -1)
            patches = columns.reshape(-1, kernel_height, kernel_width, height, width)
            for i, j in np.ndindex(kernel_height, kernel_width):
                y, z = i * spread[0], j * spread[1]
                target[:, y : y + span[0] : step[0], z : z + span[1] : step[1]] += patches[:, i, j]
    (top, _), (left, _) = edges
    result = result[:, :, top : top + size[0], left : left + size[1]]
    return result if bias is None else result + bias[:, None, None]


def _pair(values: Array | None) -> tuple[int, int]:
    return (1, 1) if values is None else (int(values[0]), int(values[1]))


def _custom(pad: Array | None, axis: int) -> tuple[int, int]:
    return (0, 0) if pad is None else (int(pad[2 * axis]), int(pad[2 * axis + 1]))


def _edges(pad_type: str, pad: Array | None, axis: int, size: int, reach: int, step: int) -> tuple[int, int]:
    """Zeros before and after one axis. `pad` counts for `custom` only, though `valid` and `same` may carry one."""
    if pad_type == "valid":
        return 0, 0
    if pad_type == "custom":
        return _custom(pad, axis)
    total = max((math.ceil(size / step) - 1) * step + reach - size, 0)
    less, more = total // 2, total - total // 2
    if pad_type == "same":
        return less, more
    if pad_type == "same_lower":
        return more, less
    raise ValueError(f"pad_type {pad_type} is not covered")
