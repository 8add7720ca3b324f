"""What measured: the machine in words, and versions of what is installed."""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def processor() -> str:
    """The processor's name, such as `AMD EPYC 9B14`, or its architecture where nothing names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def machine() -> str:
    """System, architecture and processor, such as `Linux x86_64, AMD EPYC 9B14`."""
    return f"{platform.system()} {platform.machine()}, {processor()}"


def versions(distributions: Iterable[str]) -> dict[str, str]:
    """Installed versions, without importing anything; `not installed` where a distribution is missing."""
    found = {}
    for name in distributions:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
