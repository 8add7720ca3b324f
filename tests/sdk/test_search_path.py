"""Law: the tag alone finds the bundle that undoes a file, in the folders of the environment, the project and the user."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unfilter.bundle import MANIFEST, Bundle
from unfilter.errors import PhotoError
from unfilter.photo import Tag
from unfilter.search_path import VARIABLE, bundles, find_bundle, folders

SOURCE = Path("filtered.png")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Away from any bundle of this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def tag(shipped_bundle: Path) -> Tag:
    return Tag(filter="l0", restoration=Bundle(shipped_bundle).manifest.restoration, codec="png")


def place(shipped_bundle: Path, folder: Path) -> Path:
    """A bundle's manifest in `folder`, which is all that a search reads."""
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_bytes((shipped_bundle / MANIFEST).read_bytes())
    return folder


@pytest.mark.parametrize("place_of_bundles", ["build/bundles", "home/.local/share/unfilter/bundles"])
def test_found_in_the_project_and_in_the_users_folder(shipped_bundle: Path, tag: Tag, place_of_bundles: str) -> None:
    folder = place(shipped_bundle, Path(place_of_bundles, "any_name"))
    assert find_bundle(SOURCE, tag).folder.resolve() == folder.resolve()


def test_found_in_any_folder_of_the_variable_before_all_others(
    shipped_bundle: Path, tag: Tag, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(shipped_bundle, Path("build/bundles/l0"))
    folder = place(shipped_bundle, Path("second/l0"))
    monkeypatch.setenv(VARIABLE, os.pathsep.join(["absent", "", "second"]))
    assert find_bundle(SOURCE, tag).folder == folder
    assert folders()[:3] == [Path("absent"), Path("second"), Path("build/bundles")]


def test_broken_bundles_and_other_filters_are_passed_over(
    shipped_bundle: Path, tag: Tag, edit_manifest: Callable[[Path, Callable[[dict[str, Any]], Any]], None]
) -> None:
    other = place(shipped_bundle, Path("build/bundles/a_other"))
    edit_manifest(other, lambda fields: fields.update(restoration="0" * 64))
    newer = place(shipped_bundle, Path("build/bundles/b_newer"))
    edit_manifest(newer, lambda fields: fields.update(schema_version=2))
    broken = place(shipped_bundle, Path("build/bundles/c_broken"))
    (broken / MANIFEST).write_text("{")
    Path("build/bundles/d_file").touch()
    right = place(shipped_bundle, Path("build/bundles/e_right"))
    assert find_bundle(SOURCE, tag).folder == right
    assert [bundle.folder for bundle in bundles()] == [other, right]


def test_an_untagged_file_is_told_to_name_its_bundle() -> None:
    with pytest.raises(PhotoError, match=r"^filtered\.png: carries no unfilter tag; .*--filter"):
        find_bundle(SOURCE, None)


def test_a_bundle_that_is_nowhere_is_told_with_ids_and_places(tag: Tag) -> None:
    with pytest.raises(PhotoError) as caught:
        find_bundle(SOURCE, tag)
    message = str(caught.value)
    for part in ("filtered.png", "l0", tag.restoration[:12], "build/bundles", "--filter", VARIABLE):
        assert part in message
    assert "\n" not in message
