"""LiteRT (formerly TensorFlow Lite): on the CPU, with XNNPACK or without, or through its GPU or NPU accelerator."""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError
from unfilter.format.artifact import Artifact, Format
from unfilter.format.bundle import Bundle
from unfilter.run.delegates.table import Delegate
from unfilter.run.runtimes import Graph, image_inputs, input_names, missing, parameter_input, threads
from unfilter.run.runtimes._litert import compiled_model
from unfilter.run.runtimes._litert.compiled_model import Inputs, Signature
from unfilter.run.runtimes.fixed_size import filling

FORMAT: Format = "tflite"
EXTRA = "litert"
ON_VENDOR_RUNTIME = True


def unavailable() -> str | None:
    return missing("ai_edge_litert", EXTRA)


def load() -> None:
    from ai_edge_litert import interpreter  # noqa: F401


def delegate_unavailable(delegate: Delegate) -> str | None:
    return compiled_model.unavailable(delegate) if delegate.hardware != "CPU" else None


def open_graph(bundle: Bundle, artifact: Artifact, delegate: Delegate | None = None) -> Graph:
    """Load a TFLite file: the signature for full tiles, and the masked one when a smaller photo comes.

    Raises:
        BundleError: LiteRT cannot load it.
        RuntimeUnavailable: the accelerator is not to be had, or leaves part of the graph to the CPU.
    """
    if delegate and delegate.hardware != "CPU":
        return _filling(bundle, artifact, *compiled_model.open_signatures(bundle.path(artifact.path), artifact, delegate))
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    path = bundle.path(artifact.path)
    resolver = OpResolverType[delegate.api["python"]] if delegate and not delegate.baseline else OpResolverType.AUTO
    try:
        interpreter = Interpreter(str(path), num_threads=threads(), experimental_op_resolver_type=resolver)
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

    def run_full(inputs: Inputs) -> NDArray[np.float32]:
        return np.asarray(full(**inputs)[artifact.result.name], np.float32)

    def run_masked(inputs: Inputs) -> NDArray[np.float32]:
        return np.asarray(masked(**inputs)[artifact.result.name], np.float32)

    return _filling(bundle, artifact, run_full, run_masked)


def _filling(bundle: Bundle, artifact: Artifact, full: Signature, masked: Signature) -> Graph:
    """A graph of both signatures, which one thread at a time may call."""
    lock = Lock()  # an interpreter holds the tensors of one call
    valid_name = artifact.valid.name if artifact.valid else ""

    def run(image: NDArray[np.float32], parameters: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        more = parameter_input(artifact, parameters)

        def run_full(image: NDArray[np.float32]) -> NDArray[np.float32]:
            result: NDArray[np.float32] = full({**image_inputs(artifact, image), **more})[0]
            return result

        def run_masked(image: NDArray[np.float32], valid: NDArray[np.float32]) -> NDArray[np.float32]:
            result: NDArray[np.float32] = masked(
                {**image_inputs(artifact, image), valid_name: valid[None, :, :, None], **more}
            )[0]
            return result

        with lock:
            return filling(bundle.manifest.tiles, run_full, run_masked)(image)

    return run
