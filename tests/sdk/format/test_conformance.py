"""Law: every file of the past and of the future in sdk/format/conformance is opened or refused as cases.json says."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter import Bundle, Filter, UnfilterError, read_photo
from unfilter.format.manifest import Provenance
from unfilter.format.tiles import TilePlan, spans
from unfilter.jobs.recognition.arrival import arrival, cut
from unfilter.jobs.recognition.bars import inside
from unfilter.jobs.recognition.by_pixels import Candidate, on_card
from unfilter.jobs.recognition.mark_search import THRESHOLD, strongest, upright, without
from unfilter.photo.exif import MARKER, exif_of
from unfilter.photo.xmp import without_claims

FOLDER = Path(__file__).parents[3] / "sdk/format/conformance"
CASES = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))
OPENING = [case for case in CASES["bundles"] if case["expect"] == "opens"]
REFUSED = [case for case in CASES["bundles"] if case["expect"] == "refused"]
MARKS = json.loads((FOLDER / CASES["marks"]).read_text(encoding="utf-8"))
Case = dict[str, Any]


def name_of(case: Case) -> str:
    return str(case["name"])


def assembled(case: Case, folder: Path) -> Path:
    shutil.copytree(FOLDER / case["files"], folder)
    shutil.copyfile(FOLDER / case["manifest"], folder / "manifest.json")
    return folder


@pytest.mark.parametrize("case", OPENING, ids=name_of)
def test_a_bundle_opens_with_the_artifacts_that_this_version_knows(case: Case, tmp_path: Path) -> None:
    bundle = Bundle(assembled(case, tmp_path / "bundle"))
    left = [
        {name: getattr(each, name) for name in ("format", "direction", "precision")} for each in bundle.manifest.artifacts
    ]
    if "artifacts" in case:
        assert left == case.get("artifacts_by_rule", case["artifacts"])
        bundle.check()
    assert left


@pytest.mark.parametrize("case", [case for case in OPENING if "artifacts" in case], ids=name_of)
def test_a_bundle_of_the_future_restores_what_it_must(case: Case, tmp_path: Path) -> None:
    """The first file of each kind is enough: the next test has the others."""
    chosen = Filter.open(assembled(case, tmp_path / "bundle"), runtime="onnx")
    restored_case = next(each for each in CASES["files"] if each["expect"] == "restores")
    chosen.restore_file(FOLDER / restored_case["path"], tmp_path / "restored.png", once=True)
    assert levels_apart(tmp_path / "restored.png", restored_case) <= CASES["tolerance"]


@pytest.mark.parametrize("case", [case for case in OPENING if "refuses_to_filter" in case], ids=name_of)
def test_a_filter_that_needs_more_than_a_photo_says_so(case: Case, tmp_path: Path) -> None:
    chosen = Filter.open(assembled(case, tmp_path / "bundle"), runtime="onnx")
    with pytest.raises(UnfilterError) as caught:
        chosen.apply(np.zeros((4, 6, 3), np.uint8))
    assert [word for word in case["refuses_to_filter"] if word not in str(caught.value)] == []


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_a_bundle_that_cannot_be_opened_is_refused_with_what_to_do(case: Case, tmp_path: Path) -> None:
    with pytest.raises(UnfilterError) as caught:
        Bundle(assembled(case, tmp_path / "bundle"))
    said = str(caught.value)
    assert "\n" not in said
    assert [word for word in case["words"] if word not in said] == []


@pytest.mark.parametrize("case", CASES["files"], ids=name_of)
def test_a_file_is_restored_or_refused(case: Case, tmp_path: Path) -> None:
    (bundle,) = (each for each in CASES["bundles"] if each["name"] == case["bundle"])
    chosen = Filter.open(assembled(bundle, tmp_path / "bundle"), runtime="onnx")
    target = tmp_path / "restored.png"
    if case["expect"] == "restores":
        chosen.restore_file(FOLDER / case["path"], target, once=True)  # as readers do that do not know R35
        assert levels_apart(target, case) <= CASES["tolerance"]
        if "restored_by_rule" in case:  # what a reader restores that does not know the rule
            base = chosen.restore(read_photo(FOLDER / case["path"]).pixels)
            assert np.abs(base.astype(int) - levels(case, "restored")).max() <= CASES["tolerance"]
        return
    with pytest.raises(UnfilterError) as caught:
        chosen.restore_file(FOLDER / case["path"], target)
    assert [word for word in case["words"] if word not in str(caught.value)] == []
    assert not target.exists()


def levels_apart(target: Path, case: Case) -> int:
    """At most; alpha must be equal. A reader that knows a rule restores what it gives."""
    of = "restored_by_rule" if "restored_by_rule" in case else "restored"
    shape = (case["height"], case["width"], case.get("channels", 3))
    expected = np.frombuffer((FOLDER / case[of]).read_bytes(), np.uint8).reshape(shape)
    photo = read_photo(target)
    if shape[2] == 4:
        assert photo.alpha is not None
        np.testing.assert_array_equal(photo.alpha, expected[..., 3])
    return int(np.abs(photo.pixels.astype(int) - expected[..., :3]).max())


@pytest.mark.parametrize(
    "case", json.loads((FOLDER / CASES["plans"]).read_text(encoding="utf-8")), ids=lambda case: str(case["tiles"])
)
def test_tiles_are_where_the_plan_says(case: Case) -> None:
    for length, expected in case["lengths"]:
        found = spans(length, TilePlan(**case["tiles"]).of(case["direction"]), case["fixed_size"])
        assert [[each.start, each.stop, each.keep_start, each.keep_stop] for each in found] == expected


def levels(case: Case, of: str) -> NDArray[np.uint8]:
    return np.frombuffer((FOLDER / case[of]).read_bytes(), np.uint8).reshape(case["height"], case["width"], 3)


def test_no_picture_and_no_claim_travels_along() -> None:
    travels = json.loads((FOLDER / CASES["travels"]).read_text(encoding="utf-8"))
    for case in travels["xmp"]:
        assert without_claims(case["before"])[0] == case["after"]
    for case in travels["exif"]:
        before = bytes.fromhex(case["before"])
        after = (exif_of(before) or b"").removeprefix(MARKER)
        assert after.ljust(len(before), b"\0") == bytes.fromhex(case["after"])


@pytest.mark.parametrize("case", MARKS["pictures"], ids=name_of)
def test_the_strongest_mark_is_the_one_that_the_case_says(case: Case) -> None:
    near = MARKS["tolerances"]
    pixels = read_photo(FOLDER / case["path"]).pixels
    mark = strongest(pixels, MARKS["restorations"])
    if "inside" in case:
        assert mark is not None
        assert mark.deviations < THRESHOLD == MARKS["threshold"]
        top, bottom, left, right = case["inside"]
        assert inside(pixels) == (slice(top, bottom), slice(left, right))
        pixels = pixels[top:bottom, left:right]
        mark = strongest(pixels, MARKS["restorations"])
    if case["mark"] is None:
        assert mark is None
        return
    assert mark is not None
    assert mark.deviations == pytest.approx(case["mark"]["deviations"], abs=near["deviations"])
    assert (mark.deviations >= THRESHOLD) == case["counts"]
    if case["counts"]:
        assert mark.scale == pytest.approx(case["mark"]["scale"], abs=near["scale"])
        told = (mark.restoration, mark.turns, mark.mirrored)
        assert told == tuple(case["mark"][name] for name in ("restoration", "turns", "mirrored"))
    if freed := case.get("without"):
        levels = without(upright(pixels, mark.turns, mark.mirrored), mark.restoration, mark.scale)
        assert levels.shape == (freed["height"], freed["width"], 3)
        apart = levels[:: freed["step"], :: freed["step"], 2].astype(int) - np.array(freed["blue"])
        assert np.abs(apart).max() <= near["levels"]


@pytest.mark.parametrize("case", MARKS["expectations"], ids=str)
def test_what_to_expect_is_what_the_card_says(case: Case) -> None:
    card = Candidate("any", "0" * 64, None, on_card(Provenance.model_construct(scores=case["scores"])))
    for found, name in zip(card.quality(np.empty((0, 0)), case["scale"]), ("restored", "arrived"), strict=True):
        expected = case[name]
        assert found == (expected and pytest.approx(expected, abs=MARKS["tolerances"]["db"]))


def test_a_shared_file_is_restored_at_its_size(tmp_path: Path) -> None:
    case = MARKS["restored"]
    (bundle,) = (each for each in CASES["bundles"] if each["name"] == case["bundle"])
    chosen = Filter.open(assembled(bundle, tmp_path / "bundle"), runtime="onnx")
    photo = read_photo(FOLDER / case["path"])
    recognition = arrival(chosen.graphs, photo)
    assert recognition.origin.value == case["verdict"]
    pixels = chosen.restore(cut(photo, recognition).pixels)
    assert pixels.shape == (case["height"], case["width"], 3)
    apart = pixels[:: case["step"], :: case["step"]].astype(int) - np.array(case["levels"])
    assert np.abs(apart).max() <= MARKS["tolerances"]["restored"]


def test_every_file_of_the_folder_is_a_case() -> None:
    values = [value for kind in ("bundles", "files") for each in CASES[kind] for key, value in each.items() if key != "name"]
    shared = [each["path"] for each in (*MARKS["pictures"], MARKS["restored"])]
    named = {
        value
        for value in [*values, *shared, CASES["plans"], CASES["travels"], CASES["marks"]]
        if isinstance(value, str) and value.startswith(("future/", "past/", "held/", "shared/"))
    }
    present = {
        path.relative_to(FOLDER).as_posix()
        for name in ("future", "past", "held", "shared")
        for path in (FOLDER / name).iterdir()
    }
    assert named == present
