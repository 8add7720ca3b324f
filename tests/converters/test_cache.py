"""Made once from the same inputs; complete or not there at all."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from unfilter_converters.cache import Cache, key

INPUTS = {"weights": "ab", "plan": {"tile": 64, "halo": 8}, "tools": {"onnx": "1"}, "precision": "fp32"}


def make(folder: Path) -> None:
    (folder / "made.txt").write_text("made")
    (folder / "inside").mkdir()
    (folder / "inside" / "more.txt").write_text("more")


def test_same_key_is_made_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "deep" / "cache")
    first, hit = cache.get("a" * 64, make)
    assert not hit
    again, hit = cache.get("a" * 64, lambda _: pytest.fail("made again"))
    assert hit
    assert first == again
    assert (again / "inside" / "more.txt").read_text() == "more"


def test_a_later_cache_finds_what_an_earlier_one_made(tmp_path: Path) -> None:
    Cache(tmp_path).get("a", make)
    assert Cache(tmp_path).get("a", lambda _: pytest.fail("made again"))[1]


def test_another_key_is_made_too(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.get("a", make)[0] != cache.get("b", make)[0]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_failing_make_leaves_nothing_and_can_be_tried_again(failure: type[BaseException], tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        make(folder)
        raise failure

    cache = Cache(tmp_path)
    with pytest.raises(failure):
        cache.get("a", fail)
    assert list(tmp_path.iterdir()) == []
    assert cache.get("a", make) == (tmp_path / "a", False)


def test_nothing_stands_under_the_final_name_while_it_is_made(tmp_path: Path) -> None:
    def check(folder: Path) -> None:
        make(folder)
        assert not (tmp_path / "a").exists()

    Cache(tmp_path).get("a", check)


def test_folder_can_be_read_by_others(tmp_path: Path) -> None:
    folder, _ = Cache(tmp_path).get("a", make)
    assert folder.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "change",
    [
        {"weights": "ac"},
        {"plan": {"tile": 64, "halo": 10}},
        {"tools": {"onnx": "2"}},
        {"tools": {}},
        {"precision": "fp16"},
        {"more": None},
    ],
    ids=json.dumps,
)
def test_key_changes_with_any_input(change: dict[str, object]) -> None:
    assert key(**INPUTS | change) != key(**INPUTS)


def test_key_does_not_depend_on_the_order_of_inputs() -> None:
    assert key(**dict(reversed(INPUTS.items()))) == key(**INPUTS)
    assert len(key(**INPUTS)) == 64


def test_two_that_make_the_same_key_at_once_both_get_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def make(folder: Path) -> None:
        (folder / "slow").write_text("made last")
        cache.get("same", lambda other: (other / "quick").write_text("made first"))

    folder, hit = cache.get("same", make)
    assert not hit
    assert [path.name for path in folder.iterdir()] == ["quick"]
    assert [path.name for path in tmp_path.iterdir()] == ["same"]


KILLED = """
import os, signal, sys
from pathlib import Path
from unfilter_converters.cache import Cache

def make(folder):
    (folder / "half").touch()
    os.kill(os.getpid(), signal.SIGKILL)

Cache(Path(sys.argv[1])).get("a", make)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
def test_what_a_kill_leaves_is_no_artifact_and_the_next_that_is_made_clears_it_away(tmp_path: Path) -> None:
    assert subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False).returncode == -9
    assert [path.name.startswith(".") for path in tmp_path.iterdir()] == [True]
    assert Cache(tmp_path).get("b", make) == (tmp_path / "b", False)
    assert list(tmp_path.iterdir()) == [tmp_path / "b"]
