"""What runs an artifact: one protocol, equal siblings.

| runtime | opens | needs |
|---|---|---|
| `onnx` | ONNX | onnxruntime |
| `litert` | TFLite | ai-edge-litert |
| `coreml` | Core ML packages, by Apple's runtime | coremltools on macOS |
| `mil` | Core ML packages, by a reference executor of ours | coremltools, any system |
| `torch` | the PyTorch reference (.pt2) | torch |

Each sibling module has `FORMAT`, `EXTRA`, `ON_VENDOR_RUNTIME`, `unavailable()`, `load()`, `delegate_unavailable(delegate)`
and `open_graph(bundle, artifact, delegate)`, and imports its library only when asked to, for a delegate or to open a graph.
"""

import io
import os
from collections.abc import Callable
from contextlib import redirect_stderr
from functools import cache
from importlib import import_module
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import RuntimeUnavailable, did_you_mean
from unfilter.format.artifact import Artifact, Format
from unfilter.format.bundle import Bundle
from unfilter.photo.silence import WITHOUT_STANDARD_ERROR
from unfilter.run.delegates.table import Delegate
from unfilter.run.runtimes import processors

THREADS = "UNFILTER_THREADS"
"""Environment variable: most threads that a runtime uses."""

NAMES = ("onnx", "litert", "coreml", "torch", "mil")
"""In order of preference."""


