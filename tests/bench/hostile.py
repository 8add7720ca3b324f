"""Read every file of a folder as an app would, under a memory and time limit, and print what came of it as a table.

    python tests/bench/hostile.py ../shared/data/hostile --part corrupt

Each file must become a photo, which is then written to the exact carriers and read again, or one line. Anything else is a
failure and listed: another exception, a message of several lines or without the file's name, output on standard error, a
warning, a crash, a file left behind, or more than the limits. Exit code 1 where there is one. One worker process reads file
after file; a new one takes over where it crashed or hung.

The time limit counts what the process computed, so that a busy machine fails no file. A process that only waits computes
nothing; it is ended after `PATIENCE`.
"""

import csv
import json
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import features

MEMORY, SECONDS = 3 << 30, 20
"""Limits: bytes of address space, and seconds of processor time for a file."""
PATIENCE = 60 * SECONDS
"""Seconds by the clock after which a process waits for ever: `SECONDS` on a sixtieth of a processor."""
SMALL = 500_000
"""Pixels up to which all exact carriers are written: a HEIC encoder takes two seconds for a megapixel."""


def main() -> int:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", action="append", default=[], help="only this folder of it; may be given several times")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of a processor, for a file (%(default)s)")
    parser.add_argument("--permissive", action="store_true", help="with --convert and --reduce")
    parser.add_argument("--worker", type=Path, help="(internal) read names from standard input, write to this folder")
    arguments = parser.parse_args()
    if arguments.worker:
        return work(arguments.worker, arguments.seconds, arguments.permissive)
    sizes = known_sizes(arguments.folder)
    files = sorted(path for path in arguments.folder.rglob("*") if path.is_file())
    files = [arguments.folder / name for name in sizes] or files
    if arguments.part:
        files = [path for path in files if path.relative_to(arguments.folder).parts[0] in arguments.part]
    if not files:
        parser.error(f"{arguments.folder}: no file {'in ' + ', '.join(arguments.part) if arguments.part else 'here'}")
    with tempfile.TemporaryDirectory() as results:
        outcomes = list(run(arguments.folder, files, Path(results), arguments.seconds, arguments.permissive))
    for outcome in outcomes:
        size = sizes.get(outcome["file"])
        if outcome["read"] and size and sorted(size) != sorted(outcome["size"]):  # a turn swaps width and height
            outcome["failure"] = f"read as {outcome['size']}, where {size} is right"
    print(table(outcomes))
    failures = [outcome for outcome in outcomes if outcome["failure"]]
    for outcome in failures:
        print(f"FAIL {outcome['file']}: {outcome['failure']}")
    return 1 if failures else 0


def known_sizes(folder: Path) -> dict[str, list[int]]:
    """Width and height by name from `MANIFEST.csv`, where there is one; empty lists where it does not say."""
    if not (folder / "MANIFEST.csv").is_file():
        return {}
    with (folder / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["file"]: [int(row["width"]), int(row["height"])] if row["width"] else [] for row in rows}


def run(folder: Path, files: list[Path], results: Path, seconds: float, permissive: bool) -> Iterator[dict[str, Any]]:
    """One outcome per file: `file`, `read`, `size`, `reason`, `failure`, and `seconds` of processor time."""
    command = [sys.executable, __file__, str(folder), "--worker", str(results), "--seconds", str(seconds)]
    command += ["--permissive"] if permissive else []
    worker = None
    for path in files:
        if worker is None:
            worker = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        assert worker.stdin and worker.stdout and worker.stderr
        timer = threading.Timer(PATIENCE, worker.kill)
        timer.start()
        print(path, file=worker.stdin, flush=True)
        line = worker.stdout.readline()
        timer.cancel()
        if line:
            outcome = json.loads(line)
        else:
            ended = -worker.wait()
            limits = {signal.SIGPROF: f"computed for {seconds:g} s", signal.SIGKILL: f"waited for {PATIENCE} s"}
            words = f"the process {limits.get(ended, f'ended with {-ended}')}"
            outcome = {"read": False, "reason": "", "failure": words, "seconds": seconds}
            worker = None
            for leftover in results.iterdir():  # of the process that was ended, not of the next file
                leftover.unlink()
        yield {"file": path.relative_to(folder).as_posix(), **outcome}
    if worker is not None:
        _, noise = worker.communicate()
        if noise:
            yield {"file": "(all)", "seconds": 0, "read": False, "reason": "", "failure": f"standard error: {noise[:500]}"}


