"""Law: the web sample's own tests pass; they say themselves what they skip and why.

Those that need no browser run wherever npm is; `nox -s samples` runs all.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "mobile_samples/web"
BROWSERLESS = ("portable", "conformance", "shared", "package")
WHOLE = "UNFILTER_SAMPLES_TOOLS" in os.environ


@pytest.fixture(scope="session")
def npm() -> str:
    """npm, after the sample's packages were installed."""
    found = shutil.which("npm")
    if found is None:
        pytest.skip("no npm: install Node.js, 20.19 or later")
    done = subprocess.run([found, "ci", "--no-audit", "--no-fund"], cwd=WEB, capture_output=True, text=True, timeout=600)
    if done.returncode and not WHOLE:
        pytest.skip(f"npm cannot install the sample's packages: {done.stderr.strip().splitlines()[:1]}")
    assert done.returncode == 0, done.stderr[-4000:]
    return found


def run(*command: str, **env: str) -> None:
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, timeout=3000, env=os.environ | env)
    print(done.stdout[-8000:])
    assert done.returncode == 0, done.stderr[-4000:] or done.stdout[-4000:]


def node(*names: str, **env: str) -> None:
    run("node", "--import", "tsx", "--test", *(f"tests/{name}.test.ts" for name in names), **env)


def test_types_are_right_and_what_needs_no_browser_passes(npm: str) -> None:
    run(npm, "run", "check")
    node(*BROWSERLESS)


def test_a_bundle_as_convert_makes_it_is_opened_and_restored_from(npm: str, request: pytest.FixtureRequest) -> None:
    """In a browser where there is one: the test itself says if not."""
    bundle = os.environ.get("UNFILTER_TEST_BUNDLE")
    if not bundle:
        try:
            bundle = str(request.getfixturevalue("shipped_bundle"))
        except pytest.FixtureLookupError:
            pytest.skip("no converted bundle: set UNFILTER_TEST_BUNDLE to one, such as build/bundles/l0")
    node("converted", UNFILTER_TEST_BUNDLE=bundle)


def test_the_tests_of_the_web_sample_pass(npm: str) -> None:
    if not WHOLE:
        pytest.skip("starts browsers: run `nox -s samples`")
    run(npm, "test")
