"""Core ML: Apple's runtime, through coremltools, on macOS.

Written against Apple's documented API, never run by us: the machines it was made on run Linux, where Core ML does not exist.
What is checked there is the package, by runtime `mil`.
Source: https://apple.github.io/coremltools/docs-guides/source/model-prediction.html
"""

import sys
import warnings
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError
from unfilter.format.artifact import Artifact, Format
from unfilter.format.bundle import Bundle
from unfilter.run.delegates.table import Delegate
from unfilter.run.runtimes import Graph, image_inputs, missing, parameter_input

FORMAT: Format = "mlpackage"
EXTRA = "coreml"
ON_VENDOR_RUNTIME = True


def unavailable() -> str | None:
    if sys.platform != "darwin":
        return "Core ML runs on macOS only; here use the reference executor, runtime mil"
    return missing("coremltools", EXTRA)


def load() -> None:
    import coremltools  # noqa: F401


def delegate_unavailable(delegate: Delegate) -> str | None:
    return (
        None  # Core ML falls back by itself on a machine without a Neural Engine; `unfilter delegates` shows it by the bytes
    )


def open_graph(bundle: Bundle, artifact: Artifact, delegate: Delegate | None = None) -> Graph:
    """Compile and load a package for the compute units of `delegate`: on GPU and Neural Engine, results differ from chip to
    chip.

    Raises:
        BundleError: Core ML cannot load it.
    """
    import coremltools

    path = bundle.path(artifact.path)
    units = delegate.api["python"] if delegate else "CPU_ONLY"
    try:
        with warnings.catch_warnings():
            # a package that does not compile is only warned about, and fails when it is first run
            warnings.simplefilter("error", RuntimeWarning)
            model = coremltools.models.MLModel(str(path), compute_units=coremltools.ComputeUnit[units])
    except Exception as error:  # protobuf, the package library and Core ML raise classes that share no base but Exception
        raise BundleError(f"{path}: Core ML cannot load it ({' '.join(str(error).split())})") from None

    lock = Lock()  # Apple asks for one prediction at a time from one instance of MLModel

    def run(image: NDArray[np.float32], parameters: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        inputs = {**image_inputs(artifact, image), **parameter_input(artifact, parameters)}
        with lock:
            result = model.predict(inputs)[artifact.result.name]
        channels_last: NDArray[np.float32] = np.asarray(result, np.float32)[0].transpose(1, 2, 0)
        return channels_last

    return run
