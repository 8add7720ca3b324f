"""Laws of the GitHub Action: inputs reach the command as text, reports are left behind, the exit code is the command's.

Its steps are read from the file, and the one that verifies is run as GitHub would: by bash, with inputs in the environment.
GitHub's own runner was not at hand.
"""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION = ROOT / ".github/actions/verify"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path, shipped_bundle: Path) -> Run:
    """Runs the step on the shipped bundle, with ONNX alone, in an empty folder; `inputs` are in the environment."""
    command = tmp_path / "bin/unfilter"
    command.parent.mkdir()
    command.write_text(
        f"#!{sys.executable}\nimport sys\nfrom unfilter import runtimes\nfrom unfilter.cli import main\n"
        "runtimes.NAMES = ('onnx', 'coreml')\nsys.exit(main())\n"
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR)

    def run(**inputs: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "BUNDLE": str(shipped_bundle),
            "OUT": "kept",
        }
        arguments = ["bash", str(ACTION / "verify.sh")]
        return subprocess.run(arguments, env=environment | inputs, cwd=tmp_path, capture_output=True, text=True)

    return run


def test_a_bundle_that_restores_passes_and_leaves_its_reports(run: Run, tmp_path: Path) -> None:
    done = run()
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {"report.json", "junit.xml", "report.html", "report.txt"}
    assert (tmp_path / "output").read_text() == "report=kept/report.json\n"
    assert "OK: 15 pass" in (tmp_path / "summary").read_text()
    assert json.loads((tmp_path / "kept/report.json").read_text())["failures"] == []
    assert run(BASELINE="kept/report.json", OUT="again").returncode == 0


def test_a_failure_is_the_steps_and_is_annotated(run: Run, tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text("[fp32]\nlevels = 0\n")
    done = run(TOLERANCES="strict.toml", REQUIRE="onnx coreml")
    assert done.returncode == 1
    assert "::error title=unfilter verify::FAIL: " in done.stdout
    assert "FAIL coreml: required" in (tmp_path / "summary").read_text()


def test_inputs_are_text_and_never_commands(run: Run, tmp_path: Path) -> None:
    assert run(BUNDLE="$(touch owned); touch owned", NOTE="`touch owned`").returncode == 2
    assert not (tmp_path / "owned").exists()


def test_every_input_is_handed_over_and_none_is_pasted_into_a_script() -> None:
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    steps = action["runs"]["steps"]
    assert all("shell" in step for step in steps if "run" in step)
    assert not any("${{" in step.get("run", "") for step in steps)
    handed = re.findall(r"inputs\.([a-z-]+)", json.dumps(steps))
    assert set(handed) == set(action["inputs"])
    script = (ACTION / "verify.sh").read_text()
    (verify,) = (step for step in steps if step.get("id") == "verify")
    assert all(f"${name}" in script or f"${{{name}" in script for name in verify["env"])


@pytest.mark.parametrize("place", ["docs/verify.md"])
def test_workflows_in_the_docs_use_inputs_that_there_are(place: str) -> None:
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / place).read_text(), re.DOTALL)
    assert blocks
    used = 0
    for block in map(yaml.safe_load, blocks):
        steps = block if isinstance(block, list) else [step for job in block["jobs"].values() for step in job["steps"]]
        for step in steps:
            if "actions/verify" in step.get("uses", ""):
                used += 1
                assert set(step["with"]) <= set(action["inputs"])
                assert {name for name, one in action["inputs"].items() if one.get("required")} <= set(step["with"])
    assert used >= 2
