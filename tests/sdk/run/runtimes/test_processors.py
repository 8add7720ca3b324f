"""Laws: affinity and the quota of every cgroup decide how many threads a runtime starts; pools of the process are lowered,
never raised.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from unfilter.run import runtimes
from unfilter.run.runtimes.processors import usable

V2 = "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup rw"
V1 = "32 31 0:29 {} /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct"
HYBRID = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw"
ELSEWHERE = "31 23 0:28 / /run/my\\040cgroups rw - cgroup2 cgroup rw"

SCHEDULED = 8


@pytest.fixture(autouse=True)
def eight_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the scheduler gives, so that quotas below it show."""
    monkeypatch.setattr("unfilter.run.runtimes.processors._scheduled", lambda: SCHEDULED)
    monkeypatch.setattr(os, "cpu_count", lambda: SCHEDULED)


def machine(root: Path, membership: str, mounts: str, files: dict[str, str]) -> Path:
    """A root whose `proc` and mounted cgroups hold what a kernel would show there."""
    here = root / "proc/self"
    here.mkdir(parents=True)
    (here / "cgroup").write_text(membership + "\n")
    (here / "mountinfo").write_text("23 1 8:1 / / rw - ext4 /dev/vda1 rw\n" + mounts + "\n")
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n")
    return root


@pytest.mark.parametrize(
    ("membership", "mounts", "files", "expected"),
    [
        pytest.param("0::/", V2, {"sys/fs/cgroup/cpu.max": "100000 100000"}, 1, id="2: docker run --cpus 1"),
        pytest.param("0::/", V2, {"sys/fs/cgroup/cpu.max": "300000 100000"}, 3, id="2: three"),
        pytest.param("0::/", V2, {"sys/fs/cgroup/cpu.max": "250000 100000"}, 2, id="2: rounded down"),
        pytest.param("0::/", V2, {"sys/fs/cgroup/cpu.max": "20000 100000"}, 1, id="2: a fifth is one"),
        pytest.param("0::/", V2, {"sys/fs/cgroup/cpu.max": "max 100000"}, SCHEDULED, id="2: no quota"),
        pytest.param("0::/", V2, {"sys/fs/cgroup/cpu.max": "9900000 100000"}, SCHEDULED, id="2: more than there are"),
        pytest.param("0::/", V2, {}, SCHEDULED, id="2: the root cgroup has no file"),
        pytest.param(
            "0::/user.slice/a.scope",
            V2,
            {"sys/fs/cgroup/user.slice/a.scope/cpu.max": "200000 100000"},
            2,
            id="2: systemd-run",
        ),
        pytest.param(
            "0::/kubepods/pod/a",
            V2,
            {"sys/fs/cgroup/kubepods/pod/a/cpu.max": "max 100000", "sys/fs/cgroup/kubepods/pod/cpu.max": "200000 100000"},
            2,
            id="2: the pod's quota, above the container's",
        ),
        pytest.param(
            "0::/a",
            V2,
            {"sys/fs/cgroup/a/cpu.max": "400000 100000", "sys/fs/cgroup/cpu.max": "200000 100000"},
            2,
            id="2: the least of all",
        ),
        pytest.param("0::/../../other", V2, {"sys/fs/cgroup/cpu.max": "200000 100000"}, 2, id="2: of another namespace"),
        pytest.param(
            "3:cpu,cpuacct:/docker/0a1b\n0::/",
            V1.format("/docker/0a1b"),
            {
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "200000",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
            },
            2,
            id="1: docker, named as on the host",
        ),
        pytest.param(
            "3:cpu,cpuacct:/job",
            V1.format("/"),
            {
                "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "50000",
                "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "10000",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
            },
            5,
            id="1: below the mount",
        ),
        pytest.param(
            "3:cpu,cpuacct:/",
            V1.format("/"),
            {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1", "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000"},
            SCHEDULED,
            id="1: no quota",
        ),
        pytest.param(
            "3:cpu,cpuacct:/\n0::/",
            V1.format("/") + "\n" + HYBRID,
            {
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "400000",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
            },
            4,
            id="both mounted, the processors under 1",
        ),
        pytest.param("4:cpuset:/\n0::/", HYBRID, {"sys/fs/cgroup/unified/cpu.max": "100000 100000"}, 1, id="both, under 2"),
        pytest.param("0::/", V2, {"sys/fs/cgroup/cpu.max": "nonsense"}, SCHEDULED, id="unreadable"),
        pytest.param(
            "0::/", ELSEWHERE, {"run/my cgroups/cpu.max": "100000 100000"}, 1, id="mounted in a folder with a space"
        ),
    ],
)
def test_the_quota_of_every_cgroup_is_kept(
    membership: str, mounts: str, files: dict[str, str], expected: int, tmp_path: Path
) -> None:
    assert usable(machine(tmp_path, membership, mounts, files)) == expected


def test_without_cgroups_the_scheduler_decides(tmp_path: Path) -> None:
    assert usable(tmp_path) == SCHEDULED


MEASURE = """
import json, os, sys
import numpy as np
from unfilter.jobs.filter import Filter

def started():
    return len(os.listdir("/proc/self/task"))

tile = np.zeros((96, 96, 3), np.uint8)
opened = Filter.open(sys.argv[1], runtime=sys.argv[2])
before = started()
opened.graph("forward")(np.zeros((96, 96, 3), np.float32))
print(json.dumps(started() - before))
"""

POOLS = """
import json, sys
from unfilter.jobs.filter import Filter

Filter.open(sys.argv[1], runtime=sys.argv[2]).graph("forward")
if sys.argv[2] == "torch":
    import torch
    print(json.dumps([torch.get_num_threads()]))
else:
    import threadpoolctl
    print(json.dumps([pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]))
"""


def run(script: str, *arguments: object, before: tuple[str, ...] = (), **variables: str) -> object:
    """What a process prints that no variable tells how many threads to start, but for `variables`."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")} | variables
    command = [*before, sys.executable, "-c", script, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(result.stdout)


@pytest.mark.skipif(shutil.which("taskset") is None, reason="no taskset here (util-linux)")
@pytest.mark.parametrize("name", ["onnx", "litert"])
def test_on_one_processor_a_runtime_starts_no_second_thread(name: str, shipped_bundle: Path) -> None:
    if reason := runtimes.sibling(name).unavailable():
        pytest.skip(reason)
    assert run(MEASURE, shipped_bundle, name, before=("taskset", "-c", "0")) == 0


@pytest.mark.parametrize("name", ["torch", "mil"])
def test_pools_of_the_process_are_lowered_and_never_raised(name: str, shipped_bundle: Path) -> None:
    if reason := runtimes.sibling(name).unavailable():
        pytest.skip(reason)
    three = {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "3"}
    assert set(run(POOLS, shipped_bundle, name, **three, UNFILTER_THREADS="1")) == {1}  # type: ignore[call-overload]
    assert set(run(POOLS, shipped_bundle, name, **dict.fromkeys(three, "1"), UNFILTER_THREADS="3")) == {1}  # type: ignore[call-overload]


def test_every_session_of_onnx_runtime_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    from unfilter.run.runtimes.onnx import session_options

    monkeypatch.delenv(runtimes.THREADS, raising=False)
    monkeypatch.setattr("unfilter.run.runtimes.processors._quotas", lambda root: iter([5.0]))
    assert session_options().intra_op_num_threads == 5
