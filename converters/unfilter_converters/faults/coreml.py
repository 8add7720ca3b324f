"""Edits of Core ML packages: weights where they lie, in weight.bin."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfilter.format.artifact import Direction, Precision
from unfilter.run.runtimes._mil.package import main_function, model_path
from unfilter_converters.faults.fault import NotHere, artifact_path

Changes = dict[str, Callable[[NDArray[Any]], NDArray[Any]]]
"""What is done to tensors, by the start of their names."""

_METADATA = 64
"""Bytes before the data of a tensor in weight.bin: sentinel, type, size, and offset of the data."""


def edited(direction: Direction, changes: Changes, *precisions: Precision) -> Callable[[Path], None]:
    """An edit of a bundle's folder: tensors by the start of their names, (out, in, height, width) or a bias."""

    def edit(folder: Path) -> None:
        for precision in precisions:
            edit_one(folder, precision)

    def edit_one(folder: Path, precision: Precision) -> None:
        package = artifact_path(folder, "mlpackage", direction, precision)
        model = model_path(package)
        function = main_function(model)
        found = set()
        for operation in function.block_specializations[function.opset].operations:
            for start, change in changes.items():
                chosen = operation.type == "const" and operation.outputs[0].name.startswith(start)
                if chosen and _change(model, operation.attributes["val"], change):
                    found.add(start)
        if found != set(changes):
            raise NotHere(f"the program has no {', '.join(sorted(set(changes) - found))}")

    return edit


def _change(model: Path, value: Any, change: Callable[[NDArray[Any]], NDArray[Any]]) -> bool:
    if value.WhichOneof("value") != "blobFileValue":
        return False
    path = model.parent / value.blobFileValue.fileName.removeprefix("@model_path/")
    content = bytearray(path.read_bytes())
    start = value.blobFileValue.offset
    size, offset = (int(n) for n in np.frombuffer(content, "<u8", 2, start + 8))
    assert offset == start + _METADATA
    shape = [dimension.constant.size for dimension in value.type.tensorType.dimensions]
    kind = np.dtype("<f2") if size == 2 * int(np.prod(shape)) else np.dtype("<f4")
    weights = np.frombuffer(bytes(content[offset : offset + size]), kind).reshape(shape).copy()
    content[offset : offset + size] = np.ascontiguousarray(change(weights), kind).tobytes()
    path.write_bytes(content)
    return True


def times(factor: float) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """All of them multiplied."""
    return lambda weights: weights.astype(np.float32) * np.float32(factor)
