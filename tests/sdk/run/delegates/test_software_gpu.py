"""Law: LiteRT's GPU accelerator takes our graphs whole and gives the CPU's values; here by software Vulkan."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/lib/chromium")
"""Where Debian's package `chromium` has SwiftShader, a Vulkan that needs no GPU."""
ICD = CHROMIUM / "vk_swiftshader_icd.json"


@pytest.mark.skipif(not ICD.exists(), reason="no software Vulkan: apt-get install chromium")
def test_both_directions_are_engaged_on_software_vulkan(variable_bundle: Path, tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert")
    vulkan = {"LD_LIBRARY_PATH": str(CHROMIUM), "VK_ICD_FILENAMES": str(ICD)}  # read when a process starts
    found = tmp_path / "delegates.json"
    command = [sys.executable, "-m", "unfilter", "delegates", str(variable_bundle), "--json", str(found)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | vulkan)
    trials = [
        each for each in json.loads(found.read_text())["trials"] if (each["runtime"], each["delegate"]) == ("litert", "gpu")
    ]
    assert [each["direction"] for each in trials] == ["forward", "inverse"]
    if late := [each["reason"] for each in trials if each["engagement"] == "not available here"]:
        pytest.skip(late[0])  # a busy machine, or a wheel of LiteRT without the accelerator
    assert [each["engagement"] for each in trials] == ["engaged"] * 2
    assert all(0 < each["error"] < 1e-5 for each in trials)
