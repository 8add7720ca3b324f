"""LiteRT's GPU, by TensorFlow's analyzer, and NPUs, whose compilers are vendors' downloads."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from unfilter.errors import RuntimeUnavailable
from unfilter.format.artifact import Artifact
from unfilter.run.delegates.coverage import Coverage, Evidence
from unfilter.run.delegates.table import find_delegate
from unfilter_converters.delegates.documented import not_asked, predicted

ANALYZER = "https://ai.google.dev/edge/api/tflite/python/tf/lite/experimental/Analyzer"
_PROGRAM = "import sys, tensorflow; tensorflow.lite.experimental.Analyzer.analyze(sys.argv[1], gpu_compatibility=True)"
_SUBGRAPH = re.compile(r"^Subgraph#\d+ (\w+)\(")
_OPERATION = re.compile(r"^  Op#\d+ (\w+)\(")
_REFUSED = re.compile(r"^GPU COMPATIBILITY WARNING: .*?\b([A-Z][A-Z0-9_]+)")


def coverage(path: Path, artifact: Artifact) -> Iterator[Coverage]:
    """What a GPU would run of the signature for full tiles; and for NPUs, that nobody was asked."""
    operations = _operations(path, str(artifact.signature))
    npu = find_delegate("litert", "npu")
    if find_spec("tensorflow"):
        yield _analyzed(path, artifact)
    else:
        note = "TensorFlow's analyzer is not installed; `nox -s delegates` asks it"
        yield not_asked(artifact, ("litert", "gpu"), operations, ANALYZER, note)
    yield not_asked(artifact, ("litert", "npu"), operations, npu.source, npu.note)


@cache
def _operations(path: Path, signature: str) -> tuple[str, ...]:
    """Kinds of operations of one signature, in order."""
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(path.read_bytes()))
    kinds = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    (index,) = (each.subgraphIndex for each in model.signatureDefs if each.signatureKey.decode() == signature)
    codes = [model.operatorCodes[operator.opcodeIndex] for operator in model.subgraphs[index].operators]
    return tuple(kinds[max(code.builtinCode, code.deprecatedBuiltinCode)] for code in codes)


@cache
def _analysis(path: Path) -> str:
    """What TensorFlow's analyzer prints, in a process of its own: TensorFlow and torch do not share one gladly.

    Raises:
        RuntimeUnavailable: it fails.
    """
    done = subprocess.run([sys.executable, "-c", _PROGRAM, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeUnavailable(f"TensorFlow's analyzer fails on {path}: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


def parse(analysis: str, signature: str) -> tuple[list[str], set[str]]:
    """Kinds of operations of a signature as the analyzer lists them, and those of the file that it says a GPU refuses."""
    operations: list[str] = []
    refused = set()
    inside = False
    for line in analysis.splitlines():
        if begins := _SUBGRAPH.match(line):
            inside = begins[1] == signature
        elif inside and (operation := _OPERATION.match(line)):
            operations.append(operation[1])
        elif refusal := _REFUSED.match(line):
            refused.add(refusal[1])
    return operations, refused


def _analyzed(path: Path, artifact: Artifact) -> Coverage:
    operations, refused = parse(_analysis(path), str(artifact.signature))
    source = f"tensorflow {version('tensorflow')}, Analyzer"
    note = "checks kinds of operations; a run on the GPU says more (`unfilter delegates`)"
    found = predicted(artifact, ("litert", "gpu"), operations, set(operations) - refused, source, note)
    return found.model_copy(update={"evidence": Evidence.CHECKED})
