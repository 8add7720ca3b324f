"""`unfilter bench`: how fast a bundle runs here, beside torch and beside the paper's network."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, get_args

from unfilter.format.artifact import Precision
from unfilter.run import runtimes

if TYPE_CHECKING:
    from unfilter.format.bundle import Bundle

SUMMARY = "measure speed and memory of a bundle on every runtime, beside the paper's network"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()

PAPER = "paper preset"
NEEDED = ("torch", "onnx", "onnxruntime")
"""What the paper's network is converted and run with; without it the rest is measured."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="bundle folder, packed bundle, or name of a filter")
    parser.add_argument("--size", type=_size, default=(720, 480), metavar="WxH", help="of the photo, pixels (720x480)")
    parser.add_argument("--rounds", type=_count, default=7, help="how often each graph runs, all in turn (7)")
    parser.add_argument(
        "--threads", type=_count, nargs="+", default=None, help="thread counts (1, and as many as there may be)"
    )
    parser.add_argument("--runtime", action="append", choices=runtimes.NAMES, help="may be repeated (all but mil)")
    parser.add_argument("--precision", action="append", choices=get_args(Precision), help="may be repeated (all)")
    parser.add_argument("--no-paper", action="store_true", help="leave the paper's network out")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the numbers there too")


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d{0,5})x([1-9]\d{0,5})", text)
    if not found:
        raise ArgumentTypeError(f"{text!r} is no size; write WxH in pixels, such as 720x480")
    return int(found[1]), int(found[2])


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


def run(arguments: Namespace) -> int:
    from unfilter.cli.progress import announce, finish
    from unfilter.errors import UnfilterError
    from unfilter.files import replacing
    from unfilter.find.search_path import open_bundle
    from unfilter.proof.bench import measure, render
    from unfilter.proof.fidelity.machine import machine
    from unfilter.run.runtimes.processors import usable

    if arguments.json and not arguments.json.parent.is_dir():
        raise UnfilterError(f"{arguments.json}: the folder {arguments.json.parent} does not exist; create it first")
    bundle = open_bundle(arguments.bundle)
    bundle.check()
    threads = arguments.threads or sorted({1, usable()})
    missing = [name for name in NEEDED if find_spec(name) is None]
    with ExitStack() as stack:
        cases = _cases(bundle, bundle.manifest.filter, arguments, threads)
        if not cases:
            raise UnfilterError(f"{bundle.folder}: nothing in it that an installed runtime opens was asked for")
        if not arguments.no_paper and not missing:
            from unfilter_converters.presets import preset_bundle

            announce("paper preset: converted to ONNX")
            paper = preset_bundle("paper", Path(stack.enter_context(TemporaryDirectory())))
            only = Namespace(runtime=["onnx"], precision=["fp32"])
            cases += _cases(paper, PAPER, only, threads)
        width, height = arguments.size
        report = measure(cases, width, height, arguments.rounds, machine(), announce)
    finish()
    print(render(report, None if arguments.no_paper or missing else PAPER))
    if missing and not arguments.no_paper:
        print(f"{PAPER}: not measured, needs {', '.join(missing)}; add it with: pip install 'unfilter[convert]'")
    if arguments.json:
        with replacing(arguments.json) as temporary:
            temporary.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return 0


def _cases(bundle: "Bundle", name: str, wanted: Namespace, threads: list[int]) -> list[Any]:
    from unfilter.proof.bench import BenchCase

    names = wanted.runtime or [each for each in runtimes.working() if each != "mil"]  # numpy, and no measure of a phone
    found = []
    for count in threads:
        for artifact in bundle.manifest.artifacts:
            if wanted.precision and artifact.precision not in wanted.precision:
                continue
            found += [
                BenchCase(name, bundle, each, artifact.precision, artifact.direction, count)
                for each in names
                if artifact.format == runtimes.runtime(each).FORMAT
            ]
    return found
