"""Laws: what stood under a result's name can still be had afterwards, unless it is forced; a pipe is as good as a file; in
folders, every photo is taken and what is none is counted.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unfilter.cli import main
from unfilter.errors import PhotoError
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.fixture
def l0(small_bundle: Path) -> Filter:
    return Filter.open(small_bundle, runtime="onnx")


@pytest.fixture
def photos(golden_photos: Path) -> list[str]:
    for name, source in (("a.png", "chelsea.webp"), ("b.png", "coffee.webp")):
        Image.open(golden_photos / source).convert("RGB").crop((0, 0, 160, 120)).save(name)
    return ["a.png", "b.png"]


def content(path: str) -> bytes:
    return Path(path).read_bytes()


def test_two_photos_of_a_wildcard_are_no_photo_and_its_result(
    photos: list[str], small_bundle: Path, refused: Callable[..., str]
) -> None:
    before = content("b.png")
    assert "--force" in refused("apply", "--filter", small_bundle, *photos)
    assert content("b.png") == before
    assert main(["apply", "--filter", str(small_bundle), "--force", *photos]) == 0
    assert content("b.png") != before


def test_two_filtered_files_of_a_wildcard_neither(
    photos: list[str], l0: Filter, small_bundle: Path, refused: Callable[..., str]
) -> None:
    """The second is ours, and the only copy of its photo."""
    for name in photos:
        l0.apply(name, f"f_{name}")
    before = content("f_b.png")
    assert "--force" in refused("restore", "--filter", small_bundle, "f_a.png", "f_b.png")
    assert "--force" in refused("apply", "--filter", small_bundle, "a.png", "f_b.png")
    assert content("f_b.png") == before


@pytest.mark.parametrize("there", ["text", "another photo", "a damaged picture", "a restored photo"])
@pytest.mark.parametrize("method", ["apply", "restore"])
def test_what_we_did_not_make_of_this_photo_stays(method: str, there: str, photos: list[str], l0: Filter) -> None:
    l0.apply("a.png", "f.png")
    l0.apply("b.png", "g.png")
    if there == "text":
        Path("out.png").write_text("notes")
    elif there == "another photo":
        shutil.copy("b.png", "out.png")
    elif there == "a damaged picture":
        Path("out.png").write_bytes(content("b.png")[:-400])
    else:
        l0.restore("g.png", "out.png")
    before = content("out.png")
    source = "a.png" if method == "apply" else "f.png"
    with pytest.raises(PhotoError, match=r"^out\.png: is there already, .*overwrite=True"):
        getattr(l0, method)(source, "out.png")
    assert content("out.png") == before
    getattr(l0, f"{method}_file")(source, "out.png", overwrite=True)
    assert content("out.png") != before


def test_what_loses_nothing_is_written_over(photos: list[str], l0: Filter) -> None:
    Path("f.png").touch()
    l0.apply("a.png", "f.png")  # empty
    l0.apply("a.png", "f.png")  # ours, of this photo
    l0.restore("f.png", "r.png")
    l0.restore("f.png", "r.png")  # the same result
    assert np.abs(read_photo(Path("r.png")).pixels.astype(int) - read_photo(Path("a.png")).pixels).mean() < 12


def test_a_link_to_a_file_is_that_file(photos: list[str], l0: Filter) -> None:
    Path("link.png").symlink_to("b.png")
    before = content("b.png")
    with pytest.raises(PhotoError, match="is there already"):
        l0.apply("a.png", "link.png")
    assert content("b.png") == before


def test_a_folder_as_out_is_told_with_the_option_for_it(
    photos: list[str], l0: Filter, small_bundle: Path, refused: Callable[..., str]
) -> None:
    Path("results.png").mkdir()
    assert "--out results.png" in refused("apply", "--filter", small_bundle, "a.png", "results.png")
    with pytest.raises(PhotoError, match="apply_many"):
        l0.apply("a.png", "results.png")


def piped(*arguments: object, given: bytes | None, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "unfilter", *map(str, arguments)]
    stdin = {"input": given} if given is not None else {"stdin": subprocess.DEVNULL}
    return subprocess.run(command, capture_output=True, check=False, **stdin, **options)  # type: ignore[call-overload,no-any-return]


def test_a_photo_through_pipes_is_the_photo_through_files(photos: list[str], l0: Filter, small_bundle: Path) -> None:
    l0.apply("a.png", "f.png")
    filtered = piped("apply", "--filter", small_bundle, "-", "-", given=content("a.png"))
    assert (filtered.returncode, filtered.stdout) == (0, content("f.png"))
    assert filtered.stderr == b"standard output: l0 applied with onnx fp32\n"
    restored = piped("restore", "--filter", small_bundle, "-", "-", "--to", "webp", given=filtered.stdout)
    assert (restored.returncode, restored.stdout[8:12]) == (0, b"WEBP")
    assert piped("restore", "--filter", small_bundle, "-", "r.png", given=filtered.stdout).returncode == 0
    assert np.array_equal(read_photo(Path("r.png")).pixels, l0.run_again(read_photo(Path("f.png")).pixels))
    assert b"\nfilter        l0\n" in piped("inspect", "-", given=filtered.stdout).stdout


def test_what_comes_through_a_pipe_is_refused_as_a_file_is(photos: list[str], small_bundle: Path) -> None:
    for given in (b"", b"text", content("a.png")[:-400]):
        result = piped("apply", "--filter", small_bundle, "-", "-", given=given)
        assert (result.returncode, result.stdout, result.stderr.count(b"\n")) == (2, b"", 1)
        assert result.stderr.startswith(b"unfilter: standard input: ")
    result = piped("apply", "--filter", small_bundle, "-", "b.png", given=content("a.png"))
    assert result.returncode == 2
    assert b"b.png: is there already" in result.stderr
    assert b"pipe gives one photo" in piped("apply", "--filter", small_bundle, "-", "--out", "d", given=b"").stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a Unix shell's redirections")
@pytest.mark.parametrize("redirections", ["<&-", ">&-", ">/dev/full"])
def test_a_pipe_that_is_not_there_is_told(redirections: str, photos: list[str], small_bundle: Path) -> None:
    script = f'"$@" - - {redirections if "<" in redirections else "<a.png " + redirections}'
    command = ["sh", "-c", script, "sh", sys.executable, "-m", "unfilter", "apply", "--filter", str(small_bundle)]
    result = subprocess.run(command, capture_output=True, check=False)
    assert b"Traceback" not in result.stderr
    if redirections != ">&-":  # as with >/dev/null: nobody wants it
        assert result.returncode == 2
        assert result.stderr.startswith(b"unfilter: standard ")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are Unix's")
def test_a_named_pipe_is_a_photo(photos: list[str]) -> None:
    os.mkfifo("pipe")
    script = (
        "import sys; from pathlib import Path; from unfilter import read_photo; print(read_photo(Path('pipe')).pixels.shape)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as reader:
        Path("pipe").write_bytes(content("a.png"))
        assert reader.communicate()[0] == "(120, 160, 3)\n"


def test_photos_of_any_name_are_taken_and_others_counted(
    photos: list[str], small_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("in").mkdir()
    picture = Image.open("a.png")
    for name in ("a.jfif", "b.PJPEG", "c.pjp", "d", "e.bak"):
        picture.save(Path("in", name), "jpeg")
    picture.save("in/raw.nef", "tiff")  # as a camera's raw file begins
    picture.save("in/f", "tiff")
    for name in ("notes.txt", "clip.mp4", "empty"):
        Path("in", name).write_bytes(name.encode() if name != "empty" else b"")
    if hasattr(os, "mkfifo"):
        os.mkfifo("in/pipe")  # nobody ever writes to it
    assert main(["apply", "--filter", str(small_bundle), "in", "--out", "out"]) == 0
    assert sorted(os.listdir("out")) == ["a.png", "b.png", "c.png", "d.png", "e.png", "f.png"]
    others = 5 if hasattr(os, "mkfifo") else 4
    assert capsys.readouterr().out.splitlines()[-1] == f"6 photos: 6 filtered; {others} other files passed over, no photo"


def test_one_input_that_cannot_be_looked_at_ends_no_batch(
    photos: list[str], small_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply", "--filter", str(small_bundle), "x" * 300 + ".png", *photos, "--out", "out"]) == 3
    assert sorted(os.listdir("out")) == photos
    assert "name too long" in capsys.readouterr().err
