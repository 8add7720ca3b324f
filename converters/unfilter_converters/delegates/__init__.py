"""What GPUs and NPUs would run of every artifact, asked of each vendor: its compiler, its checker, or its documentation.

One sibling per format, each with `coverage(path, artifact) -> coverages`.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from unfilter.format.manifest import Artifact
from unfilter.run.delegates.coverage import Coverage

SIBLINGS = {"onnx": "onnx", "tflite": "litert", "mlpackage": "coreml"}
"""By format; the reference runs on no phone."""


def coverage(artifacts: Iterable[Artifact], bundle: Path) -> Iterator[Coverage]:
    """What each delegate would run of each artifact, whose paths are relative to `bundle`."""
    for artifact in artifacts:
        if artifact.format in SIBLINGS:
            module = import_module(f"{__name__}.{SIBLINGS[artifact.format]}")
            yield from module.coverage(bundle / artifact.path, artifact)
