"""ONNX Runtime, on the CPU or through an execution provider."""

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError, RuntimeUnavailable
from unfilter.format.artifact import Artifact, Format
from unfilter.format.bundle import Bundle
from unfilter.run.delegates.table import Delegate
from unfilter.run.runtimes import Graph, image_inputs, input_names, missing, parameter_input, threads

FORMAT: Format = "onnx"
EXTRA = "onnx"
ON_VENDOR_RUNTIME = True


def unavailable() -> str | None:
    return missing("onnxruntime", EXTRA)


def load() -> None:
    import onnxruntime  # noqa: F401


def delegate_unavailable(delegate: Delegate) -> str | None:
    import onnxruntime

    if delegate.plugin:
        module = delegate.plugin.replace("-", "_")
        if missing(module, EXTRA):
            return f"{module} is not installed; add it with: pip install {delegate.plugin}"
        return None if _devices(delegate) else f"{delegate.plugin} finds no device here that it could run on"
    if delegate.api["python"] in onnxruntime.get_available_providers():
        return None
    return f"this onnxruntime has no {delegate.api['python']}; builds for {', '.join(delegate.platforms)} have it"


def open_graph(bundle: Bundle, artifact: Artifact, delegate: Delegate | None = None) -> Graph:
    """Load an ONNX file. A delegate that takes whole tiles only leaves smaller photos to the CPU.

    Raises:
        BundleError: ONNX Runtime cannot load it.
        RuntimeUnavailable: the delegate cannot.
    """
    path, side = bundle.path(artifact.path), bundle.manifest.tiles.tile
    on_hardware = delegate if delegate and delegate.baseline else None

    @cache
    def session(whole_tile: bool) -> Any:
        wanted = on_hardware if whole_tile else None
        try:
            loaded = _session(str(path), wanted, side)
        except Exception as error:  # onnxruntime raises classes of its own that share no base but Exception
            reason = str(error).splitlines()[0]
            if wanted is None:
                raise BundleError(f"{path}: ONNX Runtime cannot load it ({reason})") from None
            raise RuntimeUnavailable(f"delegate {wanted}: does not take {path} ({reason})") from None
        names = [each.name for each in (*loaded.get_inputs(), *loaded.get_outputs())]
        expected = [*input_names(artifact), artifact.result.name]
        if names != expected:
            raise BundleError(f"{path}: has tensors {names}, the manifest says {expected}")
        return loaded

    session(True)

    def run(image: NDArray[np.float32], parameters: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        whole_tile = not (on_hardware and on_hardware.fixed_size) or image.shape[:2] == (side, side)
        inputs = {**image_inputs(artifact, image), **parameter_input(artifact, parameters)}
        (result,) = session(whole_tile).run([artifact.result.name], inputs)
        channels_last: NDArray[np.float32] = np.asarray(result, np.float32)[0].transpose(1, 2, 0)
        return channels_last

    return run


def session_options() -> Any:
    """Options of a session, before any delegate's: as many threads as there may be, and no word but of errors."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.log_severity_level = 3
    return options


def _session(path: str, delegate: Delegate | None, side: int) -> Any:
    import onnxruntime

    options = session_options()
    if delegate is None:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    if delegate.fixed_size:
        for axis in ("height", "width"):
            options.add_free_dimension_override_by_name(axis, side)
    if delegate.plugin:
        options.add_provider_for_devices(_devices(delegate)[:1], delegate.options)
        return onnxruntime.InferenceSession(path, options)
    providers = [(delegate.api["python"], delegate.options), "CPUExecutionProvider"]
    return onnxruntime.InferenceSession(path, options, providers=providers)


def _devices(delegate: Delegate) -> list[Any]:
    """What a plugin could run on, of this machine."""
    import onnxruntime

    _registered(delegate.plugin.replace("-", "_"))
    return [device for device in onnxruntime.get_ep_devices() if device.ep_name == delegate.api["python"]]


@cache
def _registered(module: str) -> None:
    """Make a plugin known to ONNX Runtime, once a process.

    Source: https://onnxruntime.ai/docs/execution-providers/plugin-ep-libraries/
    """
    import onnxruntime

    plugin = import_module(module)
    onnxruntime.register_execution_provider_library(plugin.get_ep_name(), plugin.get_library_path())
