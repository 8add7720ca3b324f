"""Laws: a bad photo does not end the run; the sum and the exit code say what became of all; no original is overwritten; a
run that is killed at any moment leaves nothing half-written under a final name, and the next one finishes and clears away.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter.cli import main
from unfilter.cli.batch import SOME_FAILED, Tally
from unfilter.photo import Photo, read_photo, write_photo
from unfilter.proof.fidelity import psnr

pytestmark = pytest.mark.usefixtures("elsewhere")

LEFTOVER = re.compile(r"\..*\.unfilter-[0-9a-f]{12}\.png")


@pytest.fixture
def photos(elsewhere: Path, chelsea: NDArray[np.uint8]) -> list[Path]:
    """Six photos in a tree `in`, all of one size and without metadata."""
    paths = [Path("in", name) for name in ("a.png", "b.webp", "one/a.png", "one/c.png", "one/two/a.png", "z.png")]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_photo(path, Photo(chelsea[20 * number : 20 * number + 41, :63]))
    return paths


@pytest.fixture
def run(
    small_bundle: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str], list[str]]]:
    """Runs a command; gives the exit code and the lines of both outputs."""
    monkeypatch.setenv("UNFILTER_BUNDLES", str(small_bundle.parent))

    def run(*arguments: object) -> tuple[int, list[str], list[str]]:
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return code, out.splitlines(), err.splitlines()

    return run


Run = Callable[..., tuple[int, list[str], list[str]]]


def files(folder: str) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


def test_apply_and_restore_keep_the_tree_and_a_second_run_does_nothing(photos: list[Path], run: Run) -> None:
    code, out, err = run("apply", "--filter", "l0", "in", "--out", "filtered")
    assert (code, out[-1], err) == (0, "6 photos: 6 filtered", [])
    assert list(files("filtered")) == [f"filtered/{name}.png" for name in ("a", "b", "one/a", "one/c", "one/two/a", "z")]
    before = files("filtered")
    assert run("apply", "--filter", "l0", "in", "--out", "filtered") == (0, ["6 photos: 6 there already"], [])
    assert files("filtered") == before
    code, out, err = run("restore", "filtered", "--out", "restored", "--to", "webp")
    assert (code, out[-1], err) == (0, "6 photos: 6 restored", [])
    for photo in photos:
        back = Path("restored", photo.relative_to("in")).with_suffix(".webp")
        assert psnr(read_photo(back).pixels, read_photo(photo).pixels) > 35
    assert run("restore", "filtered", "--out", "restored", "--to", "webp")[:2] == (0, ["6 photos: 6 there already"])


def test_the_files_are_those_of_single_runs(photos: list[Path], run: Run) -> None:
    run("apply", "--filter", "l0", "in", "--out", "filtered")
    run("apply", "--filter", "l0", "in/one/c.png", "single.png")
    assert Path("single.png").read_bytes() == Path("filtered/one/c.png").read_bytes()


def test_a_bad_photo_is_one_line_and_the_others_are_done(photos: list[Path], run: Run) -> None:
    Path("in/bad.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    Path("in/text.png").write_text("text")
    code, out, err = run("apply", "--filter", "l0", "in", "absent.png", "--out", "filtered")
    assert (code, out[-1]) == (3, "9 photos: 6 filtered, 3 failed")
    assert [line.split(": ")[1] for line in err] == ["in/bad.jpg", "in/text.png", "absent.png"]
    assert all(line.startswith("unfilter: ") for line in err)
    code, out, err = run("restore", "in", "filtered/one/c.png", "--out", "restored")
    assert (code, out[-1]) == (3, "9 photos: 1 restored, 8 failed")  # photos that nothing filtered carry no tag
    assert len(err) == 8


def test_inspect_goes_on_past_a_bad_file_too(photos: list[Path], run: Run) -> None:
    Path("in/bad.jpg").write_bytes(b"")
    code, out, err = run("inspect", "in")
    assert (code, out[-1], len(err)) == (3, "7 photos: 6 inspected, 1 failed", 1)
    assert sum(line.startswith("file ") for line in out) == 6


def test_a_run_goes_on_where_it_was_stopped(photos: list[Path], run: Run) -> None:
    run("apply", "--filter", "l0", "in/one", "--out", "filtered/one")
    assert run("apply", "--filter", "l0", "in", "--out", "filtered")[1][-1] == "6 photos: 3 filtered, 3 there already"


def test_what_stands_in_the_way_is_left_alone(photos: list[Path], run: Run) -> None:
    Path("filtered").mkdir()
    for name, content in (("a.png", photos[-1].read_bytes()), ("b.png", b"half"), ("z.png", b"")):
        Path("filtered", name).write_bytes(content)
    before = files("filtered")
    code, out, err = run("apply", "--filter", "l0", "in", "--out", "filtered")
    assert (code, out[-1], len(err)) == (3, "6 photos: 4 filtered, 2 failed", 2)
    assert {name: files("filtered")[name] for name in before if "z" not in name} == {
        name: content for name, content in before.items() if "z" not in name
    }


def test_another_photo_of_the_same_name_and_size_is_not_taken_for_done(photos: list[Path], run: Run) -> None:
    run("apply", "--filter", "l0", "in/a.png", "--out", "filtered")
    code, _, err = run("apply", "--filter", "l0", "in/one/a.png", "--out", "filtered")
    assert code == 3
    assert "its pixels are not what in/one/a.png gives" in err[0]


def test_an_original_is_never_overwritten(photos: list[Path], run: Run) -> None:
    before = files("in")
    assert run("apply", "--filter", "l0", "in", "--out", "in")[0] == 2
    assert run("apply", "--filter", "l0", *photos, "--out", "in")[0] == 3
    assert run("apply", "--filter", "l0", "in/one", "--out", "in")[0] == 3
    after = files("in")
    assert {name: after[name] for name in before} == before


def test_a_jpeg_of_a_filter_trained_for_it_is_done_again_only_at_another_quality(photos: list[Path], run: Run) -> None:
    command = ["apply", "--filter", "l0", "in/one", "--out", "filtered", "--to", "jpeg", "--quality"]
    assert run(*command, 80)[1][-1] == "3 photos: 3 filtered"
    assert run(*command, 80)[1][-1] == "3 photos: 3 there already"
    assert run(*command, 90)[1][-1] == "3 photos: 3 failed"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["in"], "name a folder for results with --out"),
        (["in", "out.png"], "in: is a folder; name a folder for results"),
        (["in/a.png", "in/b.webp", "out.png"], "3 given where IN and OUT are two"),
        (["in/a.png", "out.png", "--to", "png"], "--to is for results in a folder"),
        (["in", "--out", "in/a.png"], "is a file; name a folder"),
        (["empty", "--out", "out"], "empty: no photos there"),
        (["in", "--out", "out", "--set", "smoothness=1"], "no parameter 'smoothness'"),
    ],
)
@pytest.mark.parametrize("command", ["apply", "restore"])
def test_arguments_that_make_no_sense_are_one_line_before_anything_is_done(
    command: str, arguments: list[str], words: str, photos: list[Path], small_bundle: Path, refused: Callable[..., str]
) -> None:
    if command == "restore" and "--set" in arguments:
        pytest.skip("restore takes no parameters")
    Path("empty").mkdir()
    before = files(".")
    assert words in refused(command, "--filter", small_bundle, *arguments)
    assert files(".") == before


def test_a_filter_that_is_broken_is_said_once(
    photos: list[Path], bundle_copy: Path, flip_byte: Callable[[Path], None], refused: Callable[..., str]
) -> None:
    flip_byte(bundle_copy / "onnx/forward.onnx")
    assert "sha256 differs" in refused("apply", "--filter", bundle_copy, "--runtime", "onnx", "in", "--out", "filtered")


def nothing(path: Path) -> Photo:
    return Photo(np.zeros((1, 1, 3), np.uint8))


def test_an_interruption_still_sums_up(capsys: pytest.CaptureFixture[str]) -> None:
    def work(path: Path, _: Photo) -> Callable[[], str]:
        if path.name == "b":
            raise KeyboardInterrupt
        return lambda: "done"

    with pytest.raises(KeyboardInterrupt):
        Tally("filtered").show([Path("a"), Path("b"), Path("c")], nothing, work)
    assert capsys.readouterr().out == "done\n1 photo: 1 filtered\n"


def test_the_next_photo_is_read_and_the_last_one_written_while_one_is_worked_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Each step waits for what must happen beside it: one after the other, they would wait for ever."""
    read, worked = ({name: Event() for name in "abc"} for _ in range(2))

    def reading(path: Path) -> Photo:
        read[path.name].set()
        return nothing(path)

    def work(path: Path, _: Photo) -> Callable[[], str]:
        following = chr(ord(path.name) + 1)
        assert following not in read or read[following].wait(60)
        worked[path.name].set()

        def write() -> str:
            assert following not in worked or worked[following].wait(60)
            return path.name

        return write

    assert Tally("filtered").show([Path(name) for name in "abc"], reading, work) == 0
    assert capsys.readouterr().out == "a\nb\nc\n3 photos: 3 filtered\n"


