"""Checkpoint to Core ML: one ML Program package per direction and precision, height and width flexible up to a tile."""

import contextlib
import io
import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from unfilter.format.artifact import Artifact, Format, Precision
from unfilter.format.tiles import TilePlan
from unfilter_converters.authorship import AUTHOR, About, meaning
from unfilter_converters.export_form import ExportForm
from unfilter_converters.tensors import INPUT, LOOK, OUTPUT, graph_entry
from unfilter_training.network import QuasiInvertibleNetwork

FORMAT: Format = "mlpackage"
PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16")
TOOLS = ("coremltools", "torch")

_FOLDER = "coreml"
_MODEL = Path("Data/com.apple.CoreML/model.mlmodel")
_DATE = "com.github.apple.coremltools.conversion_date"


def convert(network: QuasiInvertibleNetwork, plan: TilePlan, folder: Path, precision: Precision) -> tuple[Artifact, ...]:
    """Write `forward_<precision>.mlpackage` and `inverse_<precision>.mlpackage` under `folder / "coreml"`, for iOS 16 up.

    Height and width are ranges from `plan.alignment` to `plan.tile`, so that a photo smaller than a tile needs no mask.
    Range shapes rule out the Neural Engine; a later issue, on delegates, chooses fixed shapes for it.
    Inputs and outputs are float32 in both precisions; fp16 is for weights and arithmetic between them.

    Law: the same network and plan give the same bytes of `model.mlmodel` and `weight.bin`, on any day and in any process.
    `Manifest.json` holds random identifiers.
    """
    (folder / _FOLDER).mkdir(exist_ok=True)
    artifacts = []
    for direction in ("forward", "inverse"):
        path = f"{_FOLDER}/{direction}_{precision}.mlpackage"
        graph = ExportForm(network, direction).eval()
        _write(graph, OUTPUT[direction], plan, precision, folder / path)
        artifacts.append(graph_entry(FORMAT, direction, precision, path, "NCHW", graph.hyper_parameters, graph.guided))
    return tuple(artifacts)


def _write(graph: ExportForm, result: str, plan: TilePlan, precision: Precision, package: Path) -> None:
    examples = graph.examples(side=min(64, plan.tile))
    with warnings.catch_warnings():
        # that tracing is deprecated; what it says about the graph is let through
        warnings.simplefilter("ignore", DeprecationWarning)
        traced = torch.jit.trace(graph.traceable(), tuple(examples.values()))
    with coremltools_quietly() as ct:
        height, width = (ct.RangeDim(plan.alignment, plan.tile, plan.tile) for _ in range(2))
        shapes = {
            name: (1, 3, height, width) if name in (*INPUT.values(), LOOK) else value.shape
            for name, value in examples.items()
        }
        program = ct.convert(
            traced,
            # dtype is said on both sides because iOS 16 with fp16 arithmetic would make them fp16 without a word
            inputs=[ct.TensorType(name=name, shape=shape, dtype=np.float32) for name, shape in shapes.items()],
            outputs=[ct.TensorType(name=result, dtype=np.float32)],
            convert_to="mlprogram",
            minimum_deployment_target=ct.target.iOS16,
            compute_precision=ct.precision.FLOAT32 if precision == "fp32" else ct.precision.FLOAT16,
            skip_model_load=True,
        )
        program.save(str(package))
        settle(ct, package)


def describe(path: Path, artifacts: tuple[Artifact, ...], about: About) -> None:
    """Write `about` into the package's metadata, which Xcode and `MLModel.modelDescription` show, with a line for each input
    and output.

    Source: https://apple.github.io/coremltools/mlmodel/Format/Model.html, Metadata and FeatureDescription
    """
    (artifact,) = artifacts
    with coremltools_quietly() as ct:
        spec = ct.proto.Model_pb2.Model.FromString((path / _MODEL).read_bytes())
        metadata = spec.description.metadata
        metadata.author, metadata.license, metadata.versionString = AUTHOR, about.licence, about.version
        metadata.shortDescription = about.description
        metadata.userDefined.update(about.fields)
        tensors = {
            each.name: each
            for each in (artifact.image, artifact.output, artifact.parameters, artifact.result)
            if each is not None
        }
        for feature in (*spec.description.input, *spec.description.output):
            feature.shortDescription = meaning(tensors[feature.name])
        _save(spec, path / _MODEL)


def settle(ct: Any, package: Path) -> None:
    """Take out of a package what differs between two conversions of one network: the day, and the order of protobuf maps."""
    model = package / _MODEL
    spec = ct.proto.Model_pb2.Model.FromString(model.read_bytes())
    spec.description.metadata.userDefined.pop(_DATE, None)
    _save(spec, model)


def _save(spec: Any, model: Path) -> None:
    model.write_bytes(spec.SerializeToString(deterministic=True))
    model.chmod(0o644)  # coremltools leaves 0600, which a web server or another user cannot read


def _coremltools() -> Any:
    """Import coremltools without TensorFlow.

    It takes TensorFlow in wherever it can, for its own converter from TensorFlow: that costs time (5 s instead of 2 s on two
    cores, more when the files are not in memory yet) and prints from C++.
    """
    hidden = "tensorflow" not in sys.modules
    if hidden:
        sys.modules["tensorflow"] = None  # type: ignore[assignment]  # the import system's own way to say "not there"
    try:
        import coremltools
    finally:
        if hidden:
            del sys.modules["tensorflow"]
    return coremltools


@contextlib.contextmanager
def coremltools_quietly() -> Iterator[Any]:
    """coremltools, with no progress bars and no word on versions "not tested": ours is one line per artifact. What fails
    raises.
    """
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield _coremltools()
    finally:
        logging.disable(disabled)
