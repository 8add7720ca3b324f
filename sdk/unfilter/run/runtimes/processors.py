"""How many processors this process may use, which is often fewer than the machine has.

A thread without a processor to itself waits for one, and the others of its graph wait for it: ONNX Runtime with two threads
on one processor takes many times as long as with one. So the least of these counts:

- the processors that the scheduler gives this process (`taskset`, a container's `--cpuset-cpus`),
- its CPU quota (a container's `--cpus`), of its cgroup and of every one above it, rounded down, at least 1.

Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, cpu.max;
https://docs.kernel.org/scheduler/sched-bwc.html, cpu.cfs_quota_us of version 1
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath


def usable(root: Path = Path("/")) -> int:
    """Processors that this process may use, 1 or more. `root` is where `proc` and the mounts named in it are looked for."""
    return max(1, min(_scheduled(), *(int(share) for share in _quotas(root))))


def _scheduled() -> int:
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quotas(root: Path) -> Iterator[float]:
    """Processors that each cgroup of this process allows, those without a quota left out."""
    yield float(os.cpu_count() or 1)
    for folder, mount in _cgroups(root):
        for cgroup in (folder, *folder.parents):
            with suppress(OSError, ValueError):  # no such file, or `max`, which is no quota
                quota, period = (cgroup / "cpu.max").read_text(encoding="ascii").split()
                yield int(quota) / int(period)
            with suppress(OSError, ValueError):
                quota, period = ((cgroup / f"cpu.cfs_{each}_us").read_text(encoding="ascii") for each in ("quota", "period"))
                if int(quota) > 0:  # -1 is no quota
                    yield int(quota) / int(period)
            if cgroup == mount:
                break


def _cgroups(root: Path) -> Iterator[tuple[Path, Path]]:
    """The folder of this process's cgroup under each mount that may hold a quota, and that mount.

    Source: cgroups(7) and proc(5) of Linux, /proc/pid/cgroup and /proc/pid/mountinfo.
    """
    try:
        memberships = [line.split(":", 2) for line in _lines(root / "proc/self/cgroup")]
        mounts = [line.split(" ") for line in _lines(root / "proc/self/mountinfo")]
    except OSError:
        return  # not Linux
    for fields in mounts:
        kind, options = fields[fields.index("-") + 1], fields[-1].split(",")
        for _, controllers, path in memberships:
            unified = kind == "cgroup2" and not controllers
            if not unified and not (kind == "cgroup" and "cpu" in options and "cpu" in controllers.split(",")):
                continue
            mount = root / _unescaped(fields[4]).lstrip("/")
            # A container without a cgroup namespace sees its own cgroup as the mount, by its path on the host.
            within = PurePosixPath(path)
            seen_as = _unescaped(fields[3])
            within = within.relative_to(seen_as) if within.is_relative_to(seen_as) else PurePosixPath()
            yield (mount / str(within).lstrip("/") if ".." not in within.parts else mount), mount


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()


def _unescaped(path: str) -> str:
    """A path of mountinfo, where blanks and backslashes are written in octal."""
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), path)
