"""Law: every file of the past and of the future in sdk/format/conformance is opened or refused as cases.json says."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter import Bundle, Filter, UnfilterError, read_photo

FOLDER = Path(__file__).parents[3] / "sdk/format/conformance"
CASES = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))
OPENING = [case for case in CASES["bundles"] if case["expect"] == "opens"]
REFUSED = [case for case in CASES["bundles"] if case["expect"] == "refused"]
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
        assert left == case["artifacts"]
        bundle.check()
    assert left


@pytest.mark.parametrize("case", [case for case in OPENING if "artifacts" in case], ids=name_of)
def test_a_bundle_of_the_future_restores_what_it_must(case: Case, tmp_path: Path) -> None:
    """The first file of each kind is enough: the next test has the others."""
    chosen = Filter.open(assembled(case, tmp_path / "bundle"), runtime="onnx")
    restored_case = next(each for each in CASES["files"] if each["expect"] == "restores")
    chosen.restore_file(FOLDER / restored_case["path"], tmp_path / "restored.png")
    assert levels_apart(tmp_path / "restored.png", restored_case) <= CASES["tolerance"]


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_a_bundle_that_cannot_be_opened_is_refused_with_what_to_do(case: Case, tmp_path: Path) -> None:
    with pytest.raises(UnfilterError) as caught:
        Bundle(assembled(case, tmp_path / "bundle"))
    said = str(caught.value)
    assert "\n" not in said
    assert [word for word in case["words"] if word not in said] == []


@pytest.mark.parametrize("case", CASES["files"], ids=name_of)
def test_a_file_is_restored_or_refused(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundles = {each["name"]: FOLDER / each["files"] for each in CASES["bundles"]}
    chosen = Filter.open(bundles[case["bundle"]], runtime="onnx")
    target = tmp_path / "restored.png"
    if case["expect"] == "restores":
        chosen.restore_file(FOLDER / case["path"], target)
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
    expected = levels(case, "restored_by_rule" if "restored_by_rule" in case else "restored")
    return int(np.abs(read_photo(target).pixels.astype(int) - expected).max())


def levels(case: Case, of: str) -> NDArray[np.uint8]:
    return np.frombuffer((FOLDER / case[of]).read_bytes(), np.uint8).reshape(case["height"], case["width"], 3)


def test_every_file_of_the_folder_is_a_case() -> None:
    named = {each[key] for kind in ("bundles", "files") for each in CASES[kind] for key in each if key != "name"
             and isinstance(each[key], str) and each[key].startswith(("future/", "held/"))}  # fmt: skip
    present = {path.relative_to(FOLDER).as_posix() for name in ("future", "held") for path in (FOLDER / name).iterdir()}
    assert named == present
