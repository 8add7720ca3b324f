"""How the tests run, whatever they test: one thread in each process, slow tests marked, costly fixtures made once for all
workers, and no more skips than are listed.
"""

import os
import tomllib
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

# Two workers of two threads each would wait for each other on two cores. Set before numpy and torch read it; workers and
# the programs that tests start inherit it.
os.environ.update({name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "UNFILTER_THREADS")})

DATA = Path(os.environ.get("UNFILTER_DATA", Path(__file__).parents[1] / "shared" / "data"))
CONVERTED = ("shipped_bundle", "variable_bundle")
"""Fixtures that convert a filter, which takes a minute and more: tests that ask for one are slow."""
SLOW = {
    f"tests/{name}.py"
    for name in (
        "converters/test_convert",
        "converters/test_coreml",
        "converters/test_guided",
        "converters/test_litert",
        "converters/test_macs",
        "converters/test_new",
        "converters/test_presets",
        "converters/test_pyramids",
        "converters/test_reference",
        "converters/quantization/test_onnx",
        "sdk/photo/test_hostile",
        "sdk/test_types",
        "test_skips",
        "training/commands/test_ablate",
        "training/commands/test_detection",
        "training/commands/test_evaluate",
        "training/commands/test_train",
        "training/operators/test_agreement",
        "training/operators/test_rtv",
        "training/operators/test_wls",
        "training/test_distributed",
        "training/test_new_look",
    )
}
"""Files whose tests are slow: they convert networks, train, start programs, or compare whole photos with oracles."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--skips", type=Path, metavar="FILE", help="fail where more are skipped than this TOML file lists")
    parser.addoption("--cpu", type=int, metavar="N", help="show the N files of tests that take most processor time")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes seconds, or needs a converted filter; -m 'not slow' leaves it out")
    if config.getoption("--skips") and not hasattr(config, "workerinput"):  # the controller hears of every worker's tests
        config.pluginmanager.register(SkipBudget(config.getoption("--skips")), "skip-budget")
    if config.getoption("--cpu"):
        config.pluginmanager.register(ProcessorTime(config.getoption("--cpu")), "processor-time")


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of converted filters; those come first, so that a worker converts while another runs the others."""
    late = []
    modules = {item.path for item in items if "shipped_bundle" in getattr(item, "fixturenames", ())}
    for item in items:
        if item.nodeid.partition("::")[0] in SLOW or set(CONVERTED) & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
        if item.path not in modules:
            late.append(item)
    items[:] = [item for item in items if item.path in modules] + late


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of photos and oracles that is not part of the project."""
    if not DATA.is_dir():
        pytest.skip(f"no test data at {DATA}: set UNFILTER_DATA")
    return DATA


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A temporary folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def once(shared_folder: Path) -> Callable[[str, Callable[[Path], object]], Path]:
    """`once(name, make)`: the folder of that name, made by the first worker that asks, while others that ask wait."""

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared_folder / name, shared_folder / f"{name}.done"
        with FileLock(shared_folder / f"{name}.lock"):
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return made


class SkipBudget:
    """Counts the skipped tests by reason, and fails the run where a reason is not listed or has more than its number."""

    def __init__(self, path: Path) -> None:
        listed: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["skip"]
        self.listed = [entry for entry in listed if not (entry.get("without_data") and DATA.is_dir())]
        self.path = path
        self.reasons: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.reasons[report.nodeid] = reason.removeprefix("Skipped: ")

    def overdrawn(self) -> Iterator[str]:
        """One line for each reason that is not listed or has more tests than its number."""
        counts = Counter(self._entry(reason) for reason in self.reasons.values())
        for index, count in counts.items():
            if index is None:
                examples = sorted({reason for reason in self.reasons.values() if self._entry(reason) is None})
                yield from (f"not listed: {reason}" for reason in examples)
            elif count > self.listed[index]["most"]:
                yield f"{count} skipped, {self.listed[index]['most']} at most: {self.listed[index]['reason']}"

    def _entry(self, reason: str) -> int | None:
        return next((n for n, entry in enumerate(self.listed) if fnmatchcase(reason, entry["reason"])), None)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus == pytest.ExitCode.OK and any(self.overdrawn()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        most = sum(entry["most"] for entry in self.listed)
        terminalreporter.write_line(f"{len(self.reasons)} skipped, {most} at most by {self.path}")
        for line in self.overdrawn():
            terminalreporter.write_line(f"FAIL {line}", red=True)


class ProcessorTime:
    """Adds up the seconds that tests take of a processor, in their process and in programs that they waited for. Unlike
    durations they are the same on a busy machine. What makes a fixture for all is counted where it was made.
    """

    def __init__(self, shown: int) -> None:
        self.shown = shown
        self.seconds: dict[bool, Counter[str]] = {slow: Counter() for slow in (True, False)}
        self._before = 0.0

    def pytest_runtest_logstart(self) -> None:
        self._before = sum(os.times()[:4])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """In the process of the test: what each of its phases took goes into the report, which a worker sends."""
        report = yield
        now = sum(os.times()[:4])
        report.processor, self._before = (now - self._before, item.get_closest_marker("slow") is not None), now
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        seconds, slow = getattr(report, "processor", (0.0, False))
        self.seconds[slow][report.nodeid.partition("::")[0]] += seconds

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for slow, of_files in self.seconds.items():
            which = "slow" if slow else "other"
            terminalreporter.write_line(f"processor time of {which} tests: {of_files.total():.0f} s")
            for path, seconds in of_files.most_common(self.shown):
                terminalreporter.write_line(f"{seconds:8.1f} s  {path}")
