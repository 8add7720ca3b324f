"""`unfilter train` as a user calls it: a recipe and photos become a checkpoint, those that it starts from first."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from unfilter.cli import main
from unfilter.photo import Photo, write_photo
from unfilter_training import checkpoint, recipe
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.trainer import LOG, STATE

BASE = """
operator = "exposure"

[network]
blocks = 2
subnet_width = 4
auxiliary_width = 4
fusion_width = 4

[[photos]]
match = "*.png"
origin = "random"
licence = "CC0"

[schedule]
steps = 2
batch = 2
patch = 16
average = 0.5
"""
Train = Callable[..., int]


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """`train` sets handlers; they are taken back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos, and a chain of recipes: `third` starts from `second`, which starts from `first`."""
    (tmp_path / "photos").mkdir()
    for seed in range(2):
        pixels = np.random.default_rng(seed).integers(0, 256, (24, 20, 3), dtype=np.uint8)
        write_photo(tmp_path / "photos" / f"{seed}.png", Photo(pixels))
    (tmp_path / "_base.toml").write_text(BASE)
    written(tmp_path, "first")
    written(tmp_path, "second", 'warm_start = "first"')
    written(tmp_path, "third", 'warm_start = "second"\n[schedule]\nlearning_rate = 1e-12')  # stays where it starts
    return tmp_path


def written(folder: Path, name: str, text: str = "") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(f'extends = "_base"\nfilter = "{name}"\n{text}\n')
    return path


@pytest.fixture
def train(folder: Path) -> Train:
    """Runs the command on a recipe of `folder`."""

    def run(name: str, *, out: str = "out") -> int:
        given = str(folder / name) if name.endswith(".toml") else name
        filter_id = Path(name).stem
        words = [given, folder / "photos", "--out", folder / out / filter_id, "--pairs", folder / "pairs", "--device", "cpu"]
        return main(["train", *map(str, words)])

    return run


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / checkpoint.WEIGHTS).read_bytes()).hexdigest()


def assert_equal_weights(one: QuasiInvertibleNetwork, other: QuasiInvertibleNetwork, atol: float = 1e-6) -> None:
    for name, tensor in one.state_dict().items():
        torch.testing.assert_close(tensor, other.state_dict()[name], rtol=0, atol=atol)


def test_a_recipe_and_photos_become_a_checkpoint(train: Train, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("first.toml") == 0
    out = folder / "out" / "first"
    _, described = checkpoint.load(out)
    assert (described.filter, described.steps, described.photos, described.warm_start) == ("first", 2, 2, None)
    assert {path.name for path in out.iterdir()} == {
        checkpoint.WEIGHTS,
        checkpoint.DESCRIPTION,
        checkpoint.CARD,
        STATE,
        LOG,
        "log.png",
    }
    assert f"checkpoint: {out} (score it with: unfilter score {out} PHOTOS)" in capsys.readouterr().out


def test_recipes_that_a_warm_start_needs_are_trained_first(train: Train, folder: Path) -> None:
    assert train("third.toml") == 0
    out = folder / "out"
    (first, _), (second, about_second), (third, about_third) = (
        checkpoint.load(out / name) for name in ("first", "second", "third")
    )
    assert about_third.warm_start == checkpoint.WarmStart(recipe="second", weights_sha256=digest(out / "second"))
    assert about_second.warm_start == checkpoint.WarmStart(recipe="first", weights_sha256=digest(out / "first"))
    assert_equal_weights(third, second)
    assert any(not torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    card = (out / "third" / checkpoint.CARD).read_text()
    assert f"Started from the weights of `second` (sha256 `{digest(out / 'second')[:12]}`)." in card


def test_filters_of_one_operator_share_their_pairs(train: Train, folder: Path) -> None:
    assert train("third.toml") == 0
    assert len(list((folder / "pairs").iterdir())) == 2  # of three trainings on two photos


def test_a_checkpoint_beside_the_output_is_taken(train: Train, folder: Path) -> None:
    assert train("first.toml") == 0
    before = digest(folder / "out" / "first")
    (folder / "first.toml").unlink()  # nobody asks for it
    assert train("second.toml") == 0
    assert digest(folder / "out" / "first") == before
    assert checkpoint.read_description(folder / "out" / "second").warm_start.weights_sha256 == before


@pytest.fixture
def shipping(folder: Path, train: Train, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recipes of `folder` are the shipped ones, and `first` ships a checkpoint."""
    assert train("first.toml", out="shipped") == 0
    monkeypatch.setattr(recipe, "RECIPES", folder)
    monkeypatch.setattr(checkpoint, "CHECKPOINTS", folder / "shipped")
    return folder / "shipped"


