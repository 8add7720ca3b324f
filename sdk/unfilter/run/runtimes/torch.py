"""PyTorch, running the reference: a torch.export file of the training network itself, not of the export form."""

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError
from unfilter.format.artifact import Artifact, Format
from unfilter.format.bundle import Bundle
from unfilter.run.delegates.table import Delegate
from unfilter.run.runtimes import Graph, image_inputs, input_names, missing, parameter_input, threads

FORMAT: Format = "pt2"
EXTRA = "torch"
ON_VENDOR_RUNTIME = True


def unavailable() -> str | None:
    return missing("torch", EXTRA)


def load() -> None:
    import torch.export  # noqa: F401


def delegate_unavailable(delegate: Delegate) -> str | None:
    return None  # it has the CPU only


def open_graph(bundle: Bundle, artifact: Artifact, delegate: Delegate | None = None) -> Graph:
    """Load a .pt2 file.

    Raises:
        BundleError: torch cannot load it.
    """
    import torch

    if torch.get_num_threads() > (most := threads()):
        torch.set_num_threads(most)
    path = bundle.path(artifact.path)
    try:
        program = torch.export.load(path)
        # Guards off: export guards against sides of one squeeze cell, where the graph is right as well.
        module = program.module(check_guards=False)
    except Exception as error:  # torch.export raises anything from zipfile's to its own classes on a damaged file
        raise BundleError(f"{path}: torch cannot load it ({str(error).splitlines()[0]})") from None

    # Inputs go by position: a .pt2 file knows them by the names of the network's source.
    taken, expected = len(program.graph_signature.user_inputs), input_names(artifact)
    if taken != len(expected):
        raise BundleError(f"{path}: takes {taken} inputs, the manifest says {', '.join(expected)}")

    def run(image: NDArray[np.float32], parameters: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        inputs = {**image_inputs(artifact, image), **parameter_input(artifact, parameters)}
        with torch.inference_mode():
            result = module(*(torch.from_numpy(values) for values in inputs.values()))
        return np.asarray(result[0].permute(1, 2, 0).numpy(), np.float32)

    return run
