"""`unfilter convert`: checkpoints to verified bundles."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import get_args

from unfilter.format.artifact import Precision

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
    parser.add_argument(
        "--pack",
        type=Path,
        metavar="FOLDER",
        help="also write each as one file there, as `unfilter-filters` carries it: ONNX and TFLite in fp32 and fp16",
    )


def run(arguments: Namespace) -> int:
    from unfilter.cli.progress import announce, finish
    from unfilter.errors import UnfilterError
    from unfilter.format.bundle import Bundle
    from unfilter.proof.fidelity import render
    from unfilter.proof.fidelity.reports.overview import write_overview
    from unfilter_converters.convert import convert
    from unfilter_converters.distribution import pack_for_distribution
    from unfilter_converters.make import PRECISIONS
    from unfilter_converters.publish import page_of
    from unfilter_converters.source import read_source
    from unfilter_training.checkpoint import find, shipped_and_guided

    # what is wrong with a checkpoint is said before work begins
    sources = [read_source(find(name)) for name in arguments.filters or shipped_and_guided()]
    if not sources:
        raise UnfilterError("no checkpoint comes with the wheel: name a folder of one, or convert in a clone of the project")
    for folder in (arguments.out, arguments.cache, arguments.pack):
        if folder is None:
            continue
        if folder.exists() and not folder.is_dir():
            raise UnfilterError(f"{folder}: is not a folder; name another one")
        folder.mkdir(parents=True, exist_ok=True)
    reports = {}
    for source in sources:
        name = source.description.filter
        target = arguments.out / name

        def step(line: str, name: str = name) -> None:
            announce(f"[{name}] {line}")

        precisions = arguments.precisions or PRECISIONS
        report = convert(source, target, arguments.cache, precisions=precisions, on_step=step)
        reports[page_of(target).name] = report
        finish()
        print(render(report))
        if notice := source.description.recipe.research_only:
            print(f"for research only: {' '.join(notice.split())}")
        print(f"bundle: {target}\nreport: {page_of(target)}")
        if arguments.pack:
            print(f"packed: {pack_for_distribution(Bundle(target), arguments.pack)}")
        print()
    print(f"all reports: {write_overview(arguments.out, reports)}")
    return 1 if any(report.failures for report in reports.values()) else 0
