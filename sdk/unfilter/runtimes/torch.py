"""PyTorch, running the reference: a torch.export file of the training network itself, not of the export form."""

import numpy as np
from numpy.typing import NDArray

from unfilter.bundle import Artifact, Bundle, Format
from unfilter.errors import BundleError
from unfilter.runtimes import Graph, missing

FORMAT: Format = "pt2"
EXTRA = "torch"
ON_VENDOR_RUNTIME = True


def unavailable() -> str | None:
    return missing("torch", EXTRA)


def open_graph(bundle: Bundle, artifact: Artifact) -> Graph:
    """Load a .pt2 file.

    Raises:
        BundleError: torch cannot load it.
    """
    import torch

    path = bundle.path(artifact.path)
    try:
        # Guards off: export guards against sides of one squeeze cell, where the graph is right as well.
        module = torch.export.load(path).module(check_guards=False)
    except Exception as error:  # torch.export raises anything from zipfile's to its own classes on a damaged file
        raise BundleError(f"{path}: torch cannot load it ({str(error).splitlines()[0]})") from None

    def run(image: NDArray[np.float32]) -> NDArray[np.float32]:
        planes = torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32)).permute(2, 0, 1)[None]
        with torch.inference_mode():
            result = module(planes)
        return np.asarray(result[0].permute(1, 2, 0).numpy(), np.float32)

    return run
