"""Laws: whatever standard streams are (closed, full, of a legacy encoding, a window's `None`), there is no traceback, the
work is done to its end, and the exit code says how that ended.
"""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unfilter.cli import main
from unfilter.cli.streams import steady
from unfilter.photo import read_photo
from unfilter.photo.silence import WITHOUT_STANDARD_ERROR

pytestmark = pytest.mark.usefixtures("elsewhere")

RUN = [sys.executable, "-m", "unfilter"]
HARD = os.fsdecode("naïve ☀ \udce9.png".encode(errors="surrogateescape"))
"""A name of Latin-1, of Unicode, and of a byte that is no UTF-8."""
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="a Unix shell's redirections")


@pytest.fixture
def photos() -> list[str]:
    names = ["a.png", HARD, "z.png"]
    for number, name in enumerate(names):
        Image.fromarray(np.full((24, 32, 3), 40 * number, np.uint8)).save(name)
    return names


def shell(redirections: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """What a process of the command gives, its streams redirected as a shell would."""
    script = f'exec "$@" {redirections}'
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.run(
        ["sh", "-c", script, "sh", *RUN, *arguments], capture_output=True, check=False, env=environment | variables
    )


@UNIX
@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252:strict"},
        {"PYTHONIOENCODING": "utf-8:strict"},
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
def test_any_name_can_be_said_in_any_encoding(variables: dict[str, str], photos: list[str]) -> None:
    for told, code in (([*photos], 0), ([*photos, "absent " + HARD], 3)):
        result = shell("", "inspect", *told, **variables)
        assert (result.returncode, b"Traceback" in result.stderr) == (code, False)
        assert result.stdout.count(b"32 x 24") == 3
        assert result.stderr.count(b"\n") == (code == 3)


@UNIX
@pytest.mark.parametrize("redirections", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", ">/dev/full", ">/dev/full 2>/dev/full"])
def test_closed_and_full_streams_change_nothing_of_the_work(
    redirections: str, photos: list[str], small_bundle: Path
) -> None:
    arguments = ("apply", "--filter", str(small_bundle), *photos, "absent.png", "--out", "results")
    result = shell(redirections, *arguments)
    assert b"Traceback" not in result.stderr
    assert sorted(os.listdir("results")) == sorted(photos)
    for name in photos:
        assert read_photo(Path("results", name)).tag is not None  # nothing was printed into a photo
    # One of four failed; but where not all could be said, that is what it ends with.
    assert result.returncode == (2 if "full" in redirections else 3)


@UNIX
def test_a_reader_that_has_seen_enough_ends_no_batch(photos: list[str], small_bundle: Path) -> None:
    command = 'exec "$@" | true; '
    script = ["bash", "-c", f'{command} exit "${{PIPESTATUS[0]}}"', "bash"]
    arguments = ["apply", "--filter", str(small_bundle), *photos, "--out", "results"]
    result = subprocess.run([*script, *RUN, *arguments], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert len(os.listdir("results")) == 3


def test_a_window_program_has_no_streams(photos: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert main(["inspect", *photos]) == 0
    assert main(["inspect", "absent.png"]) == 2
    with pytest.raises(SystemExit) as caught:
        main(["inspect"])
    assert caught.value.code == 2
    assert (sys.stdout, sys.stderr) == (None, None)


def test_a_stream_of_another_program_is_written_to_as_it_is(photos: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Console(io.StringIO):
        """As of IDLE or a notebook: text, an encoding, no descriptor."""

        encoding = "latin-1"  # type: ignore[assignment]

        def write(self, text: str) -> int:
            return super().write(text.encode(self.encoding).decode(self.encoding))

    monkeypatch.setattr(sys, "stdout", console := Console())
    assert main(["inspect", *photos]) == 0
    assert "naïve \\u2600" in console.getvalue()


def test_what_is_said_while_decoders_are_kept_quiet_is_not_lost(capfd: pytest.CaptureFixture[str]) -> None:
    """A batch reads a photo in one thread while it says of another that it failed."""
    with steady(), WITHOUT_STANDARD_ERROR:
        print("said", file=sys.stderr)
        os.write(2, b"chatter")
    assert capfd.readouterr().err == "said\n"


@UNIX
def test_a_library_keeps_off_a_photo_that_was_opened_as_standard_error(golden_photos: Path) -> None:
    """Where standard error is closed, the next file that is opened gets its number."""
    Image.open(golden_photos / "chelsea.webp").save("photo.tif", compression="tiff_lzw")
    script = "import sys; from pathlib import Path; from unfilter import read_photo; " \
        "sys.exit(read_photo(Path('photo.tif')).pixels.shape != (225, 301, 3))"  # fmt: skip
    assert (
        subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", script], check=False).returncode
        == 0
    )


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied", "x"), OSError(36, "File name too long")])
def test_what_the_system_refuses_is_a_line(
    error: OSError, monkeypatch: pytest.MonkeyPatch, refused: Callable[..., str]
) -> None:
    def run(arguments: object) -> int:
        raise error

    monkeypatch.setattr("unfilter.cli.filters.run", run)
    assert str(error.strerror) in refused("filters")
