"""One subject of a benchmark, in a process of its own: `python -m unfilter.proof.bench.worker JOB`.

It writes one line of JSON when it is ready, one for each line that it reads (a round), and a last one at the end of its
input.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SIDE = 2048
"""Of the square matrices whose product says what the machine can do."""


def main() -> int:
    job = json.loads(sys.argv[1])
    before = _peak()
    run = _matrix_product() if job["runtime"] == "matrix product" else _graph(job)
    run()  # what is done once, such as planning memory, is not timed
    _say({"ready": True})
    for _ in sys.stdin:
        started = time.perf_counter()
        run()
        _say({"seconds": time.perf_counter() - started})
    _say({"peak": _peak(), "before": before})
    return 0


def _graph(job: dict[str, Any]) -> Callable[[], object]:
    from unfilter.format.bundle import Bundle
    from unfilter.jobs.filter import Filter

    opened = Filter(Bundle(Path(job["bundle"])), job["runtime"], job["precision"])
    pixels = np.random.default_rng(0).integers(0, 256, (job["height"], job["width"], 3), np.uint8)
    guided = opened.bundle.manifest.guided and job["direction"] == "forward"
    return lambda: opened.run(job["direction"], pixels, output=pixels if guided else None)


def _matrix_product() -> Callable[[], object]:
    left, right = np.random.default_rng(0).random((2, SIDE, SIDE), np.float32)
    return lambda: left @ right


def _peak() -> int:
    """Most memory that this process has held, bytes.

    Linux lets a new process begin with the peak of the one that started it in `ru_maxrss`, but not in /proc.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _say(fields: dict[str, Any]) -> None:
    print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    sys.exit(main())
