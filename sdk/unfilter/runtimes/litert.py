"""LiteRT (formerly TensorFlow Lite) on the CPU, with XNNPACK."""

import os

import numpy as np
from numpy.typing import NDArray

from unfilter.bundle import Artifact, Bundle, Format
from unfilter.errors import BundleError
from unfilter.runtimes import Graph, missing
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
        interpreter = Interpreter(str(path), num_threads=os.cpu_count() or 1)
        full = interpreter.get_signature_runner(artifact.signature)
        masked = interpreter.get_signature_runner(artifact.masked_signature)
    except (ValueError, RuntimeError) as error:
        raise BundleError(f"{path}: LiteRT cannot load it ({str(error).splitlines()[0]})") from None

    for runner, inputs in ((full, [artifact.image]), (masked, [artifact.image, artifact.valid])):
        expected = sorted(each.name for each in inputs if each is not None), [artifact.result.name]
        found = sorted(runner.get_input_details()), sorted(runner.get_output_details())
        if found != expected or artifact.valid is None:
            raise BundleError(
                f"{path}: turns {found[0]} into {found[1]}, the manifest says {expected[0]} into {expected[1]}"
            )

    def run_full(image: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(full(**{artifact.image.name: image[None]})[artifact.result.name][0], np.float32)

    def run_masked(image: NDArray[np.float32], valid: NDArray[np.float32]) -> NDArray[np.float32]:
        assert artifact.valid is not None
        inputs = {artifact.image.name: image[None], artifact.valid.name: valid[None, :, :, None]}
        return np.asarray(masked(**inputs)[artifact.result.name][0], np.float32)

    return filling(bundle.manifest.tiles, run_full, run_masked)
