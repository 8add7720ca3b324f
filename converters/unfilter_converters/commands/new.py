"""`unfilter new`: a restorable filter of the user's own look."""

import math
import signal
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from unfilter_training.forecast import Forecast, Measured
    from unfilter_training.look_progress import Watcher
    from unfilter_training.new_look import Prepared
    from unfilter_training.trainer import Progress

SUMMARY = "make a restorable filter of your own look: a .cube table, before/after pairs, a command, a function"
EXTRA: str | None = "convert"
REQUIRES = (
    *("torch", "safetensors", "jaxtyping", "tqdm", "matplotlib", "tomlkit"),
    *("onnx", "onnxruntime", "litert_torch", "ai_edge_litert", "coremltools"),
)
DESCRIPTION = """\
SOURCE is one of
  film.cube                            a 1D or 3D look-up table (Adobe, Resolve)
  pairs                                a folder of before/ and after/, matched by name; needs no --photos
  'magick {in} -paint 3 {out}'         a command, run once per photo, without a shell
  looks:fade                           function fade of looks.py or of an installed module
  look.onnx                            a graph of one image input and one image output

The look is examined first, and what speaks against it is said before anything is trained. Ctrl-C ends the training and keeps
what it has learned; the same command goes on. The filter is found by its name then: unfilter apply --filter film ..."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.description = f"{SUMMARY}\n\n{DESCRIPTION}"
    parser.add_argument("name", metavar="LOOK", help="name of the filter: lower-case letters, digits, underscores")
    parser.add_argument(
        "--from", dest="source", metavar="SOURCE", required=True, help="where the look comes from; see above"
    )
    parser.add_argument("--photos", type=Path, help="folder of photos to learn from, 40 and more")
    parser.add_argument(
        "--guided", action="store_true", help="hide the photo in what your app makes, instead of learning to make it"
    )
    parser.add_argument("--minutes", type=_positive, default=20.0, help="of training on one processor core (20)")
    parser.add_argument("--examine", action="store_true", help="only look at source and photos, and say what is found")
    parser.add_argument("--interpolation", choices=("tetrahedral", "trilinear"), help="in a 3D table (tetrahedral)")
    parser.add_argument("--floats", action="store_true", help="give a function floats of 0..1 (default: uint8 levels)")
    parser.add_argument("--time-limit", type=_positive, metavar="SECONDS", help="of a command, per photo (60)")
    parser.add_argument("--licence", default="not stated", help="of the photos, for the model card")
    parser.add_argument("--out", type=Path, default=Path("build/training"), help="where the training goes (build/training)")
    parser.add_argument("--bundles", type=Path, default=Path("build/bundles"), help="where the filter goes (build/bundles)")
    parser.add_argument("--pairs", type=Path, default=Path("build/pairs"), help="results made before (build/pairs)")
    parser.add_argument("--cache", type=Path, default=Path("build/cache"), help="artifacts made before (build/cache)")


_KINDS = {
    "table": "a look-up table",
    "pairs": "pairs",
    "command": "a command",
    "function": "a Python function",
    "graph": "an ONNX graph",
}


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise ValueError(text)
    return value


def run(arguments: Namespace) -> int:
    from unfilter.cli.progress import announce, finish
    from unfilter.proof.fidelity import render
    from unfilter_converters.new import new
    from unfilter_converters.publish import page_of
    from unfilter_training.new_look import prepare
    from unfilter_training.sources import parse

    signal.signal(signal.SIGTERM, _end)
    source = parse(arguments.source)
    options = {
        "interpolation": arguments.interpolation,
        "seconds": arguments.time_limit,
        "values": "float" if arguments.floats else None,
    }
    source = source.model_copy(update={name: value for name, value in options.items() if value is not None})
    folder = arguments.out / arguments.name
    prepared = prepare(
        arguments.name,
        source,
        arguments.photos,
        folder,
        form="guided" if arguments.guided else "learned",
        licence=arguments.licence,
    )
    _tell(prepared)
    if arguments.examine:
        return 0
    bundle = arguments.bundles / arguments.name
    report = new(
        prepared,
        bundle,
        arguments.cache,
        minutes=arguments.minutes,
        pairs=arguments.pairs,
        watcher=_watcher(),
        on_step=lambda line: announce(f"[{arguments.name}] {line}"),
    )
    finish()
    print(render(report))
    print(f"filter: {bundle}\nreport: {page_of(bundle)}\ncard, scores, recipe: {folder}")
    print(f"try it: unfilter apply --filter {bundle} PHOTO filtered.jpg && unfilter restore filtered.jpg back.png")
    return 1 if report.failures else 0


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """A polite kill saves the training and makes no filter of it."""
    sys.exit(128 + number)


def _tell(prepared: "Prepared") -> None:
    from unfilter.jobs.wrapping import HIDES_NOTHING

    recipe = prepared.recipe
    assert recipe.source is not None
    print(
        f"{recipe.source.value}: {_KINDS[recipe.source.kind]}, {prepared.count} photos, every {recipe.held_out}th held out"
    )
    for line in prepared.examined.lines:
        print(f"  {line}")
    for note in prepared.notes:
        print(f"note: {note}")
    print(f"note: {HIDES_NOTHING}")
    sys.stdout.flush()


def _watcher() -> "Watcher":
    from unfilter.cli.progress import announcing, finish
    from unfilter_training.look_progress import Watcher

    say = announcing()

    class Lines(Watcher):
        def photos(self, files: Sequence[tuple[Path, str]]) -> Iterable[tuple[Path, str]]:
            for number, file in enumerate(files, 1):
                say(f"the look on photo {number} of {len(files)}")
                yield file
            finish()

        def learning(self, progress: "Progress", seconds_left: float) -> None:
            restores = math.isfinite(progress.restoration_db)
            if restores and not sys.stderr.isatty():
                return  # the lines of `measured` are enough for a log
            then = "" if restores else "; restoring is learned after the look"
            near = f"{progress.approximation_db:.1f} dB near the look"
            say(f"step {progress.step}, {near}, {_minutes(seconds_left)} left{then}")

        def measured(self, measured: "Measured", end: "Forecast | None", seconds_left: float) -> None:
            finish()
            now = f"restores {measured.jpeg:.1f} dB from JPEG 80 now, {measured.approximation:.1f} dB near the look"
            later = f"; about {end.jpeg:.1f} and {end.approximation:.1f} in {_minutes(seconds_left)}" if end else ""
            keep = "; Ctrl-C keeps this" if seconds_left > 1 else ""
            print(f"{now}{later}{keep}", flush=True)

        def stopped(self, step: int, steps: int) -> None:
            finish()
            print(f"stopped after {step} of {steps} steps; the filter is made of them. The same command goes on", flush=True)

    return Lines()


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