def test_what_fails_in_any_step_is_one_line_and_the_others_are_done(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(step: str, path: Path) -> None:
        if path.name == step:
            raise OSError("no\nluck")

    def reading(path: Path) -> Photo:
        fail("read", path)
        return nothing(path)

    def work(path: Path, _: Photo) -> Callable[[], str]:
        def write() -> str:
            fail("write", path)
            return "done"

        fail("work", path)
        return write

    order = [Path(name) for name in ("a", "read", "b", "work", "c", "write", "d")]
    assert Tally("filtered").show(order, reading, work) == SOME_FAILED
    said = capsys.readouterr()
    assert said.err.splitlines() == [f"unfilter: {name}: failed (no luck)" for name in ("read", "work", "write")]
    assert said.out.endswith("7 photos: 4 filtered, 3 failed\n")


def _started(small_bundle: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "unfilter", "apply", "--filter", str(small_bundle), "in", "--out", "filtered"]
    return subprocess.Popen([*command, "--runtime", "onnx"], stdout=subprocess.DEVNULL)


def _written(final: int, hidden: int) -> bool:
    """Whether so many files stand under final names, and so many are being written."""
    names = [path.name for path in Path("filtered").rglob("*.png")] if Path("filtered").exists() else []
    finals = sum(not name.startswith(".") for name in names)
    return finals >= final and len(names) - finals >= hidden


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
def test_a_kill_at_any_moment_leaves_whole_files_and_the_next_run_finishes(
    photos: list[Path], small_bundle: Path, run: Run
) -> None:
    run("apply", "--filter", "l0", "--runtime", "onnx", "in", "--out", "whole")
    expected = files("whole")
    moments = [(0, 1), (1, 0), (2, 1), (3, 0), (4, 1), (6, 0)]  # some while a file is being written, some between two
    for final, hidden in moments:
        child = _started(small_bundle)
        while child.poll() is None and not _written(final, hidden):
            time.sleep(0.0005)
        child.kill()
        child.wait()
        for name, content in files("filtered").items():
            hidden_name = Path(name).name.startswith(".")
            assert hidden_name or content == expected[name.replace("filtered", "whole")]
            assert not hidden_name or LEFTOVER.fullmatch(Path(name).name)
    code, out, _ = run("apply", "--filter", "l0", "--runtime", "onnx", "in", "--out", "filtered")
    assert code == 0
    assert out[-1].startswith("6 photos: ")
    assert list(files("filtered").values()) == list(expected.values())  # and no leftovers


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
@pytest.mark.parametrize("moment", ["encode", "replace"])
def test_a_kill_while_a_file_is_encoded_or_just_before_its_name_leaves_no_half_file(
    moment: str, photos: list[Path], small_bundle: Path, run: Run
) -> None:
    program = {
        "encode": "from unfilter.photo import png; from PIL import Image\n"
        "def die(self, path, **_): path.write_bytes(b'half'); os.kill(os.getpid(), 9)\nImage.Image.save = die\n",
        "replace": "def die(*_): os.kill(os.getpid(), 9)\nos.replace = die\n",
    }[moment]
    start = "import os, sys\nfrom unfilter.cli import main\n"
    command = ["apply", "--filter", str(small_bundle), "--runtime", "onnx", "in", "--out", "filtered"]
    killed = subprocess.run([sys.executable, "-c", f"{start}{program}main(sys.argv[1:])", *command], check=False)
    assert killed.returncode == -9
    left = [path.name for path in Path("filtered").iterdir()]
    assert len(left) == 1
    assert LEFTOVER.fullmatch(left[0])
    assert run("inspect", "in", "filtered/a.png")[0] == 3  # it is not there, and the leftover is no photo
    assert run(*command)[0] == 0
    assert len(files("filtered")) == 6
