"""The reference, node by node of its exported graph, which records the layers of the network that was trained."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.proof.divergence.operation import Operation, planes
from unfilter.run.runtimes import image_inputs, parameter_input


def trace(
    bundle: Bundle, artifact: Artifact, image: NDArray[np.float32], parameters: NDArray[np.float32] | None
) -> list[Operation]:
    """Every operation in order; see `unfilter.proof.divergence.traces`."""
    import torch

    module = torch.export.load(bundle.path(artifact.path)).module(check_guards=False)
    operations: list[Operation] = []

    class Walk(torch.fx.Interpreter):  # type: ignore[misc]  # torch is not followed by mypy
        def run_node(self, node: Any) -> Any:
            value = super().run_node(node)
            found = planes(value.numpy()) if isinstance(value, torch.Tensor) and node.op == "call_function" else None
            if found is not None:
                modules = list((node.meta.get("nn_module_stack") or {"": ("", None)}).values())
                inputs = tuple(each.name for each in node.all_input_nodes)
                kind = getattr(node.target, "__name__", str(node.target))
                operations.append(Operation(kind, node.name, modules[-1][0], inputs, node.name, found))
            return value

    inputs = {**image_inputs(artifact, image), **parameter_input(artifact, parameters)}
    tensors = [torch.from_numpy(values) for values in inputs.values()]
    with torch.inference_mode():
        Walk(module).run(*tensors)
    return operations
