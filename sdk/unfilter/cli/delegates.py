"""`unfilter delegates`: what GPUs and NPUs would run of a bundle, and which of them run here."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unfilter.cli.progress import announce, finish

if TYPE_CHECKING:
    from unfilter.format.artifact import Precision
    from unfilter.format.bundle import Bundle
    from unfilter.proof.engagement import Trial
    from unfilter.run.delegates.coverage import Coverage

SUMMARY = "show what GPUs and NPUs would run of a bundle, and run it on those that are here"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "bundle",
        metavar="BUNDLE",
        nargs="?",
        help="bundle folder, packed bundle, or name of a filter (default: none)",
    )
    parser.add_argument("--no-run", dest="run_here", action="store_false", help="run nothing, show what the bundle says")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write recipes, coverage and what ran there too")


def run(arguments: Namespace) -> int:
    from unfilter.files import replacing
    from unfilter.find.search_path import open_bundle
    from unfilter.proof.engagement import Engagement
    from unfilter.run.delegates.coverage import read_coverage

    bundle = open_bundle(arguments.bundle) if arguments.bundle else None
    coverage = read_coverage(bundle) if bundle else ()
    trials = _trials(bundle) if bundle and arguments.run_here else []
    finish()
    shown = [_known()]
    if bundle:
        shown.append(_coverage(coverage))
    if trials:
        shown.append(_trials_shown(trials))
    print("\n\n".join(shown))
    if arguments.json:
        import json

        from unfilter.run.delegates.table import read_table

        content = {
            "recipes": read_table().model_dump(mode="json"),
            "coverage": [each.model_dump(mode="json") for each in coverage],
            "trials": [each.model_dump(mode="json") for each in trials],
        }
        with replacing(arguments.json) as temporary:
            temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 1 if any(each.engagement is Engagement.WRONG for each in trials) else 0


def _trials(bundle: "Bundle") -> "list[Trial]":
    """Every delegate of the runtimes that work here that has a baseline, in half precision unless it is a CPU."""
    from unfilter.format.artifact import DIRECTIONS
    from unfilter.proof.engagement import trial
    from unfilter.run import runtimes
    from unfilter.run.delegates.table import of_runtime

    found = []
    for name in runtimes.working():
        held = {each.precision for each in bundle.manifest.artifacts if each.format == runtimes.sibling(name).FORMAT}
        for delegate in of_runtime(name):
            if not delegate.baseline or not held:
                continue
            precision: Precision = "fp32" if delegate.hardware == "CPU" or "fp16" not in held else "fp16"
            for direction in DIRECTIONS:
                announce(f"{delegate} {precision} {direction}")
                found.append(trial(bundle, delegate, precision, direction))
    return found


def _table(title: str, head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    cells = [head, *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([title, *lines])


def _known() -> str:
    from unfilter.run import runtimes
    from unfilter.run.delegates.table import delegates

    rows = []
    for each in delegates():
        module = runtimes.sibling(each.runtime)
        reason = runtimes.unusable(each.runtime) or module.delegate_unavailable(each)
        rows.append(
            (
                each.runtime,
                each.delegate,
                each.hardware,
                ", ".join(each.platforms),
                reason or ("yes" if each.hardware == "CPU" else "offered"),
            )
        )
    return _table("delegates", ("runtime", "delegate", "hardware", "platforms", "here"), rows)


def _coverage(coverage: "tuple[Coverage, ...]") -> str:
    if not coverage:
        return "coverage: the bundle says nothing of it; convert the filter again"
    rows = []
    for each in coverage:
        taken = "?" if each.taken is None else f"{each.taken}/{each.operations}"
        parts = "?" if each.partitions is None else each.partitions
        name = f"{each.path} {each.direction}"
        rows.append((name, f"{each.runtime} {each.delegate}", taken, parts, ", ".join(each.left) or "-", each.evidence))
    head = ("graph", "delegate", "operations", "partitions", "left to the CPU", "evidence")
    return _table("coverage: what would run there", head, rows)


def _trials_shown(trials: "list[Trial]") -> str:
    rows = []
    for each in trials:
        error = "-" if each.error is None else f"{each.error:.1e}"
        said = f"{each.engagement}: {each.reason}" if each.reason else str(each.engagement)
        rows.append((f"{each.runtime} {each.delegate}", each.precision, each.direction, error, said))
    return _table("run here, against the CPU", ("delegate", "precision", "direction", "error", "verdict"), rows)
