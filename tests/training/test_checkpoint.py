"""What was saved is loaded bit for bit; what is broken is refused in one line that names the file."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from unfilter.errors import UnfilterError
from unfilter.format.hyper_parameter import HyperParameter
from unfilter_training import checkpoint
from unfilter_training.card import render_card
from unfilter_training.checkpoint import (
    CARD,
    DESCRIPTION,
    WEIGHTS,
    CheckpointError,
    Description,
    PhotoScore,
    WarmStart,
    describe,
    find,
    load,
    read_description,
    research_only,
    save,
    shipped,
)
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.recipe import PhotoSource, Recipe, Schedule


def description(network: QuasiInvertibleNetwork, *hyper_parameters: HyperParameter) -> Description:
    recipe = Recipe(
        filter="tiny",
        operator="l0",
        network=network.config,
        hyper_parameters=hyper_parameters,
        photos=(PhotoSource(match="*", origin="random", licence="CC0"),),
        schedule=Schedule(steps=10),
    )
    return Description(
        filter="tiny",
        network=network.config,
        weights_sha256="0" * 64,
        recipe=recipe,
        steps=10,
        photos=3,
        machine="the CPU",
    )


def score(restoration: float) -> PhotoScore:
    return PhotoScore(
        photos="few",
        count=2,
        unfiltered=25.0,
        approximation=30.0,
        restoration=restoration,
        restoration_jpeg_420=(restoration,) * 3,
        restoration_jpeg_444=(restoration,) * 3,
        approximation_border=0.5,
        restoration_border=0.0,
    )


@pytest.fixture
def folder(small_network: QuasiInvertibleNetwork, tmp_path: Path) -> Path:
    save(tmp_path / "tiny", small_network, description(small_network))
    return tmp_path / "tiny"


def test_round_trip_gives_identical_weights_and_description(small_network: QuasiInvertibleNetwork, tmp_path: Path) -> None:
    saved = save(tmp_path, small_network, description(small_network))
    network, loaded = load(tmp_path)
    assert loaded == saved
    assert loaded == description(small_network).model_copy(update={"weights_sha256": saved.weights_sha256})
    assert network.config == small_network.config
    assert not network.training
    assert network.state_dict().keys() == small_network.state_dict().keys()
    for name, tensor in small_network.state_dict().items():
        assert torch.equal(network.state_dict()[name], tensor)


def test_channels_last_weights_are_saved_as_they_are(folder: Path) -> None:
    network = load(folder)[0].to(memory_format=torch.channels_last)
    save(folder, network, description(network))
    for name, tensor in load(folder)[0].state_dict().items():
        assert torch.equal(tensor, network.state_dict()[name])


def test_folder_holds_three_files_and_nothing_half_written(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {WEIGHTS, DESCRIPTION, CARD}


def test_saving_again_replaces(folder: Path) -> None:
    network = load(folder)[0]
    with torch.no_grad():
        next(network.parameters()).add_(1)
    save(folder, network, description(network))
    assert torch.equal(next(load(folder)[0].parameters()), next(network.parameters()))


def test_describe_writes_scores_and_leaves_the_weights(folder: Path) -> None:
    before = (folder / WEIGHTS).read_bytes()
    scored = read_description(folder).model_copy(update={"scores": (score(40.0),)})
    describe(folder, scored)
    assert load(folder)[1] == scored
    assert (folder / WEIGHTS).read_bytes() == before
    assert (folder / CARD).read_text(encoding="utf-8") == render_card(scored)


def test_score_of_an_exact_restoration_can_be_read_again(folder: Path) -> None:
    scored = read_description(folder).model_copy(update={"scores": (score(math.inf),)})
    describe(folder, scored)
    assert read_description(folder) == scored


def test_warm_start_and_notes_are_read_again(folder: Path) -> None:
    written = read_description(folder).model_copy(
        update={"warm_start": WarmStart(recipe="other", weights_sha256="ab" * 32), "notes": ("It was stopped once.",)}
    )
    describe(folder, written)
    assert read_description(folder) == written


def test_hyper_parameters_are_part_of_the_round_trip(variable_network: QuasiInvertibleNetwork, tmp_path: Path) -> None:
    ranges = [HyperParameter(name=name, low=2, high=3, default=2.5) for name in ("smoothness", "kappa")]
    saved = save(tmp_path, variable_network, description(variable_network, *ranges))
    network, loaded = load(tmp_path)
    assert loaded == saved
    assert list(loaded.recipe.hyper_parameters) == ranges
    photo, normalised = torch.rand(1, 3, 8, 8), torch.tensor([[0.25, 0.75]])
    with torch.inference_mode():
        assert torch.equal(network(photo, normalised)[0], variable_network(photo, normalised)[0])


def edited(**fields: object) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / DESCRIPTION
        path.write_text(json.dumps(json.loads(path.read_text()) | fields))

    return edit


def flipped_byte(folder: Path) -> None:
    weights = bytearray((folder / WEIGHTS).read_bytes())
    weights[-1] ^= 1
    (folder / WEIGHTS).write_bytes(weights)


def other_network(folder: Path) -> None:
    network = json.loads((folder / DESCRIPTION).read_text())["network"]
    edited(network=network | {"blocks": 3})(folder)


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def text(content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / DESCRIPTION).write_bytes(content)

    return write


@pytest.mark.parametrize(
    ("damage", "file", "message"),
    [
        (edited(version=2), DESCRIPTION, "checkpoint version 2, this unfilter reads version 1"),
        (edited(version=None), DESCRIPTION, "checkpoint version None"),
        (edited(colour="red"), DESCRIPTION, "colour: Extra inputs are not permitted"),
        (edited(steps="many"), DESCRIPTION, "steps: "),
        (edited(network={"blocks": -1}), DESCRIPTION, "network.blocks: "),
        (edited(warm_start={"recipe": "l0", "weights_sha256": "0"}), DESCRIPTION, "warm_start.weights_sha256: "),
        (edited(scores=[{"photos": "kodak"}]), DESCRIPTION, "scores.0.count: "),
        (text(b"{"), DESCRIPTION, "not JSON"),
        (text(b""), DESCRIPTION, "not JSON"),
        (text(b"\xff\xfe"), DESCRIPTION, "not JSON"),
        (text(b"[1]"), DESCRIPTION, "checkpoint version None"),
        (
            without(DESCRIPTION),
            DESCRIPTION,
            r"cannot read the checkpoint \(No such file or directory\); shipped filters: .*l0",
        ),
        (without(WEIGHTS), WEIGHTS, r"cannot be read \(No such file or directory\)"),
        (flipped_byte, WEIGHTS, f"does not match the sha256 in {DESCRIPTION}"),
        (other_network, WEIGHTS, f"does not fit the network in {DESCRIPTION}"),
    ],
)
def test_damage_is_refused_in_one_line_that_names_the_file(
    damage: Callable[[Path], None], file: str, message: str, folder: Path
) -> None:
    damage(folder)
    with pytest.raises(CheckpointError, match=message) as caught:
        load(folder)
    assert str(caught.value).startswith(f"{folder / file}: ")
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, UnfilterError)


def test_where_none_is_installed_it_is_said_how_to_have_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("CHECKPOINTS", "GUIDED", "RESEARCH_ONLY"):
        monkeypatch.setattr(checkpoint, place, tmp_path / "nowhere")  # as in a wheel
    with pytest.raises(CheckpointError, match=r"no checkpoint is installed: .* from a clone"):
        load(find("l0"))


def test_card_is_not_needed_to_load(folder: Path) -> None:
    (folder / CARD).unlink()
    load(folder)


def test_l0_ships() -> None:
    assert "l0" in shipped()


@pytest.mark.parametrize("name", shipped())
def test_shipped_checkpoint_is_found_loads_and_has_its_card(name: str) -> None:
    network, loaded = load(find(name))
    assert loaded.filter == name
    assert loaded.network == loaded.recipe.network
    assert all(parameter.isfinite().all() for parameter in network.parameters())
    assert (find(name) / CARD).read_text(encoding="utf-8") == render_card(loaded)


@pytest.mark.parametrize("name", research_only())
def test_checkpoint_for_research_only_says_so_and_stays_out_of_the_wheel(name: str) -> None:
    network, loaded = load(find(name))
    assert loaded.filter == name
    assert loaded.recipe.research_only
    assert all(parameter.isfinite().all() for parameter in network.parameters())
    assert (find(name) / CARD).read_text(encoding="utf-8") == render_card(loaded)
    assert not find(name).is_relative_to(Path(checkpoint.__file__).parent)


def test_checkpoints_for_research_only_are_found_beside_the_packages(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "RESEARCH_ONLY", folder.parent)
    assert research_only() == ["tiny"]
    assert find("tiny") == folder
    monkeypatch.setattr(checkpoint, "RESEARCH_ONLY", folder / "nowhere")  # as in a wheel
    assert research_only() == []
    assert find("tiny") == Path("tiny")


@pytest.mark.parametrize("name", shipped())
def test_no_checkpoint_that_ships_is_for_research_only(name: str) -> None:
    assert read_description(find(name)).recipe.research_only is None


def test_find_takes_any_other_name_for_a_folder(tmp_path: Path) -> None:
    assert find(tmp_path) == tmp_path
    assert find("nowhere") == Path("nowhere")
    assert find("l0") == checkpoint.CHECKPOINTS / "l0"
