"""`unfilter ablate` trains what is missing, one after another, and goes on past what cannot be trained here."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from unfilter.cli import main
from unfilter.photo import Photo, write_photo
from unfilter_training import checkpoint, recipe
from unfilter_training.trainer import Trainer

BASE = """
[[photos]]
match = "*.png"
origin = "random"
licence = "CC0"

[schedule]
steps = 2
batch = 1
patch = 16
average = 0.5
"""
NETWORKS = {
    "ablation_small": "blocks = 2\nsubnet_width = 4\nauxiliary_width = 4\nfusion_width = 4",
    "baseline_ied": 'method = "encoder_decoders"\nwidth = 4',
    "baseline_steganography": 'method = "steganography"\nwidth = 4',
}


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The command sets handlers; they are taken back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def written(folder: Path, name: str, network: str, operator: str = "exposure") -> None:
    text = f'extends = "_short"\nfilter = "{name}"\noperator = "{operator}"\n[network]\n{network}\n'
    (folder / f"{name}.toml").write_text(text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo, and three recipes as the shipped ablations."""
    (tmp_path / "photos").mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (24, 20, 3), dtype=np.uint8)
    write_photo(tmp_path / "photos" / "0.png", Photo(pixels))
    (tmp_path / "_short.toml").write_text(BASE)
    for name, network in NETWORKS.items():
        written(tmp_path, name, network)
    monkeypatch.setattr(recipe, "ABLATIONS", tmp_path)
    return tmp_path


Ablate = Callable[..., int]


@pytest.fixture
def ablate(folder: Path) -> Ablate:
    """Runs the command, on recipes by name or on all."""

    def run(*names: str) -> int:
        words = [folder / "photos", *names, "--out", folder / "out", "--pairs", folder / "pairs", "--device", "cpu"]
        return main(["ablate", *map(str, words)])

    return run


def modified(folder: Path) -> dict[str, int]:
    return {name: (folder / "out" / name / checkpoint.WEIGHTS).stat().st_mtime_ns for name in NETWORKS}


def test_every_recipe_becomes_a_checkpoint_of_its_name(
    ablate: Ablate, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ablate() == 0
    for name in NETWORKS:
        assert checkpoint.load(folder / "out" / name)[1].filter == name
        assert "recipes/ablations/" in (folder / "out" / name / checkpoint.CARD).read_text()
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line.startswith("[")] == [
        f"[{number}/3] {name}" for number, name in enumerate(NETWORKS, start=1)
    ]


def test_what_is_trained_is_not_trained_again(ablate: Ablate, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ablate("baseline_ied") == 0
    assert [path.name for path in (folder / "out").iterdir()] == ["baseline_ied"]
    before = (folder / "out" / "baseline_ied" / checkpoint.WEIGHTS).stat().st_mtime_ns
    assert ablate() == 0
    assert modified(folder)["baseline_ied"] == before
    assert "[2/3] baseline_ied: was trained before" in capsys.readouterr().out
    everything = modified(folder)
    assert ablate() == 0
    assert modified(folder) == everything


def test_interrupted_it_goes_on_where_it_stopped(ablate: Ablate, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(trainer: Trainer, report: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)  # as `kill` does; the second recipe is the one at hand

    assert ablate("ablation_small") == 0
    before = (folder / "out" / "ablation_small" / checkpoint.WEIGHTS).stat().st_mtime_ns
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "run", stop)
        assert ablate() == 130
    assert not (folder / "out" / "baseline_ied" / checkpoint.DESCRIPTION).exists()
    assert ablate() == 0
    assert modified(folder)["ablation_small"] == before


def test_what_cannot_be_trained_here_holds_nothing_up_and_is_named_at_the_end(
    ablate: Ablate, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("UNFILTER_STYLE_WEIGHTS", raising=False)
    written(folder, "ablation_painted", NETWORKS["ablation_small"], operator="scream")
    assert ablate() == 2
    assert set(NETWORKS) == {path.name for path in (folder / "out").glob("*/") if (path / checkpoint.DESCRIPTION).exists()}
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("unfilter: ")]
    assert line.startswith("unfilter: 1 of 4 were left out: ablation_painted (scream needs its network's weights")


def test_another_recipe_in_the_folder_is_left_alone_and_said(
    ablate: Ablate, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ablate("baseline_ied") == 0
    written(folder, "baseline_ied", 'method = "encoder_decoders"\nwidth = 6')
    assert ablate("baseline_ied") == 2
    assert "was started with another recipe" in capsys.readouterr().err


def test_unknown_names_are_refused_before_any_work(ablate: Ablate, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ablate("baseline_ied", "l0") == 2
    assert not (folder / "out").exists()
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"unfilter: no ablation is called l0; there are: {', '.join(NETWORKS)}"
