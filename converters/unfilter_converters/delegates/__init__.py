"""What GPUs and NPUs would run of every artifact, asked of each vendor: its compiler, its checker, or its documentation.

One sibling per format, each with `coverage(path, artifact) -> coverages`.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from unfilter.format.artifact import Artifact
from unfilter.run.delegates.coverage import Coverage

SIBLINGS = {"onnx": "onnx", "tflite": "litert", "mlpackage": "coreml"}
"""By format; the reference runs on no phone."""


def siblings() -> list[ModuleType]:
    """All of them."""
    return [import_module(f"{__name__}.{name}") for name in SIBLINGS.values()]


def coverage(artifacts: Iterable[Artifact], bundle: Path) -> Iterator[Coverage]:
    """What each delegate would run of each artifact, whose paths are relative to `bundle`."""
    by_format = dict(zip(SIBLINGS, siblings(), strict=True))
    for artifact in artifacts:
        if artifact.format in by_format:
            yield from by_format[artifact.format].coverage(bundle / artifact.path, artifact)
