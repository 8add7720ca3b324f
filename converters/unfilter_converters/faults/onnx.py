"""Edits of ONNX files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfilter.format.artifact import Direction, Format, Precision
from unfilter_converters.faults.fault import NotHere, artifact_path

Weights = NDArray[np.float32]
_FORMAT: Format = "onnx"


def edited(direction: Direction, change: Callable[[Any], None], precision: Precision = "fp32") -> Callable[[Path], None]:
    """An edit of a bundle's folder: `change` is given the model of that direction."""

    def edit(folder: Path) -> None:
        import onnx

        path = artifact_path(folder, _FORMAT, direction, precision)
        model = onnx.load(path)
        change(model)
        onnx.checker.check_model(model)
        onnx.save(model, path)

    return edit


def weights_of(layer: str, change: Callable[[Weights], Weights]) -> Callable[[Any], None]:
    """`change` is given the tensor of that name: weights (out, in, height, width), or a bias."""

    def edit(model: Any) -> None:
        from onnx import numpy_helper

        for tensor in model.graph.initializer:
            if tensor.name == layer:
                changed = change(numpy_helper.to_array(tensor).copy())
                tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(changed), layer))
                return
        raise NotHere(f"the graph has no {layer}")

    return edit


def both(*edits: Callable[[Any], None]) -> Callable[[Any], None]:
    """One edit after the other."""

    def edit(model: Any) -> None:
        for each in edits:
            each(model)

    return edit


def one_sign(weights: Weights) -> Weights:
    """Turns the sign of one weight, which is neither large nor small: the middle one by magnitude."""
    flat = weights.reshape(-1)
    flat[np.argsort(np.abs(flat))[flat.size // 2]] *= -1
    return weights


def swapped(weights: Weights) -> Weights:
    """The first two output channels change places."""
    weights[[0, 1]] = weights[[1, 0]]
    return weights


def reversed_input(weights: Weights) -> Weights:
    """Takes BGR for RGB."""
    return weights[:, ::-1]


def transposed(weights: Weights) -> Weights:
    """Height and width of the kernels change places."""
    return weights.transpose(0, 1, 3, 2)


def through_half(weights: Weights) -> Weights:
    """Rounded to fp16 and back."""
    return weights.astype(np.float16).astype(np.float32)


def all_weights(change: Callable[[Weights], Weights]) -> Callable[[Any], None]:
    """`change` is given every tensor of four dimensions."""

    def edit(model: Any) -> None:
        for name in [tensor.name for tensor in model.graph.initializer if len(tensor.dims) == 4]:
            weights_of(name, change)(model)

    return edit


def after_result(*operations: tuple[str, tuple[float, ...]]) -> Callable[[Any], None]:
    """Appends operations, each with constants, to what the graph gives."""

    def edit(model: Any) -> None:
        result = model.graph.output[0].name
        _rename_output(model, result, "right")
        _chain(model, "right", result, operations)

    return edit


def after(node: str, *operations: tuple[str, tuple[float, ...]]) -> Callable[[Any], None]:
    """Puts operations between a node and whatever takes its output."""

    def edit(model: Any) -> None:
        found = next((each for each in model.graph.node if each.name == node), None)
        if found is None:
            raise NotHere(f"the graph has no {node}")
        name = found.output[0]
        place = list(model.graph.node).index(found) + 1
        _rename_output(model, name, f"{name}.right")
        _chain(model, f"{name}.right", name, operations, place)

    return edit


def slopes(value: float) -> Callable[[Any], None]:
    """Gives every LeakyRelu another slope."""

    def edit(model: Any) -> None:
        for node in model.graph.node:
            if node.op_type == "LeakyRelu":
                node.attribute[0].f = value

    return edit


def scales(factor: float) -> Callable[[Any], None]:
    """Multiplies the scales of 8-bit weights, all of them."""

    def edit(model: Any) -> None:
        names = [tensor.name for tensor in model.graph.initializer if tensor.name.endswith(".scale")]
        if not names:
            raise NotHere("the graph has no 8-bit weights")
        for name in names:
            weights_of(name, lambda scale: scale * np.float32(factor))(model)

    return edit


def _rename_output(model: Any, old: str, new: str) -> None:
    for node in model.graph.node:
        for place, name in enumerate(node.output):
            if name == old:
                node.output[place] = new


def _chain(
    model: Any, source: str, result: str, operations: tuple[tuple[str, tuple[float, ...]], ...], place: int | None = None
) -> None:
    from onnx import helper, numpy_helper

    value = source
    for step, (kind, constants) in enumerate(operations):
        names = [f"{result}.{kind}.{step}.{index}" for index in range(len(constants))]
        model.graph.initializer.extend(
            numpy_helper.from_array(np.array(constant, np.float32), name)
            for name, constant in zip(names, constants, strict=True)
        )
        output = result if step == len(operations) - 1 else f"{result}.{kind}.{step}"
        node = helper.make_node(kind, [value, *names], [output], name=f"fault.{kind}.{step}")
        if place is None:
            model.graph.node.append(node)
        else:
            model.graph.node.insert(place + step, node)
        value = output
