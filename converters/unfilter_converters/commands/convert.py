"""`unfilter convert`: checkpoints to verified bundles."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import get_args

from unfilter.format.manifest import Precision

SUMMARY = "convert checkpoints to verified bundles of ONNX, TFLite and Core ML models"
EXTRA: str | None = "convert"
REQUIRES = ("torch", "safetensors", "onnx", "onnxruntime", "litert_torch", "ai_edge_litert", "coremltools")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "filters",
        metavar="FILTER",
        nargs="*",
        help="filter, such as l0, or checkpoint folder (default: all that ship, which leaves out those for research only)",
    )
    parser.add_argument("--out", type=Path, default=Path("build/bundles"), help="where bundles go (build/bundles)")
    parser.add_argument("--cache", type=Path, default=Path("build/cache"), help="artifacts made before (build/cache)")
    parser.add_argument(
        "--precision",
        dest="precisions",
        action="append",
        choices=get_args(Precision),
        help="beside fp32 (may be repeated; default: fp16 and w8)",
    )


def run(arguments: Namespace) -> int:
    from unfilter.cli.progress import announce, finish
    from unfilter.errors import UnfilterError
    from unfilter.proof.fidelity import render
    from unfilter.proof.fidelity.reports.overview import write_overview
    from unfilter_converters.pipeline import PRECISIONS, Conversion, page_of, refuse_baseline
    from unfilter_training.checkpoint import find, read_description, shipped

    checkpoints = [find(name) for name in arguments.filters or shipped()]
    described = [read_description(checkpoint) for checkpoint in checkpoints]  # a wrong name is said before work begins
    for checkpoint, description in zip(checkpoints, described, strict=True):
        refuse_baseline(checkpoint, description)
    for folder in (arguments.out, arguments.cache):
        if folder.exists() and not folder.is_dir():
            raise UnfilterError(f"{folder}: is not a folder; name another one")
        folder.mkdir(parents=True, exist_ok=True)
    reports = {}
    for checkpoint, description in zip(checkpoints, described, strict=True):
        target = arguments.out / description.filter

        def step(line: str, name: str = description.filter) -> None:
            announce(f"[{name}] {line}")

        conversion = Conversion(checkpoint, arguments.cache, step, arguments.precisions or PRECISIONS)
        report = reports[page_of(target).name] = conversion.run(target)
        finish()
        print(render(report))
        if notice := description.recipe.research_only:
            print(f"for research only: {' '.join(notice.split())}")
        print(f"bundle: {target}\nreport: {page_of(target)}\n")
    print(f"all reports: {write_overview(arguments.out, reports)}")
    return 1 if any(report.failures for report in reports.values()) else 0
