"""What `apply`, `inspect` and `restore` say of payloads and top-ups, and which arguments make no sense."""

from collections.abc import Callable
from pathlib import Path

import pytest

from unfilter.cli import main

PHOTO = Path(__file__).parents[2] / "fixtures/bundle-schema-1/photo.png"


def code_of(command: list[str]) -> object:
    """Exit code, also where argparse ends the program."""
    try:
        return main(command)
    except SystemExit as stopped:
        return stopped.code


@pytest.fixture
def said(small_bundle: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Applies the filter with these arguments, restores, and gives all that `inspect` and `restore` say."""

    def run(target: str, *arguments: str) -> str:
        assert main(["apply", "--filter", str(small_bundle), str(PHOTO), target, *arguments]) == 0
        capsys.readouterr()
        assert main(["inspect", target]) == 0
        assert main(["restore", "--filter", str(small_bundle), target, "restored.png"]) == 0
        out, err = capsys.readouterr()
        return out + err

    return run


def test_a_top_up_is_shown_and_used(said: Callable[..., str]) -> None:
    words = said("f.jpg", "--quality", "80", "--top-up", "0.5bpp")
    assert "top-up        what the filter does not restore: " in words
    assert "restored from its pixels and its top-up, to " in words


def test_a_payload_is_shown_and_needs_no_filter(said: Callable[..., str]) -> None:
    words = said("f.png", "--carry", "payload", "--payload", "60")
    assert "payload       the photo as AVIF, in the low bits: " in words
    assert "restored from what the file holds of its photo" in words


def test_a_file_without_either_says_nothing_of_them(said: Callable[..., str]) -> None:
    words = said("f.png")
    assert "payload" not in words
    assert "top-up" not in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--top-up", "much"), "is no top-up; give decibels (38dB), bits per pixel (0.5bpp), or exact"),
        (("--carry", "payload", "--payload", "101"), "is none of 1..100, best and lossless"),
        (("--payload", "60"), "add --carry payload"),
        (("--carry", "payload", "--top-up", "exact"), "leave out --carry payload or --top-up"),
    ],
    ids=str,
)
def test_arguments_that_make_no_sense_are_one_line(
    small_bundle: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    command = ["apply", "--filter", str(small_bundle), str(PHOTO), "f.png", *arguments]
    assert code_of(command) == 2
    assert words in capsys.readouterr().err
    assert not Path("f.png").exists()
