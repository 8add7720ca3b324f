"""What measured: the machine in words, and the code as a digest."""

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from unfilter.proof.fidelity.machine import processor

CODE = (
    "unfilter.errors",
    "unfilter.format",
    "unfilter.jobs.recognition",
    "unfilter.photo",
    "unfilter.proof.fidelity.metrics",
    "unfilter.run.again",
    "unfilter.run.tiling",
    "unfilter_training.chains",
    "unfilter_training.data",
    "unfilter_training.evaluation.bench",
    "unfilter_training.evaluation.carriers",
    "unfilter_training.evaluation.measurements",
    "unfilter_training.evaluation.ways",
    "unfilter_training.look",
    "unfilter_training.network",
    "unfilter_training.operators",
    "unfilter_training.photo_sets",
    "unfilter_training.scoring",
)
"""Modules and packages that a measured number depends on; tables and plots are not among them."""

TOOLS = ("torch", "numpy", "pillow", "pillow-heif", "imagecodecs", "tifffile", "jpeglib")
"""Distributions that a measured number depends on."""


def machine() -> str:
    """Processor, threads of torch and its version, such as `AMD EPYC 9B14, 1 thread, torch 2.13.0`."""
    import torch

    threads = torch.get_num_threads()
    return f"{processor()}, {threads} thread{'s' if threads > 1 else ''}, torch {torch.__version__}"


def tool_versions() -> dict[str, str]:
    """Installed versions of `TOOLS`."""
    return {name: version(name) for name in TOOLS}


@cache
def code_digest() -> str:
    """sha256 over the source of `CODE` and the versions of `TOOLS`: what was measured with other code is measured again."""
    hasher = hashlib.sha256(repr(sorted(tool_versions().items())).encode())
    for name in CODE:
        spec = find_spec(name)
        assert spec is not None and spec.origin is not None
        path = Path(spec.origin)
        files = sorted(path.parent.rglob("*.py")) if spec.submodule_search_locations else [path]
        for file in files:
            hasher.update(f"{name}/{file.relative_to(path.parent).as_posix()}".encode() + file.read_bytes())
    return hasher.hexdigest()
