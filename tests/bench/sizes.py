"""Speed and memory of apply and restore over the size of the photo, as a table: files in, files out, a process for each.

    python tests/bench/sizes.py build/bundles/l0 --runtime onnx

Photos are a real one, mirrored over and over, as JPEG of quality 95; filtered and restored files are PNG. Exit code 1 where
a process took more than a gigabyte above what the decoded input and output take.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

import numpy as np

from unfilter import Filter, Photo, read_photo, write_photo
from unfilter.run import runtimes

GOLDEN = Path(__file__).parents[2] / "converters/unfilter_converters/golden_photos/coffee.webp"
SIZES = {1: (1152, 864), 12: (4032, 3024), 24: (5664, 4248), 48: (8064, 6048)}
"""Width and height by rounded megapixels, all 4:3."""

ALLOWED = 1_000_000_000
"""Bytes above decoded input and output."""


def main() -> int:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--runtime", choices=runtimes.NAMES, default="onnx")
    parser.add_argument("--megapixels", type=int, nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--worker", nargs=3, metavar=("DIRECTION", "IN", "OUT"), help="(internal) one file")
    arguments = parser.parse_args()
    if arguments.worker:
        return work(arguments.bundle, arguments.runtime, *arguments.worker)
    print("| photo | | MP/s | of it inference | MP per CPU second | peak memory | above decoded input and output |")
    print("|---|---|---|---|---|---|---|")
    excess = False
    for megapixels in arguments.megapixels:
        width, height = SIZES[megapixels]
        with tempfile.TemporaryDirectory() as folder:
            photo, filtered, restored = (str(Path(folder) / name) for name in ("p.jpg", "f.png", "r.png"))
            write_photo(Path(photo), Photo(mirrored(height, width)))
            for direction, source, target in (("apply", photo, filtered), ("restore", filtered, restored)):
                command = [sys.executable, __file__, str(arguments.bundle), "--runtime", arguments.runtime]
                command += ["--worker", direction, source, target]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    print(f"{direction} of {megapixels} MP failed: {done.stderr}", file=sys.stderr)
                    return done.returncode
                found = json.loads(done.stdout)
                above = found["peak"] - 2 * 3 * width * height
                excess |= above > ALLOWED
                pixels = width * height / 1e6
                rates = (pixels / found["seconds"], pixels / found["inference"], pixels / found["cpu"])
                cells = [f"{rate:.2f}" for rate in rates] + [f"{size / 1e6:.0f} MB" for size in (found["peak"], above)]
                print(f"| {pixels:.1f} MP | {direction} | {' | '.join(cells)} |", flush=True)
    return int(excess)


def mirrored(height: int, width: int) -> np.ndarray:
    """A photo of any size without seams."""
    pixels = read_photo(GOLDEN).pixels
    twice = np.concatenate([pixels, pixels[:, ::-1]], axis=1)
    unit = np.concatenate([twice, twice[::-1]])
    repeats = (-(-height // unit.shape[0]), -(-width // unit.shape[1]), 1)
    return np.ascontiguousarray(np.tile(unit, repeats)[:height, :width])


def work(bundle: Path, runtime: str, direction: str, source: str, target: str) -> int:
    """The worker: one file; seconds and bytes as JSON on standard output."""
    chosen = Filter.open(bundle, runtime=runtime)
    chosen.graph("forward" if direction == "apply" else "inverse")  # loading is not timed
    times: list[float] = []
    started, cpu = time.monotonic(), time.process_time()

    def progress(done: int, total: int) -> None:
        times.append(time.monotonic())

    run = chosen.apply_file if direction == "apply" else chosen.restore_file
    run(source, target, progress=progress)
    found = {
        "seconds": time.monotonic() - started,
        "inference": times[-1] - times[0],
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
