"""ONNX Runtime on the CPU."""

import numpy as np
from numpy.typing import NDArray

from unfilter.bundle import Artifact, Bundle, Format
from unfilter.errors import BundleError
from unfilter.runtimes import Graph, input_names, missing, parameter_input, threads

FORMAT: Format = "onnx"
EXTRA = "onnx"
ON_VENDOR_RUNTIME = True


def unavailable() -> str | None:
    return missing("onnxruntime", EXTRA)


def open_graph(bundle: Bundle, artifact: Artifact) -> Graph:
    """Load an ONNX file.

    Raises:
        BundleError: ONNX Runtime cannot load it.
    """
    import onnxruntime

    path = bundle.path(artifact.path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own that share no base but Exception
        raise BundleError(f"{path}: ONNX Runtime cannot load it ({str(error).splitlines()[0]})") from None

    names = [each.name for each in (*session.get_inputs(), *session.get_outputs())]
    expected = [*input_names(artifact), artifact.result.name]
    if names != expected:
        raise BundleError(f"{path}: has tensors {names}, the manifest says {expected}")

    def run(image: NDArray[np.float32], parameters: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        planes = np.ascontiguousarray(image.transpose(2, 0, 1)[None], dtype=np.float32)
        inputs = {artifact.image.name: planes, **parameter_input(artifact, parameters)}
        (result,) = session.run([artifact.result.name], inputs)
        channels_last: NDArray[np.float32] = np.asarray(result, np.float32)[0].transpose(1, 2, 0)
        return channels_last

    return run
