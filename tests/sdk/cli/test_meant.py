"""Laws: what is misspelt is told with what was meant, whatever kind of word it is; help is sorted by what one comes for."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from unfilter.cli import commands, main
from unfilter.cli.parser import PURPOSES
from unfilter.errors import RuntimeUnavailable, did_you_mean
from unfilter.find import store
from unfilter.jobs.filter import Filter
from unfilter.run import runtimes
from unfilter.run.delegates import table

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["aply"], "apply"),
        (["Restore"], "restore"),
        (["operator"], "operators"),
        (["apply", "--filtr", "l0", "a.png", "b.png"], "--filter"),
        (["apply", "--filter", "l0", "--qualty=90", "a.png", "b.jpg"], "--quality"),
        (["inspect", "--limt", "3", "a.png"], "--limit"),
        (["filters", "--jsn"], "--json"),
        (["apply", "--filter", "l0", "--runtime", "ONNX", "a.png", "b.png"], "onnx"),
        (["apply", "--filter", "l0", "--delegate", "gpuu", "a.png", "b.png"], "gpu"),
        (["apply", "--filter", "l0", "--precision", "fp61", "a.png", "b.png"], "fp16"),
        (["apply", "--filter", "l0", "--to", "jpg", "a.png", "--out", "b"], "jpeg"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else each,
)
def test_a_word_of_the_command_line(arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.rstrip().endswith(f"did you mean {meant}?")


def test_what_is_like_nothing_is_not_guessed_at(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["xyzzy"])
    assert "did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["L0", "l_0", "l00", "l0_", "L0@" + "0" * 4])
def test_a_filter(name: str, small_bundle: Path, refused: Callable[..., str]) -> None:
    store.install(small_bundle)
    assert "did you mean l0" in refused("apply", "--filter", name, "a.png", "b.png")
    assert "did you mean l0" in refused("card", name)


def test_a_runtime_of_python() -> None:
    with pytest.raises(RuntimeUnavailable, match=r"'onxx': did you mean onnx\? choose one of"):
        runtimes.runtime("onxx")


@pytest.mark.parametrize(
    ("given", "known", "said"),
    [
        ("smothness", ["smoothness", "radius"], "did you mean smoothness? "),
        ("Smoothness", ["smoothness"], "did you mean smoothness? "),
        ("smooth", ["smoothness"], "did you mean smoothness? "),
        ("smoothness", ["smoothness"], ""),
        ("x", ["smoothness"], ""),
        ("x", [], ""),
    ],
)
def test_a_guess(given: str, known: list[str], said: str) -> None:
    assert did_you_mean(given, known) == said


def test_a_delegate_without_its_runtime_is_told_with_the_runtime_that_has_it(
    small_bundle: Path, shipped_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RuntimeUnavailable, match=r"litert gpu: the bundle holds no tflite in fp32"):
        Filter.open(small_bundle, delegate="gpu")
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ai_edge_litert" else found(name))
    with pytest.raises(RuntimeUnavailable, match=r"litert gpu: ai_edge_litert is not installed; .*'unfilter\[litert\]'"):
        Filter.open(shipped_bundle, delegate="gpu")


def test_a_delegate_of_another_runtime_is_told_with_that_runtime() -> None:
    with pytest.raises(RuntimeUnavailable, match=r"has no delegate 'gpu': litert and coreml have it; choose one of cpu"):
        table.find_delegate("onnx", "gpu")


def test_every_command_stands_under_one_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    """Those of pyproject.toml; one that another package brings stands under `more`."""
    listed = [name for names in PURPOSES.values() for name in names]
    assert sorted(listed) == sorted(commands())
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    places = [out.index(f"{purpose}:") for purpose in PURPOSES]
    assert places == sorted(places)
    assert "more:" not in out


def test_help_of_a_narrow_terminal_is_not_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    with pytest.raises(SystemExit):
        main(["--help"])
    purposes = capsys.readouterr().out.partition("use filters:")[2].partition("options:")[0]
    assert all(len(line) <= 60 for line in purposes.splitlines())
