"""LiteRT's accelerators (GPU, NPU), through `CompiledModel`, which the interpreter knows nothing of.

Source: https://ai.google.dev/edge/litert/next/gpu
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError, RuntimeUnavailable
from unfilter.format.artifact import Artifact
from unfilter.photo.silence import WITHOUT_STANDARD_ERROR
from unfilter.run.delegates.table import Delegate
from unfilter.run.runtimes import input_names

Inputs: TypeAlias = Mapping[str, NDArray[np.float32]]
Signature: TypeAlias = Callable[[Inputs], NDArray[np.float32]]
"""One signature of a file: from all its inputs, by name, to its result, batch first."""

_LIBRARIES = {"GPU": "libLiteRt*Accelerator.*", "NPU": "libLiteRtDispatch*"}

_NEEDS = {
    "GPU": "it needs a driver for Vulkan, Metal or Direct3D 12",
    "NPU": "it needs the vendor's library, on the device that has the NPU",
}


def unavailable(delegate: Delegate) -> str | None:
    """Why this ai-edge-litert has no such accelerator; None where it has, though it may find no adapter to run on."""
    spec = find_spec("ai_edge_litert")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    if any(folder.rglob(_LIBRARIES[delegate.hardware])):
        return None
    return f"this ai-edge-litert brings no {delegate.hardware} accelerator for this machine"


def open_signatures(path: Path, artifact: Artifact, delegate: Delegate) -> tuple[Signature, Signature]:
    """The signature for full tiles and the masked one, on the accelerator alone.

    Raises:
        BundleError: the file lacks a signature.
        RuntimeUnavailable: there is no adapter, or part of the graph would run on the CPU.
    """
    reason = unavailable(delegate)
    if reason:
        raise RuntimeUnavailable(f"delegate {delegate}: {reason}")
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.hardware_accelerator import HardwareAccelerator

    try:
        with WITHOUT_STANDARD_ERROR:  # pages of notices, from C++
            model = CompiledModel.from_file(str(path), hardware_accel=HardwareAccelerator[delegate.api["python"]])
            whole = model.is_fully_accelerated()
    except RuntimeError:
        raise RuntimeUnavailable(
            f"delegate {delegate}: finds nothing here that takes {path}; {_NEEDS[delegate.hardware]}"
        ) from None
    if not whole:
        raise RuntimeUnavailable(f"delegate {delegate}: leaves part of {path} to the CPU")
    signatures = model.get_signature_list()
    for name in (artifact.signature, artifact.masked_signature):
        if name not in signatures:
            raise BundleError(f"{path}: has no signature {name}, which the manifest names")
    inputs = input_names(artifact)
    masked = [*inputs, artifact.valid.name] if artifact.valid else inputs
    result = artifact.result.name
    return (
        _signature(model, str(artifact.signature), inputs, result, delegate),
        _signature(model, str(artifact.masked_signature), masked, result, delegate),
    )


def _signature(model: Any, name: str, inputs: list[str], result: str, delegate: Delegate) -> Signature:
    def run(given: Inputs) -> NDArray[np.float32]:
        taken = {each: model.create_input_buffer_by_name(name, each) for each in inputs}
        given_back = model.create_output_buffer_by_name(name, result)
        for each, buffer in taken.items():
            buffer.write(np.ascontiguousarray(given[each], dtype=np.float32))
        model.run_by_name(name, taken, {result: given_back})
        shape = tuple(model.get_output_tensor_details(name)[result]["shape"])
        return np.asarray(given_back.read(int(np.prod(shape)), np.float32)).reshape(shape)

    def run_or_say(given: Inputs) -> NDArray[np.float32]:
        try:
            with WITHOUT_STANDARD_ERROR:
                return run(given)
        except RuntimeError:  # seen on software Vulkan on a busy machine: LiteRT stops waiting for the result
            raise RuntimeUnavailable(f"delegate {delegate}: gave no result of {name}, or not in time") from None

    return run_or_say
