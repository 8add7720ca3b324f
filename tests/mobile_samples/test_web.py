"""Law: the web sample's own tests pass; they say themselves what they skip and why."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "mobile_samples/web"


def test_the_tests_of_the_web_sample_pass() -> None:
    npm = shutil.which("npm")
    if "UNFILTER_SAMPLES_TOOLS" not in os.environ:
        pytest.skip("installs packages and starts browsers: run `nox -s samples`")
    if not (WEB / "package.json").exists():
        pytest.skip("mobile_samples/web is not there")
    if npm is None:
        pytest.skip("no npm: install Node.js, 20.19 or later")
    for command in (["ci", "--no-audit", "--no-fund"], ["test"]):
        done = subprocess.run([npm, *command], cwd=WEB, capture_output=True, text=True, timeout=3000)
        print(done.stdout[-8000:])
        assert done.returncode == 0, done.stderr[-4000:]
