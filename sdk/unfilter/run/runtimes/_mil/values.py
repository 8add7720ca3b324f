"""Constants of a program: immediate ones in the model file, large ones in a weight file beside it.

Sources: coremltools, `mlmodel/format/MIL.proto`; for the weight file `mlmodel/src/MILBlob/Blob/StorageFormat.hpp`: at an
offset 64 bytes of metadata (sentinel, data type, size and offset of the data, little endian), then the data.
"""

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError
from unfilter.run.runtimes._mil.package import inside, mil_format

Array = NDArray[Any]

DTYPES = {
    "BOOL": np.dtype(np.bool_),
    "FLOAT16": np.dtype("<f2"),
    "FLOAT32": np.dtype("<f4"),
    "INT32": np.dtype("<i4"),
    "UINT16": np.dtype("<u2"),
    "INT16": np.dtype("<i2"),
    "INT8": np.dtype("<i1"),
    "UINT8": np.dtype("<u1"),
}
_SENTINEL = 0xDEADBEEF
_METADATA = struct.Struct("<IIQQ")
_BLOB_TYPES = {1: "FLOAT16", 2: "FLOAT32", 3: "UINT8", 4: "INT8"}
_MODEL_PATH = "@model_path/"


def dtype_of(value_type: Any) -> np.dtype[Any] | None:
    """The numpy type for a `ValueType` message; None where it is no tensor of numbers (a string)."""
    return DTYPES.get(mil_format().DataType.Name(value_type.tensorType.dataType))


class Values:
    """Reads `Value` messages of one model file."""

    def __init__(self, package: Path, model: Path) -> None:
        self.package, self.model = package, model
        self._files: dict[str, bytes] = {}

    def read(self, value: Any) -> Array | str:
        """An array, or a string. float16 is widened to float32: that is what operations compute in.

        Raises:
            BundleError: the weight file is missing, or is not what the program says.
        """
        dtype = dtype_of(value.type)
        tensor = value.immediateValue.tensor
        if dtype is None:
            if len(tensor.strings.values) != 1:
                raise BundleError(f"{self.model}: holds a constant of a type that runtime mil does not read")
            return str(tensor.strings.values[0])
        shape = tuple(dimension.constant.size for dimension in value.type.tensorType.dimensions)
        if value.WhichOneof("value") == "blobFileValue":
            array = self._blob(value.blobFileValue, dtype, shape)
        else:
            kind = tensor.WhichOneof("value")
            held = getattr(tensor, kind).values if kind else ()
            # 16-bit and smaller types are stored as raw bytes, the others as lists
            flat = np.frombuffer(held, dtype) if isinstance(held, bytes) else np.array(held, dtype)
            if flat.size != math.prod(shape):
                raise BundleError(f"{self.model}: {flat.size} values for a constant of {shape}; convert the filter again")
            array = flat.reshape(shape)
        return array.astype(np.float32) if array.dtype == np.float16 else array

    def dequantized(self, operation: Any) -> Array:
        """The weights that a `constexpr_affine_dequantize` stands for, rounded to the type it declares.

        Source: coremltools, `converters/mil/mil/ops/defs/iOS16/constexpr_ops.py`.

        Raises:
            BundleError: as for `read`.
        """
        held = {name: self.read(operation.attributes[name]) for name in ("quantized_data", "zero_point", "scale", "axis")}
        integers, zero, scale, axis = (np.asarray(value) for value in held.values())
        shape = [1] * integers.ndim
        shape[int(axis)] = -1
        offset, step = (value.reshape(shape) if value.ndim else value for value in (zero, scale))
        values = (integers.astype(np.float32) - offset) * step
        return np.asarray(values, dtype_of(operation.outputs[0].type)).astype(np.float32)

    def _blob(self, blob: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Array:
        path = inside(self.package, self.model.parent / blob.fileName.removeprefix(_MODEL_PATH))
        if blob.fileName not in self._files:
            try:
                self._files[blob.fileName] = path.read_bytes()
            except OSError as error:
                raise BundleError(f"{path}: cannot be read ({error.strerror}); convert the filter again") from None
        data = self._files[blob.fileName]
        try:
            sentinel, kind, size, start = _METADATA.unpack_from(data, blob.offset)
            if sentinel != _SENTINEL or DTYPES.get(_BLOB_TYPES.get(kind, "")) != dtype:
                raise ValueError(f"no {dtype} weights")
            if size != math.prod(shape) * dtype.itemsize:
                raise ValueError(f"{size} bytes of weights for shape {shape}")
            return np.frombuffer(data, dtype, math.prod(shape), start).reshape(shape)
        except (struct.error, ValueError, OverflowError) as error:
            raise BundleError(f"{path}: at byte {blob.offset}: {error}; convert the filter again") from None
