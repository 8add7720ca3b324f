"""Laws: what CONTRIBUTING, SECURITY, the workflows and CI name is there: sessions, files, tests."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "filters/README.md")]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SESSIONS = set(re.findall(r"@nox\.session\ndef (\w+)\(", (ROOT / "noxfile.py").read_text(encoding="utf-8")))


def sessions_in(text: str) -> set[str]:
    """Names after `nox -s`, up to what is given to them."""
    commands = re.findall(r"nox -s((?: +\w+)+)", text)
    return {name for command in commands for name in command.split()}


@pytest.mark.parametrize("path", [*PAGES, *WORKFLOWS, ROOT / ".ci/run"], ids=lambda path: path.name)
def test_every_session_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "nox" in text or path.name == "SECURITY.md"
    assert sessions_in(text) <= SESSIONS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_that_is_linked_or_named_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not (path.parent / link).exists()]
    tests = [name for name in re.findall(r"`(tests/[\w/]+\.\w+)`", text) if not (ROOT / name).exists()]
    assert (links, tests) == ([], [])


def test_workflows_run_sessions_and_actions_that_are_there() -> None:
    assert WORKFLOWS
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {"contents": "read"}
        for job in workflow["jobs"].values():
            assert set(job.get("strategy", {}).get("matrix", {}).get("session", [])) <= SESSIONS
            local = [step["uses"] for step in job["steps"] if step.get("uses", "").startswith("./")]
            assert all((ROOT / action / "action.yml").exists() for action in local)


def test_ci_runs_the_tests_of_the_readme() -> None:
    """And nothing that the README does not say how to run."""
    assert {"lint", "tests", "wheel"} <= sessions_in((ROOT / ".ci/run").read_text(encoding="utf-8"))
    assert "python3 -m nox -s tests" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_both_wheels_have_one_version_and_the_first_is_without_weights() -> None:
    code, filters = (
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8")) for folder in (".", "filters")
    )
    assert code["project"]["version"] == filters["project"]["version"]
    wheel = code["tool"]["hatch"]["build"]["targets"]["wheel"]
    *excluded, studies = wheel["exclude"]
    assert all(list((ROOT / folder).glob("*/*.safetensors")) for folder in excluded)
    assert list((ROOT / studies).glob("*.toml"))
    packages = [path for package in wheel["packages"] for path in (ROOT / package).rglob("*.safetensors")]
    assert all(any(path.is_relative_to(ROOT / folder) for folder in excluded) for path in packages)
