"""Laws: the machine has a name; versions are those that are installed."""

import platform
from importlib.metadata import version

from unfilter.proof.fidelity.machine import machine, versions


def test_the_machine_is_named_by_system_architecture_and_processor() -> None:
    assert machine().startswith(f"{platform.system()} {platform.machine()}, ")
    assert "\n" not in machine()


def test_versions_are_those_that_are_installed() -> None:
    assert versions(("pytest", "no-such-distribution")) == {
        "pytest": version("pytest"),
        "no-such-distribution": "not installed",
    }
