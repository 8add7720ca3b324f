"""LiteRT (formerly TensorFlow Lite) on the CPU, with XNNPACK."""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from unfilter.bundle import Artifact, Bundle, Format
from unfilter.errors import BundleError
from unfilter.runtimes import Graph, input_names, missing, parameter_input, threads
from unfilter.runtimes.fixed_size import filling

FORMAT: Format = "tflite"
EXTRA = "litert"
ON_VENDOR_RUNTIME = True


def unavailable() -> str | None:
    return missing("ai_edge_litert", EXTRA)


def open_graph(bundle: Bundle, artifact: Artifact) -> Graph:
    """Load a TFLite file: the signature for full tiles, and the masked one when a smaller photo comes.

    Raises:
        BundleError: LiteRT cannot load it.
    """
    from ai_edge_litert.interpreter import Interpreter

    path = bundle.path(artifact.path)
    try:
        interpreter = Interpreter(str(path), num_threads=threads())
        full = interpreter.get_signature_runner(artifact.signature)
        masked = interpreter.get_signature_runner(artifact.masked_signature)
    except (ValueError, RuntimeError) as error:
        raise BundleError(f"{path}: LiteRT cannot load it ({str(error).splitlines()[0]})") from None

    valid_name = artifact.valid.name if artifact.valid else ""
    for runner, mask in ((full, []), (masked, [valid_name])):
        expected = sorted(input_names(artifact) + mask), [artifact.result.name]
        found = sorted(runner.get_input_details()), sorted(runner.get_output_details())
        if found != expected:
            raise BundleError(
                f"{path}: turns {found[0]} into {found[1]}, the manifest says {expected[0]} into {expected[1]}"
            )

    lock = Lock()  # an interpreter holds the tensors of one call

    def run(image: NDArray[np.float32], parameters: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        more = parameter_input(artifact, parameters)

        def run_full(image: NDArray[np.float32]) -> NDArray[np.float32]:
            inputs = {artifact.image.name: image[None], **more}
            return np.asarray(full(**inputs)[artifact.result.name][0], np.float32)

        def run_masked(image: NDArray[np.float32], valid: NDArray[np.float32]) -> NDArray[np.float32]:
            inputs = {artifact.image.name: image[None], valid_name: valid[None, :, :, None], **more}
            return np.asarray(masked(**inputs)[artifact.result.name][0], np.float32)

        with lock:
            return filling(bundle.manifest.tiles, run_full, run_masked)(image)

    return run
