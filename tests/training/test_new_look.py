"""A look of the user's own: what can be told early is told before training, and training ends in a whole checkpoint."""

from pathlib import Path

import numpy as np
import pytest

import unfilter_converters
from unfilter.cli import main
from unfilter.errors import UnfilterError
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training import checkpoint
from unfilter_training.forecast import Forecast, Measured
from unfilter_training.look_progress import CURVE, Watcher
from unfilter_training.new_look import RECIPE, Prepared, learn, prepare
from unfilter_training.recipe import Recipe, read_recipe
from unfilter_training.trainer import Progress
from unfilter_training.training import train

PHOTOS = Path(unfilter_converters.__file__).parent / "golden_photos"


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight photos: four real ones, and their mirror images."""
    folder = tmp_path_factory.mktemp("photos")
    for path in PHOTOS.glob("*.webp"):
        pixels = read_photo(path).pixels
        write_photo(folder / f"{path.stem}.png", Photo(pixels))
        write_photo(folder / f"mirrored_{path.stem}.png", Photo(np.ascontiguousarray(pixels[:, ::-1])))
    return folder


@pytest.fixture
def cube(tmp_path: Path) -> str:
    levels = [0, 0.5, 1]
    rows = [f"{0.1 + 0.8 * r} {g} {b * 0.9}" for b in levels for g in levels for r in levels]
    (tmp_path / "warm.cube").write_text("LUT_3D_SIZE 3\n" + "\n".join(rows) + "\n")
    return str(tmp_path / "warm.cube")


def test_what_can_be_told_early_is_told_in_a_line(cube: str, photos: Path, tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    folder = tmp_path / "out"
    with pytest.raises(UnfilterError, match="no PNG or JPEG photo matches"):
        prepare("warm", cube, few, folder)
    for name in ("coffee", "chelsea"):
        write_photo(few / f"{name}.png", read_photo(PHOTOS / f"{name}.webp"))
    with pytest.raises(UnfilterError, match="holds 2 photos; 4 are the least"):
        prepare("warm", cube, few, folder)
    (few / "broken.png").write_bytes(b"no photo")
    with pytest.raises(UnfilterError, match=r"broken\.png.*1 of 3 photos cannot be used"):
        prepare("warm", cube, few, folder)
    with pytest.raises(UnfilterError, match="needs photos to learn from"):
        prepare("warm", cube, None, folder)
    with pytest.raises(UnfilterError, match="such as my_look"):
        prepare("My Look", cube, photos, folder)
    with pytest.raises(UnfilterError, match="name of a filter that ships"):
        prepare("l0", cube, photos, folder)
    assert not folder.exists()


def test_a_prepared_look_says_what_was_found_and_takes_its_file_along(cube: str, photos: Path, tmp_path: Path) -> None:
    prepared = prepare("warm", cube, photos, tmp_path / "out")
    assert prepared.examined.deterministic
    assert prepared.count == 8
    assert any("photos are few" in note for note in prepared.notes)
    assert (tmp_path / "out/warm.cube").read_bytes() == Path(cube).read_bytes()
    assert prepared.recipe.source
    assert prepared.recipe.source.value == "warm.cube"
    assert prepared.recipe.held_out == 4


def test_a_guided_look_that_cannot_begin_where_any_ended_says_so(
    cube: str, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anew(place: str) -> bool:
        return any("begins anew" in note for note in prepared_in(tmp_path / place, cube, photos).notes)

    assert not anew("clone")
    monkeypatch.setattr(checkpoint, "GUIDED", tmp_path / "nowhere")  # as in a wheel
    assert anew("wheel")


class Seen(Watcher):
    def __init__(self) -> None:
        self.measurements: list[Measured] = []

    def measured(self, measured: Measured, end: Forecast | None, seconds_left: float) -> None:
        self.measurements.append(measured)


def prepared_in(folder: Path, cube: str, photos: Path) -> Prepared:
    return prepare("warm", cube, photos, folder, form="guided", licence="CC0")


def test_a_look_is_learned_scored_and_can_be_made_again(cube: str, photos: Path, tmp_path: Path) -> None:
    seen, out = Seen(), tmp_path / "out"
    learn(prepared_in(out, cube, photos), minutes=1e-4, pairs=tmp_path / "pairs", watcher=seen)
    network, description = checkpoint.load(out)
    assert network.takes_output
    assert description.scores[0].count == 2  # held out, and not trained on
    assert description.photos == 6
    assert [each.step for each in seen.measurements] == [description.steps]
    assert len((out / CURVE).read_text().splitlines()) == 1
    assert "`recipe.toml`" in (out / "CARD.md").read_text()
    recipe = read_recipe(out / RECIPE)
    assert recipe == description.recipe
    train(recipe, photos, tmp_path / "again", pairs=tmp_path / "pairs", recipes=out)
    assert checkpoint.read_description(tmp_path / "again").weights_sha256 == description.weights_sha256


def test_a_folder_of_another_look_is_not_written_over(cube: str, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    learn(prepared_in(out, cube, photos), minutes=1e-4, pairs=tmp_path / "pairs")
    with pytest.raises(UnfilterError, match="holds a training of another look"):
        learn(prepare("warm", cube, photos, out), minutes=1e-4, pairs=tmp_path / "pairs")


def test_the_command_examines_and_warns_before_it_trains(
    cube: str, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["new", "warm", "--from", cube, "--photos", str(photos), "--out", str(tmp_path / "training"), "--examine"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "doing nothing scores" in said
    assert "hides nothing" in said
    assert not (tmp_path / "training/warm/state.pt").exists()


class Impatient(Watcher):
    """Presses Ctrl-C after the first step."""

    def __init__(self) -> None:
        self.said: list[tuple[int, int]] = []

    def learning(self, progress: Progress, seconds_left: float) -> None:
        if not self.said:
            raise KeyboardInterrupt

    def stopped(self, step: int, steps: int) -> None:
        self.said.append((step, steps))


def test_ctrl_c_keeps_what_was_learned_and_the_same_call_goes_on(
    cube: str, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def three_steps(recipe: Recipe, *_: object) -> Recipe:
        return recipe.model_copy(update={"schedule": recipe.schedule.model_copy(update={"steps": 3})})

    monkeypatch.setattr("unfilter_training.training.paced", three_steps)
    monkeypatch.setattr("unfilter_training.trainer.LOG_EVERY_STEPS", 1)
    impatient, out = Impatient(), tmp_path / "out"
    learn(prepared_in(out, cube, photos), pairs=tmp_path / "pairs", watcher=impatient)
    assert impatient.said == [(1, 3)]
    assert checkpoint.read_description(out).steps == 1
    learn(prepared_in(out, cube, photos), pairs=tmp_path / "pairs")
    assert checkpoint.read_description(out).steps == 3
    without = tmp_path / "without"
    learn(prepared_in(without, cube, photos), pairs=tmp_path / "pairs")
    assert checkpoint.read_description(without).weights_sha256 == checkpoint.read_description(out).weights_sha256
