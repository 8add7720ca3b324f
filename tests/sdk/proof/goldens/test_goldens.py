"""Laws: goldens are what the SDK makes, restores and refuses; the committed ones are those of the fixture's bundle."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unfilter import Filter, read_photo
from unfilter.cli import main
from unfilter.format.fingerprint import of_exact
from unfilter.format.rounding import to_bytes
from unfilter.photo import Tag
from unfilter.photo.jpeg import decoder
from unfilter.proof.goldens import NAME, Goldens, golden_look, write_goldens
from unfilter.proof.goldens.schema import FileGolden, JpegGolden, PhotoGolden, PlanGolden

ROOT = Path(__file__).parents[4]
FIXTURE, BUNDLE = (ROOT / "tests/fixtures" / name for name in ("goldens-version-1", "bundle-schema-1"))
GOLDENS = Goldens.model_validate_json((FIXTURE / NAME).read_bytes())


@pytest.fixture(scope="module")
def l0() -> Filter:
    return Filter.open(BUNDLE, runtime="onnx")


def pixels(golden: PhotoGolden, path: str) -> NDArray[np.uint8]:
    return np.frombuffer((FIXTURE / path).read_bytes(), np.uint8).reshape(golden.height, golden.width, 3)


def levels_apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    return int(np.abs(one.astype(int) - other).max())


@pytest.mark.parametrize("golden", GOLDENS.photos, ids=lambda golden: golden.name)
def test_the_sdk_makes_and_restores_the_golden_bytes(golden: PhotoGolden, l0: Filter) -> None:
    filtered = pixels(golden, golden.filtered)
    assert levels_apart(l0.apply(pixels(golden, golden.photo)), filtered) <= GOLDENS.tolerance
    assert levels_apart(l0.restore(filtered), pixels(golden, golden.restored)) <= GOLDENS.tolerance


def test_goldens_of_a_guided_filter_hold_the_look_and_others_none() -> None:
    folder = ROOT / "tests/fixtures/goldens-guided"
    guided = Filter.open(ROOT / "tests/fixtures/bundle-guided", runtime="onnx")
    for golden in Goldens.model_validate_json((folder / NAME).read_bytes()).photos:
        assert golden.output
        photo, output, filtered, restored = (
            np.frombuffer((folder / path).read_bytes(), np.uint8).reshape(golden.height, golden.width, 3)
            for path in (golden.photo, golden.output, golden.filtered, golden.restored)
        )
        np.testing.assert_array_equal(golden_look(photo), output)
        assert levels_apart(guided.apply(photo, output=output), filtered) <= GOLDENS.tolerance
        assert levels_apart(guided.restore(filtered), restored) <= GOLDENS.tolerance
    assert all(golden.output is None for golden in GOLDENS.photos)
    assert '"output"' not in (FIXTURE / NAME).read_text(encoding="utf-8")
    assert '"output"' not in GOLDENS.model_dump_json()


def test_there_are_goldens_of_one_tile_of_two_and_of_left_over_lines() -> None:
    tile, cell = GOLDENS.tiles.tile, GOLDENS.tiles.alignment
    assert any(photo.height > tile >= photo.width for photo in GOLDENS.photos)
    assert any(photo.width > tile >= photo.height for photo in GOLDENS.photos)
    assert any(photo.height % cell and photo.width % cell for photo in GOLDENS.photos)
    assert any(photo.height < cell for photo in GOLDENS.photos)


@pytest.mark.parametrize("plan", GOLDENS.plans, ids=lambda plan: f"{plan.width}x{plan.height}-{plan.fixed_size}")
def test_the_kept_parts_of_a_plan_are_the_aligned_photo(plan: PlanGolden) -> None:
    for length, lines in ((plan.height, plan.rows), (plan.width, plan.columns)):
        kept = [line for _, _, start, stop in lines for line in range(start, stop)]
        assert kept == list(range(length - length % GOLDENS.tiles.alignment))


def test_roundings_are_those_of_the_one_rule_and_reach_every_branch() -> None:
    floats = np.array([golden.bits for golden in GOLDENS.roundings], np.uint32).view(np.float32)
    levels = [golden.level for golden in GOLDENS.roundings]
    assert to_bytes(floats).tolist() == levels
    assert np.isnan(floats).any()
    naive = np.nan_to_num(np.clip(floats, 0, 1)) * 255
    assert np.rint(naive).tolist() != levels  # halves to even
    assert np.floor(naive).tolist() != levels


@pytest.mark.parametrize("golden", GOLDENS.files, ids=lambda golden: Path(golden.path).name)
def test_the_command_restores_what_it_must_and_refuses_the_rest(
    golden: FileGolden, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UNFILTER_BUNDLES", str(BUNDLE.parent))
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "restored.png"
    code = main(["restore", "--once", str(FIXTURE / golden.path), str(target)])
    assert (code == 2, target.exists()) == (golden.refusal is not None, golden.refusal is None)
    if golden.refusal is None:
        photo = next(photo for photo in GOLDENS.photos if photo.name == golden.photo)
        restored = read_photo(target)
        assert levels_apart(restored.pixels, pixels(photo, photo.restored)) <= GOLDENS.tolerance
        assert restored.tag is None
        for name, content in golden.carried.items():
            assert name.encode() + bytes.fromhex(content) in target.read_bytes()


def test_tags_are_told_as_the_file_has_them() -> None:
    for golden in GOLDENS.files:
        if golden.tag is not None:
            png, jpeg = b"unfilter\0\0\0\0\0" + golden.tag.encode(), escape(golden.tag, {'"': "&quot;"}).encode()
            assert (jpeg if golden.path.endswith("jpg") else png) in (FIXTURE / golden.path).read_bytes()


@pytest.mark.parametrize("golden", GOLDENS.jpegs, ids=lambda golden: Path(golden.path).stem)
def test_a_jpeg_decodes_to_its_golden_pixels_and_is_restored_from_them(
    golden: JpegGolden, l0: Filter, tmp_path: Path
) -> None:
    photo = read_photo(FIXTURE / golden.path)
    decoded = np.frombuffer((FIXTURE / golden.decoded).read_bytes(), np.uint8)
    assert photo.pixels.shape == (golden.height, golden.width, 3)
    if golden.decoder == decoder():  # libjpeg-turbo is exact, level by level; another decoder is not
        assert np.array_equal(photo.pixels.ravel(), decoded)
    assert (photo.tag.to_json() if photo.tag else None) == golden.tag
    if golden.restored is None:
        return
    l0.restore_file(FIXTURE / golden.path, tmp_path / "restored.png")
    restored = np.frombuffer((FIXTURE / golden.restored).read_bytes(), np.uint8)
    assert np.abs(read_photo(tmp_path / "restored.png").pixels.ravel().astype(int) - restored).max() <= GOLDENS.tolerance


def test_jpegs_are_of_both_samplings_that_are_written_and_of_other_kinds_that_are_read() -> None:
    made = {golden.subsampling for golden in GOLDENS.jpegs if golden.tag}
    assert made == {"4:4:4", "4:2:0"}
    assert {golden.subsampling for golden in GOLDENS.jpegs} - made == {"4:2:2", "grey"}
    assert any(golden.progressive for golden in GOLDENS.jpegs)


def test_a_tag_is_what_apply_writes_but_for_old_ones_and_later_ones(l0: Filter, tmp_path: Path) -> None:
    odd = next(photo for photo in GOLDENS.photos if photo.name == "odd")
    source, target = tmp_path / "photo.png", tmp_path / "filtered.png"
    Image.fromarray(pixels(odd, odd.photo)).save(source)
    l0.apply(source, target)
    filtered = read_photo(target)
    assert filtered.tag and filtered.tag.fingerprint == of_exact(filtered.pixels)
    saved = filtered.tag.model_copy(update={"fingerprint": of_exact(pixels(odd, odd.filtered))}).to_json()
    assert {golden.path for golden in GOLDENS.files if golden.refusal is None and golden.tag != saved} == {
        "files/old_tag.png",
        "files/fingerprint_of_version_2.png",
        "files/tag_of_version_2.png",
    }
    assert all(golden.tag == saved for golden in GOLDENS.files if golden.refusal == "altered" and "png" in golden.path)


def test_altered_files_differ_from_the_one_saved_by_a_level_or_in_size() -> None:
    saved, one_level, resized = (
        read_photo(FIXTURE / f"files/{name}.png").pixels for name in ("filtered", "one_level", "resized")
    )
    assert np.abs(saved.astype(int) - one_level).sum() == 1
    assert resized.shape != saved.shape


@pytest.mark.parametrize("name", ["old_tag", "fingerprint_of_version_2"])
def test_a_tag_that_tells_nothing_of_the_pixels_is_one_without_a_fingerprint(name: str) -> None:
    (text,) = (golden.tag for golden in GOLDENS.files if golden.path == f"files/{name}.png")
    tag = Tag.from_json(text or "")
    assert tag is not None
    assert tag.fingerprint is None


def test_the_committed_goldens_are_what_the_command_makes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "build/goldens"
    photo = str(BUNDLE / "photo.png")
    assert main(["goldens", str(BUNDLE), str(made), "--runtime", "onnx", "--photo", photo]) == 0
    digests = re.compile(r"sha256\\\": ?\\\"[0-9a-f]{32}")  # of filtered bytes, a level of which may differ
    texts = [digests.sub("", (folder / NAME).read_text()) for folder in (made, FIXTURE)]
    assert texts[0] == texts[1]
    for golden in GOLDENS.photos:
        for path in (golden.photo, golden.filtered, golden.restored):
            assert levels_apart(*(np.frombuffer((folder / path).read_bytes(), np.uint8) for folder in (made, FIXTURE))) <= 1
    assert sorted(p.relative_to(made) for p in made.rglob("*")) == sorted(p.relative_to(FIXTURE) for p in FIXTURE.rglob("*"))


def test_values_of_hyper_parameters_differ_and_go_with_their_normalised_ones(variable_bundle: Path, tmp_path: Path) -> None:
    chosen = Filter.open(variable_bundle, runtime="torch")
    photo = read_photo(variable_bundle / "goldens/coffee.png").pixels
    goldens = write_goldens(chosen, photo, tmp_path / "goldens")
    assert goldens.runtime == "torch"
    assert {tuple(round(share, 6) for share in photo.places) for photo in goldens.photos} == {(0, 0.5), (0.5, 1), (1, 0)}
    tags = [json.loads(golden.tag)["parameters"] for golden in goldens.files if golden.tag and golden.refusal is None]
    assert tags == [next(photo.parameters for photo in goldens.photos if photo.name == "odd")] * 6


def test_a_folder_that_exists_is_left_alone(tmp_path: Path, refused: Callable[..., str]) -> None:
    assert "exists; name a folder that does not" in refused("goldens", BUNDLE, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_without_goldens_needs_a_photo(small_bundle: Path, tmp_path: Path, refused: Callable[..., str]) -> None:
    assert "name a photo with --photo" in refused("goldens", small_bundle, tmp_path / "out")
