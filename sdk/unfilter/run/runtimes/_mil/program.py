"""A program read from a package, ready to run: constants read, operations in order, values dropped after their last use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError
from unfilter.run.runtimes._mil.operations import OPERATIONS
from unfilter.run.runtimes._mil.package import main_function, model_path
from unfilter.run.runtimes._mil.values import Values, dtype_of

Array = NDArray[Any]
Value = Array | str
Arguments = dict[str, str | tuple[str, ...]]
"""By MIL's name of the parameter: the name of a value, or several (a tuple of tensors)."""

_MISFITS = (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, ZeroDivisionError, MemoryError)
"""What Python and numpy raise at a damaged program, or at arguments that do not fit an operation."""


@dataclass(frozen=True)
class Step:
    """One operation, and the values that nobody needs after it."""

    operation: str
    arguments: Arguments
    outputs: tuple[tuple[str, np.dtype[Any] | None], ...]
    last_uses: tuple[str, ...]


class Program:
    """The function `main` of a package. Values are float32, or float16 where the program says so.

    Raises:
        BundleError: not a package, damaged, or an operation that is not covered.
    """

    def __init__(self, package: Path) -> None:
        self._model = model_path(package)
        self._values = Values(package, self._model)
        self._constants: dict[str, Value] = {}
        function = main_function(self._model)
        block = function.block_specializations[function.opset]
        self.inputs: tuple[str, ...] = tuple(item.name for item in function.inputs)
        self.outputs: tuple[str, ...] = tuple(block.outputs)
        try:
            self._steps = self._schedule(self._operations(block))
        except BundleError:
            raise
        except _MISFITS as error:
            raise self._broken(str(error)) from None

    @property
    def constants(self) -> Mapping[str, Value]:
        """Weights and parameters, by name; float16 ones as float32."""
        return self._constants

    def _broken(self, reason: str) -> BundleError:
        return BundleError(f"{self._model}: {' '.join(reason.split())}; convert the filter again")

    def _operations(self, block: Any) -> list[tuple[Any, Arguments]]:
        operations = []
        for operation in block.operations:
            if operation.type == "const":
                self._constants[operation.outputs[0].name] = self._values.read(operation.attributes["val"])
            elif operation.type == "constexpr_affine_dequantize":
                self._constants[operation.outputs[0].name] = self._values.dequantized(operation)
            elif operation.type in OPERATIONS:
                operations.append((operation, self._arguments(operation)))
            else:
                raise self._broken(f"operation {operation.type} is not one that runtime mil knows")
        return operations

    def _arguments(self, operation: Any) -> Arguments:
        arguments: Arguments = {}
        for parameter, argument in operation.inputs.items():
            names = []
            for place, binding in enumerate(argument.arguments):
                name = binding.name
                if binding.WhichOneof("binding") == "value":
                    name = f"{operation.outputs[0].name}.{parameter}.{place}"
                    self._constants[name] = self._values.read(binding.value)
                names.append(name)
            arguments[parameter] = names[0] if len(names) == 1 else tuple(names)
        return arguments

    def _schedule(self, operations: list[tuple[Any, Arguments]]) -> tuple[Step, ...]:
        keep = set(self.outputs) | self._constants.keys()
        defined = self._constants.keys() | set(self.inputs)
        steps: list[Step] = []
        used = []
        for operation, arguments in operations:
            names = {name for value in arguments.values() for name in ((value,) if isinstance(value, str) else value)}
            if names - defined:
                raise self._broken(f"{operation.type} uses {min(names - defined)}, which nothing gives")
            outputs = tuple((output.name, dtype_of(output.type)) for output in operation.outputs)
            defined = defined | {name for name, _ in outputs}
            steps.append(Step(operation.type, arguments, outputs, ()))
            used.append(names)
        if set(self.outputs) - defined:
            raise self._broken(f"nothing gives {', '.join(sorted(set(self.outputs) - defined))}")
        for index in reversed(range(len(steps))):
            step = steps[index]
            # a result that nobody uses goes at once
            ending = (used[index] | {name for name, _ in step.outputs}) - keep
            keep |= ending
            steps[index] = Step(step.operation, step.arguments, step.outputs, tuple(sorted(ending)))
        return tuple(steps)

    def __call__(
        self, inputs: Mapping[str, Array], see: Callable[[Step, dict[str, Any]], object] = lambda *_: None
    ) -> dict[str, Array]:
        """Run on arrays of the declared types, batch x channels x height x width. `see` is called after each operation with
        all values that are alive then.

        Raises:
            BundleError: an operation does not fit its arguments.
        """
        values: dict[str, Any] = {**self._constants, **inputs}
        for step in self._steps:
            arguments = {parameter: _wide(values, name) for parameter, name in step.arguments.items()}
            try:
                with np.errstate(over="ignore", invalid="ignore"):  # beyond fp16's range is infinity, as on a device
                    result = OPERATIONS[step.operation](**arguments)
                    results = result if isinstance(result, list) else [result]
                    for (name, dtype), value in zip(step.outputs, results, strict=True):
                        values[name] = np.asarray(value, dtype)
            except _MISFITS as error:
                names = " ".join(name for name, _ in step.outputs)
                raise self._broken(f"{step.operation} {names}: {error}") from None
            see(step, values)
            del arguments
            for name in step.last_uses:
                del values[name]
        return {name: values[name] for name in self.outputs}


def _wide(values: Mapping[str, Any], name: str | tuple[str, ...]) -> Any:
    """The value of that name, or a tuple of them, float16 as float32: operations compute in float32."""
    if isinstance(name, tuple):
        return tuple(_wide(values, part) for part in name)
    value = values[name]
    return value.astype(np.float32) if isinstance(value, np.ndarray) and value.dtype == np.float16 else value