class Graph(Protocol):
    """One direction of a filter, ready to run; several threads may call it at once."""

    def __call__(self, image: NDArray[np.float32], parameters: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Run on an image or tile: float32, height x width x 3, sRGB 0..1, sides multiples of the alignment and at most the
        tile's. The result has the same shape and is not clipped. A guided forward graph takes 6 channels: those of the
        photo, then those of what the app's own filter made of it.

        `parameters` are the normalised hyper-parameters, float32 (count,), 0..1, in the manifest's order:
        for a forward graph whose artifact has them, and for no other.

        Raises:
            ValueError: `parameters` missing, superfluous, or of another count.
        """
        ...


BoundGraph = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A graph with its `parameters`, where it takes any, already given: what is left is an image or tile, as for `Graph`."""


class Runtime(Protocol):
    """What every sibling module offers."""

    FORMAT: Format
    EXTRA: str
    ON_VENDOR_RUNTIME: bool

    def unavailable(self) -> str | None:
        """Why this runtime cannot be used on this machine; None where it can. Imports nothing heavy."""
        ...

    def load(self) -> None:
        """Import the library, which is installed. Raises whatever a broken one raises."""
        ...

    def delegate_unavailable(self, delegate: Delegate) -> str | None:
        """Why one of this runtime's delegates cannot be used on this machine; None where nothing speaks against it."""
        ...

    def open_graph(self, bundle: Bundle, artifact: Artifact, delegate: Delegate | None = None) -> Graph:
        """Load one artifact of the format that this runtime opens, for a delegate; None: for the CPU.

        Raises:
            BundleError: the artifact cannot be loaded.
            RuntimeUnavailable: the delegate is not to be had here, or does not take the artifact.
        """
        ...


def runtime(name: str) -> Runtime:
    """The runtime of that name, usable on this machine.

    Raises:
        RuntimeUnavailable: unknown, not installed, broken, or not for this system.
    """
    if reason := unusable(name):
        raise RuntimeUnavailable(f"runtime {name}: {reason}")
    return sibling(name)


def sibling(name: str) -> Runtime:
    """The module of that name, usable or not.

    Raises:
        RuntimeUnavailable: no such runtime.
    """
    if name not in NAMES:
        meant = did_you_mean(name, NAMES)
        raise RuntimeUnavailable(f"unknown runtime {name!r}: {meant}choose one of {', '.join(NAMES)}")
    return cast(Runtime, import_module(f"unfilter.run.runtimes.{name}"))


def installed() -> list[str]:
    """Names of the runtimes that are there, in order of preference. Imports nothing heavy, so one of them may be broken."""
    return [name for name in NAMES if sibling(name).unavailable() is None]


def working() -> list[str]:
    """Names of the runtimes that this machine can use, in order of preference; imports all of their libraries."""
    return [name for name in NAMES if unusable(name) is None]


def unusable(name: str) -> str | None:
    """Why the runtime of that name cannot be used on this machine, once its library was imported; None where it can.

    Raises:
        RuntimeUnavailable: no such runtime.
    """
    return sibling(name).unavailable() or import_failure(name)


@cache
def import_failure(name: str) -> str | None:
    """Why importing an installed library fails, in one line, whatever it prints meanwhile; None where it does not."""
    module = cast(Runtime, import_module(f"unfilter.run.runtimes.{name}"))
    printed = io.StringIO()
    try:
        with WITHOUT_STANDARD_ERROR, redirect_stderr(printed):
            module.load()
    except Exception as error:  # of a library for another numpy or another system: anything
        # numpy prints what the matter is, and raises without a word, where a library was compiled for numpy 1
        said = (str(error).strip() or printed.getvalue().strip() or "no message").splitlines()[0].strip()
        return (
            f"is installed and broken: importing it fails ({type(error).__name__}: {said}); "
            f"install it again with: pip install --upgrade --force-reinstall 'unfilter[{module.EXTRA}]'"
        )
    return None


def threads() -> int:
    """Threads that a graph may use: what the environment variable UNFILTER_THREADS says, or one for every processor that
    this process may use (`unfilter.run.runtimes.processors`).

    ONNX Runtime and LiteRT get as many. Torch and numpy have pools of their own, one for the whole process, whose size other
    variables set (OMP_NUM_THREADS, OPENBLAS_NUM_THREADS): those are lowered to it when runtime `torch` or `mil` opens its
    first graph, and never raised.

    Raises:
        RuntimeUnavailable: the variable is no positive number.
    """
    wanted = os.environ.get(THREADS)
    if not wanted:
        return processors.usable()
    if not wanted.isdecimal() or not int(wanted):
        raise RuntimeUnavailable(f"{THREADS}={wanted}: is no number of threads; set it to 1 or more, or unset it")
    return int(wanted)


def missing(package: str, extra: str) -> str | None:
    """Why `package` cannot be imported, with the line that adds it; None where it can."""
    from importlib.util import find_spec

    return None if find_spec(package) else f"{package} is not installed; add it with: pip install 'unfilter[{extra}]'"


def input_names(artifact: Artifact) -> list[str]:
    """Names of what a graph takes for a photo that needs no mask, in the order of its inputs."""
    return [each.name for each in (artifact.image, artifact.output, artifact.parameters) if each is not None]


def image_inputs(artifact: Artifact, image: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """`image` of a call of `Graph` as that artifact's inputs, by name, a batch of one in its layout.

    Raises:
        ValueError: another number of channels than the artifact takes.
    """
    tensors = [each for each in (artifact.image, artifact.output) if each is not None]
    if image.shape[2] != 3 * len(tensors):
        raise ValueError(f"{artifact.path} ({artifact.direction}) takes {3 * len(tensors)} channels, got {image.shape[2]}")
    batches = {}
    for place, tensor in enumerate(tensors):
        part = image[:, :, 3 * place : 3 * place + 3]
        part = part.transpose(2, 0, 1) if tensor.layout == "NCHW" else part
        batches[tensor.name] = np.ascontiguousarray(part[None], dtype=np.float32)
    return batches


def parameter_input(artifact: Artifact, parameters: NDArray[np.float32] | None) -> dict[str, NDArray[np.float32]]:
    """`parameters` of a call of `Graph` as that artifact's input, by name, one pixel in its layout; {} where it has none.

    Raises:
        ValueError: missing, superfluous, or of another count.
    """
    given = 0 if parameters is None else parameters.size
    taken = artifact.parameters.channels if artifact.parameters else 0
    if given != taken:
        raise ValueError(f"{artifact.path} ({artifact.direction}) takes {taken} hyper-parameters, got {given}")
    if artifact.parameters is None or parameters is None:
        return {}
    shape = (1, taken, 1, 1) if artifact.parameters.layout == "NCHW" else (1, 1, 1, taken)
    return {artifact.parameters.name: np.asarray(parameters, np.float32).reshape(shape)}
