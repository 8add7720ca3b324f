"""`unfilter evaluate`: the paper's tables, robustness and file sizes of the filters, through saved files."""

import signal
from argparse import ArgumentParser, Namespace
from pathlib import Path

from unfilter.errors import UnfilterError

SUMMARY = "measure filters as the paper does: tables, robustness, and what a restorable file is worth"
EXTRA: str | None = "evaluate"
REQUIRES = ("torch", "safetensors", "jaxtyping", "tqdm", "matplotlib", "tifffile", "imagecodecs", "jpeglib", "pillow_heif")
DESCRIPTION = """\
Everything is measured through files that were saved and read back, and kept cell by cell in OUT/cells: the same command goes
on where it was interrupted, and a filter or a photo more costs only what it adds. See docs/evaluation.md."""
SECTIONS = (
    "table_1",
    "table_2",
    "table_3",
    "table_4",
    "table_5",
    "shared",
    "worth",
    "top_up",
    "compression",
    "speed",
    "robustness",
    "file_sizes",
    "rate_term",
    "pareto",
)


def add_arguments(parser: ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument(
        "photos",
        metavar="PHOTOS",
        nargs="+",
        help="folders that nothing was trained on: FOLDER, NAME=FOLDER or NAME=FOLDER:LAYOUT; "
        "LAYOUT is plain (default), fivek or raise",
    )
    parser.add_argument(
        "--filter",
        metavar="FILTER",
        action="append",
        help="filter or checkpoint folder, again for another (all shipped)",
    )
    parser.add_argument(
        "--out", metavar="OUT", type=Path, default=Path("build/evaluation"), help="folder (build/evaluation)"
    )
    parser.add_argument(
        "--report", metavar="FOLDER", type=Path, help="where tables.md, results.json and plots are written (OUT)"
    )
    parser.add_argument(
        "--ablations",
        metavar="FOLDER",
        type=Path,
        help="what `unfilter ablate` trained, a checkpoint folder each (build/ablations)",
    )
    parser.add_argument(
        "--only", metavar="SECTION", action="append", choices=SECTIONS, help="one section, again for another"
    )
    parser.add_argument("--first", metavar="N", type=int, help="only the first N photos of each set")
    parser.add_argument(
        "--curve-photos",
        metavar="N",
        type=int,
        default=25,
        help="curves take at most N photos, evenly spread (25)",
    )


def run(arguments: Namespace) -> int:
    import tempfile

    from tqdm import tqdm

    from unfilter_training.evaluation import pictures, report, subjects
    from unfilter_training.evaluation.bench import Bench
    from unfilter_training.evaluation.cells import Cell, Cells, measure
    from unfilter_training.evaluation.machine import code_digest
    from unfilter_training.evaluation.sections import all_cells
    from unfilter_training.evaluation.study import Study

    for name, count in (("--first", arguments.first), ("--curve-photos", arguments.curve_photos)):
        if count is not None and count < 1:
            raise UnfilterError(f"{name} {count}: at least one photo")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill ends as Ctrl-C does
    sections = [name for name in SECTIONS if name in (arguments.only or SECTIONS)]
    study = Study(
        subjects.gather(arguments.filter or (), arguments.ablations),
        pictures.gather(arguments.photos, arguments.first),
        arguments.curve_photos,
    )
    out, code = arguments.out, code_digest()
    shown = arguments.report or out
    for folder in (out, shown):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnfilterError(f"{folder}: cannot be made a folder ({error.strerror})") from None

    def progress(missing: list[Cell]) -> "tqdm[Cell]":
        return tqdm(missing, desc="evaluate", unit="cell", disable=not missing)

    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch), out / "targets", code)
        measured = measure(all_cells(sections, study), Cells(out / "cells", code), bench, progress)
    report.write(report.results(study, measured, sections), shown)
    print(f"{shown / report.TABLES}, {shown / report.RESULTS} and plots")
    return 0