def work(results: Path, seconds: float, permissive: bool) -> int:
    """The worker: a path a line in, an outcome as JSON a line out."""
    import unfilter  # before the limit, which counts address space and not memory
    from unfilter import PhotoError, read_photo, write_photo
    from unfilter.photo.metadata import packet_of

    suffixes = ["png", *(["webp"] if features.check("webp") else []), *(["heic"] if find_spec("pillow_heif") else [])]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    assert unfilter
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        outcome: dict[str, Any] = {"read": False, "reason": "", "failure": ""}
        started = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, seconds)  # ends the process, also inside a decoder
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                photo = read_photo(path, convert=permissive, reduce=permissive)
                height, width, channels = photo.pixels.shape
                if channels != 3 or photo.pixels.dtype != "uint8" or not height * width:
                    outcome["failure"] = f"not a photo: {photo.pixels.dtype} {photo.pixels.shape}"
                for suffix in suffixes if height * width <= SMALL else suffixes[:1]:
                    write_photo(target := results / f"photo.{suffix}", replace(photo, tag=None))
                    again = read_photo(target)
                    target.unlink()
                    said = packet_of(replace(photo, tag=None), suffix)  # XMP also says what a format has no place for
                    for part in ("icc_profile", "exif", "xmp"):  # the rest is compared on writing
                        if getattr(again, part) != (said if part == "xmp" else getattr(photo, part)):
                            outcome["failure"] = f"{suffix} gave another {part}"
                outcome |= {"read": True, "size": [width, height]}
            except PhotoError as error:
                outcome["reason"] = str(error).removeprefix(f"{path}: ")
                if "\n" in str(error) or not str(error).startswith(f"{path}: "):
                    outcome["failure"] = f"said {str(error)!r}"
            except Exception as error:
                outcome["failure"] = f"{type(error).__name__}: {error}"
        signal.setitimer(signal.ITIMER_PROF, 0)
        outcome["seconds"] = time.process_time() - started
        if caught:
            outcome["failure"] = f"warned: {caught[0].message}"
        if left := [path.name for path in results.iterdir()]:
            outcome["failure"] = f"left behind: {', '.join(left)}"
        print(json.dumps(outcome), flush=True)
    return 0


REASONS = (
    (r"cannot be decoded .*bits? layers|^cannot be decoded \(unknown pixel mode", "of a kind that Pillow does not decode"),
    (r"^cannot be decoded", "damaged or incomplete, with the decoder's reason"),
    (r"^is not a photo", "not a picture"),
    (r"^is a ", "a picture of another format (GIF, BMP, JPEG 2000 ...)"),
    (r"bits per channel", "more than 8 bits per channel"),
    (r"^is animated|several pages", "animated, or several pages"),
    (r"CMYK", "CMYK"),
    (r"multiplied with their alpha", "premultiplied alpha"),
    (r"^declares", "declared size above the limit"),
    (r"^an empty file", "empty"),
    (r"profile", "grey profile"),
)


def table(outcomes: list[dict[str, Any]]) -> str:
    """Markdown: how many were read, and how many refused by which reason."""
    counts = Counter(outcome["reason"] and _kind(outcome["reason"]) for outcome in outcomes if not outcome["read"])
    failed = sum(bool(outcome["failure"]) for outcome in outcomes)
    rows = [("read, and written again exactly", sum(outcome["read"] for outcome in outcomes))]
    rows += [(f"refused: {reason}", count) for reason, count in counts.most_common() if reason]
    rows += [("neither: a crash, a hang, a traceback or a leftover", failed)]
    slowest = max(outcomes, key=lambda outcome: outcome["seconds"])
    lines = [f"| {len(outcomes)} files | |", "|---|---|", *(f"| {name} | {count} |" for name, count in rows)]
    return "\n".join([*lines, "", f"The slowest took {slowest['seconds']:.1f} s of a processor: {slowest['file']}."])


def _kind(reason: str) -> str:
    for pattern, name in REASONS:
        if re.search(pattern, reason):
            return name
    return reason


if __name__ == "__main__":
    sys.exit(main())
