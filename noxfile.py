"""Sessions: `convert` is the main job, `tests` proves it; `lint`, `train`, `faults`, `bench` and `wheel` beside them.

Versions are read from pyproject.toml and repeated nowhere.
"""

import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "virtualenv"  # uv resolves another build of torch
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "tests"]

PROJECT = nox.project.load_toml("pyproject.toml")
FIXTURE = Path("tests/fixtures/bundle-schema-1")


@nox.session
def convert(session: nox.Session) -> None:
    """Convert shipped filters to verified bundles: `nox -s convert -- l0`, or all without a name."""
    session.install("-e", ".[convert]")
    session.run("unfilter", "convert", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; arguments go to pytest."""
    session.install("-e", ".[convert,opencv,heif,evaluate,sign]", *nox.project.dependency_groups(PROJECT, "test"))
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types of the SDK, and the rule that dependencies point downwards."""
    session.install("-e", ".", *nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports", "--no-cache")


@nox.session
def train(session: nox.Session) -> None:
    """Train a filter: `nox -s train -- l0 PHOTOS`."""
    session.install("-e", ".[train]")
    session.run("unfilter", "train", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Put every fault into a bundle and see that `verify` catches it: `nox -s faults -- build/bundles/l0`."""
    session.install("-e", ".[convert]")
    session.run("unfilter", "faults", *(session.posargs or ["build/bundles/l0"]))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed and memory: `nox -s bench -- build/bundles/l0`; arguments go to `unfilter bench`."""
    session.install("-e", ".[convert]")
    session.run("unfilter", "bench", *(session.posargs or ["build/bundles/l0"]))


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it with one runtime in a bare environment, apply and restore a photo."""
    folder = Path(session.create_tmp()).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), ".")
    (built,) = folder.glob("unfilter-*.whl")
    session.run("python", "-m", "venv", "--clear", str(folder / "bare"))
    scripts = folder / "bare" / ("Scripts" if os.name == "nt" else "bin")
    session.run(
        str(scripts / "python"), "-m", "pip", "install", "--quiet", f"unfilter[onnx] @ {built.as_uri()}", external=True
    )
    session.run(str(scripts / "python"), "-m", "pip", "list", external=True)
    bundle, photo = FIXTURE.resolve(), (FIXTURE / "photo.png").resolve()
    command = str(scripts / "unfilter")
    session.chdir(folder)  # so that what is imported is what was installed
    session.run(command, "apply", "--filter", str(bundle), str(photo), "filtered.png", external=True)
    session.run(command, "restore", "--filter", str(bundle), "filtered.png", "restored.png", external=True)
    check = (
        "import sys; from unfilter import read_photo; from unfilter.fidelity import psnr;"
        "score = psnr(*(read_photo(__import__('pathlib').Path(p)).pixels for p in sys.argv[1:]));"
        "print(f'restored {score:.2f} dB'); sys.exit(score < 40)"
    )
    session.run(str(scripts / "python"), "-c", check, str(photo), "restored.png", external=True)
    session.run(command, "convert", success_codes=[2], external=True)  # the extra is missing: says which, exits with 2