def test_a_shipped_checkpoint_is_taken(shipping: Path, train: Train, folder: Path) -> None:
    assert train("second") == 0
    assert not (folder / "out" / "first").exists()
    described = checkpoint.read_description(folder / "out" / "second")
    assert described.warm_start.weights_sha256 == digest(shipping / "first")


def test_the_checkpoint_beside_goes_before_the_shipped_one(shipping: Path, train: Train, folder: Path) -> None:
    written(folder, "first", "[schedule]\nseed = 1")
    assert train("first") == 0
    assert train("second") == 0
    described = checkpoint.read_description(folder / "out" / "second")
    assert described.warm_start.weights_sha256 == digest(folder / "out" / "first") != digest(shipping / "first")


def test_a_shipped_recipe_starts_from_shipped_recipes(train: Train, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "RECIPES", folder)
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    (folder / "elsewhere" / "first.toml").write_text("not a recipe")  # in the way of nobody
    assert train("second") == 0
    assert checkpoint.read_description(folder / "out" / "first").steps == 2


def test_draws_of_hyper_parameters_count_as_one_photo_and_start_from_a_filter_without(train: Train, folder: Path) -> None:
    path = written(
        folder,
        "variable",
        'warm_start = "first"\ndraws = 3\n[[hyper_parameters]]\nname = "brightness"\nlow = 1.5\nhigh = 3\ndefault = 2\n'
        "[network]\nhyper_parameters = 1\n",
    )
    assert train(path.name) == 0
    network, described = checkpoint.load(folder / "out" / "variable")
    assert described.photos == 2
    assert network.config.hyper_parameters == 1
    assert described.warm_start.recipe == "first"
    assert len(list((folder / "pairs").iterdir())) == 2 + 2 * 3


def test_finished_training_has_nothing_left_to_do(train: Train, folder: Path) -> None:
    assert train("second.toml") == 0
    before = [digest(folder / "out" / name) for name in ("first", "second")]
    assert train("second.toml") == 0
    assert [digest(folder / "out" / name) for name in ("first", "second")] == before


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("lost", 'warm_start = "nowhere"', "nowhere.toml: cannot read the recipe"),
        ("first", 'warm_start = "third"', "warm starts go round in a circle: first from third from second from first"),
        ("other", '[[photos]]\nmatch = "*.jpg"\norigin = "-"\nlicence = "-"', "no PNG or JPEG photo matches *.jpg"),
        ("large", "[schedule]\npatch = 64", "no photo is as large as a patch of 64 x 64 pixels"),
    ],
)
def test_what_cannot_be_trained_is_said_in_one_line(
    name: str, text: str, message: str, train: Train, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(folder, name, text)
    assert train(f"{name}.toml") == 2
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("unfilter: ")]
    assert len(said) == 1
    assert message in said[0]
    assert not list((folder / "out").glob("*/checkpoint.json"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_kill_ends_in_words_and_a_later_call_goes_on(number: int, train: Train, folder: Path) -> None:
    """By `python -m unfilter`, in a process of its own."""
    written(folder, "long", "[schedule]\nsteps = 200")
    words = ["long.toml", "photos", "--out", "out/long", "--pairs", "pairs", "--device", "cpu"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "unfilter", "train", *words], cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 120
        while not (folder / "out" / "long" / LOG).exists():  # after 50 steps
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(number)
        said = process.communicate(timeout=60)[1]
    finally:
        process.kill()
    assert process.returncode == 130
    assert said.endswith("unfilter: interrupted\n")
    assert not (folder / "out" / "long" / checkpoint.DESCRIPTION).exists()
    assert train("long.toml") == 0
    assert checkpoint.read_description(folder / "out" / "long").steps == 200
