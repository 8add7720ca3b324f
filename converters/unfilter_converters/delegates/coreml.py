"""Core ML's GPU and Neural Engine, from what Apple documents. What really runs where, only macOS can say.

Sources: https://apple.github.io/coremltools/docs-guides/source/typed-execution.html (the Neural Engine computes in half
precision), https://developer.apple.com/forums/thread/724930 (of a package with flexible sizes it takes the default one).
"""

from collections.abc import Iterator
from pathlib import Path

from unfilter.format.artifact import Artifact
from unfilter.run.delegates.coverage import Coverage
from unfilter.run.delegates.table import find_delegate
from unfilter.run.runtimes._mil.package import main_function, model_path
from unfilter_converters.delegates.documented import predicted

TYPED_EXECUTION = "https://apple.github.io/coremltools/docs-guides/source/typed-execution.html"

_NONE: frozenset[str] = frozenset()


def coverage(path: Path, artifact: Artifact) -> Iterator[Coverage]:
    """What GPU and Neural Engine would run of a package."""
    function = main_function(model_path(path))
    block = function.block_specializations[function.opset]
    kinds = [operation.type for operation in block.operations]
    operations = [kind for kind in kinds if kind != "const" and not kind.startswith("constexpr")]
    yield predicted(
        artifact, ("coreml", "gpu"), operations, set(operations), TYPED_EXECUTION, "Apple lists no operations by hardware"
    )
    known = find_delegate("coreml", "neural_engine")
    half = artifact.precision != "fp32"
    note = "whole tiles only, in half precision" if half else "computes in half precision: this artifact stays on GPU or CPU"
    yield predicted(
        artifact, ("coreml", "neural_engine"), operations, set(operations) if half else _NONE, known.source, note
    )
