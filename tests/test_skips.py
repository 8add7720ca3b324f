"""Laws of how the tests run: no more is skipped than is listed, with one worker or two; what is made once is made once; what
tests cost is counted where they run.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TESTS = """
import pytest

@pytest.mark.parametrize("each", [1, 2])
def test_lacks_a_tool(each):
    pytest.skip(f"tool {each} is not installed")

@pytest.mark.skip(reason="no data")
def test_lacks_data():
    pass
"""
LISTED = '[[skip]]\nreason = "tool * is not installed"\nmost = 2\n\n[[skip]]\nreason = "no data"\nmost = 1\n'
BUSY = """
import time
import pytest

def test_quick():
    pass

@pytest.mark.slow
def test_busy():
    stop = time.process_time() + 0.3
    while time.process_time() < stop:
        pass
"""
MADE_ONCE = """
import os, pathlib, time

def test_first(once):
    count(once)

def test_second(once):
    count(once)

def count(once):
    def make(folder):
        folder.mkdir()
        with (pathlib.Path(__file__).parent / "made").open("a") as file:
            file.write("made ")
        time.sleep(0.5)
        (folder / "file").write_text("whole")
    assert (once("it", make) / "file").read_text() == "whole"
"""


def run(folder: Path, content: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on one file, with this project's ways of running."""
    shutil.copy(ROOT / "conftest.py", folder)
    (folder / "test_it.py").write_text(content)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "--rootdir",
        str(folder),
        *options,
    ]
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "UNFILTER"))}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=variables | environment)


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (LISTED, None),
        (LISTED.replace("most = 2", "most = 1"), "FAIL 2 skipped, 1 at most: tool * is not installed"),
        (LISTED.replace("no data", "other"), "FAIL not listed: no data"),
    ],
    ids=["as listed", "too many", "not listed"],
)
def test_more_than_is_listed_fails_the_run(tmp_path: Path, workers: str, listed: str, said: str | None) -> None:
    (tmp_path / "skips.toml").write_text(listed)
    done = run(tmp_path, TESTS, "-n", workers, "--skips", "skips.toml")
    assert done.returncode == (1 if said else 0), done.stdout + done.stderr
    assert "3 skipped, 3 at most by skips.toml" in done.stdout or "3 skipped, 2 at most by skips.toml" in done.stdout
    assert said is None or said in done.stdout


@pytest.mark.parametrize("present", [True, False])
def test_what_lacks_test_data_may_be_skipped_where_it_is_absent_alone(tmp_path: Path, present: bool) -> None:
    (tmp_path / "skips.toml").write_text(f"{LISTED}without_data = true\n")
    folder = tmp_path / "data"
    if present:
        folder.mkdir()
    done = run(tmp_path, TESTS, "-n0", "--skips", "skips.toml", UNFILTER_DATA=str(folder))
    assert done.returncode == (1 if present else 0), done.stdout + done.stderr
    assert ("FAIL not listed: no data" in done.stdout) == present


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_costly_fixture_is_made_by_one_worker_while_the_other_waits(tmp_path: Path, workers: str) -> None:
    done = run(tmp_path, MADE_ONCE, "-n", workers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "made").read_text() == "made "


@pytest.mark.parametrize("workers", ["0", "2"])
def test_processor_time_is_added_up_for_slow_tests_and_others(tmp_path: Path, workers: str) -> None:
    done = run(tmp_path, BUSY, "-n", workers, "--cpu", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    (seconds,) = re.findall(r"slow tests: \d+ s\n +([\d.]+) s  test_it\.py\n.*other tests: 0 s", done.stdout)
    assert float(seconds) >= 0.3


def test_every_entry_of_the_list_says_where_such_a_test_runs() -> None:
    entries = tomllib.loads((ROOT / "tests/skips.toml").read_text(encoding="utf-8"))["skip"]
    assert len({entry["reason"] for entry in entries}) == len(entries)
    for entry in entries:
        assert entry["most"] > 0
        assert entry["where"]
        assert entry.keys() <= {"reason", "most", "where", "without_data"}
