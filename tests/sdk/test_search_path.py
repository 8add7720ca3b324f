"""Laws: the tag alone finds the bundle that undoes a file, in the folders of the environment, the project and the user; a
name finds a filter there, or one line says what there is.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unfilter.archive import pack
from unfilter.bundle import MANIFEST, Bundle
from unfilter.errors import BundleError, PhotoError
from unfilter.filter import Filter
from unfilter.photo import Tag
from unfilter.search_path import VARIABLE, bundles, find_bundle, folders, open_bundle

SOURCE = Path("filtered.png")


pytestmark = pytest.mark.usefixtures("elsewhere")


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
    edit_manifest(newer, lambda fields: fields.update(schema_version=2, requires=["two_photos"]))
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


def test_what_is_half_written_is_no_bundle(shipped_bundle: Path) -> None:
    place(shipped_bundle, Path("build/bundles/.l0.unfilter-0123456789ab"))
    assert list(bundles()) == []


EditManifest = Callable[[Path, Callable[[dict[str, Any]], Any]], None]


@pytest.fixture
def two_versions(small_bundle: Path, edit_manifest: EditManifest) -> list[str]:
    """Two filters `l0` in the search path, as `Bundle.name` has them; the first once more in a later folder."""
    first = place(small_bundle, Path("build/bundles/l0"))
    second = place(small_bundle, Path("home/.local/share/unfilter/bundles/l0-second"))
    edit_manifest(second, lambda fields: fields.update(restoration="0123" * 16))
    place(small_bundle, Path("home/.local/share/unfilter/bundles/l0-again"))
    return [Bundle(first).name, Bundle(second).name]


def test_a_name_finds_the_filter_wherever_its_folder_is_called_otherwise(small_bundle: Path) -> None:
    folder = place(small_bundle, Path("home/.local/share/unfilter/bundles/any_name"))
    assert open_bundle("l0").folder.resolve() == folder.resolve()


def test_equal_restoration_ids_are_one_filter_and_the_first_of_the_path_is_taken(two_versions: list[str]) -> None:
    assert open_bundle(two_versions[0]).folder == Path("build/bundles/l0")


def test_an_ambiguous_name_is_told_with_all_that_it_could_mean(two_versions: list[str]) -> None:
    with pytest.raises(BundleError, match="ambiguous") as caught:
        open_bundle("l0")
    assert all(name in str(caught.value) for name in two_versions)
    assert "\n" not in str(caught.value)


def test_the_start_of_the_restoration_id_makes_a_name_unique(two_versions: list[str]) -> None:
    assert open_bundle("l0@0123").name == two_versions[1]
    assert open_bundle(two_versions[0]).name == two_versions[0]
    with pytest.raises(BundleError, match="no filter of that name") as caught:
        open_bundle("l0@fff")
    assert all(name in str(caught.value) for name in two_versions)


def test_a_missing_name_is_told_with_what_is_there_and_what_was_meant(two_versions: list[str]) -> None:
    with pytest.raises(BundleError, match="did you mean l0") as caught:
        open_bundle("l00")
    assert "build/bundles" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_any_filter_a_name_is_told_how_to_add_one() -> None:
    with pytest.raises(BundleError, match="add one with `unfilter install`"):
        Filter.open("l0")


def test_a_folder_of_that_name_that_is_a_bundle_goes_before_the_search_path(small_bundle: Path) -> None:
    place(small_bundle, Path("build/bundles/l0"))
    Path("l0").mkdir()
    assert open_bundle("l0").folder == Path("build/bundles/l0")  # a folder that holds no bundle hides nothing
    place(small_bundle, Path("l0/inner"))
    Path("l0/manifest.json").write_bytes((small_bundle / MANIFEST).read_bytes())
    assert open_bundle("l0").folder == Path("l0")


@pytest.mark.parametrize("named", [Path("l0"), "./l0/", "absent.unfilter"])
def test_a_path_is_never_a_name(small_bundle: Path, named: Path | str) -> None:
    place(small_bundle, Path("build/bundles/l0"))
    with pytest.raises(BundleError, match=r"no bundle here|no such file"):
        open_bundle(named)


def test_a_broken_bundle_hides_no_other_and_is_named_where_nothing_else_is_found(shipped_bundle: Path, tag: Tag) -> None:
    broken = Path("build/bundles/a_broken_one")
    broken.mkdir(parents=True)
    (broken / MANIFEST).write_text("{")
    for look in (lambda: find_bundle(SOURCE, tag), lambda: open_bundle("l0")):
        with pytest.raises((BundleError, PhotoError), match=f"broken bundle was passed over: {broken / MANIFEST}") as caught:
            look()
        assert "\n" not in str(caught.value)
    folder = place(shipped_bundle, Path("build/bundles/l0"))
    assert find_bundle(SOURCE, tag).folder == open_bundle("l0").folder == folder


def test_a_packed_bundle_opens_by_path_and_is_unpacked_once(small_bundle: Path) -> None:
    pack(Bundle(small_bundle), packed := Path("any name"))
    opened = open_bundle(packed)
    opened.check()
    assert opened.folder.is_relative_to(Path("home/.cache").resolve())
    assert opened.id == Bundle(small_bundle).id
    before = (opened.folder / MANIFEST).stat().st_ino
    assert (open_bundle(str(packed.resolve())).folder / MANIFEST).stat().st_ino == before


def test_a_damaged_cache_is_made_again(small_bundle: Path, flip_byte: Callable[[Path], None]) -> None:
    pack(Bundle(small_bundle), packed := Path("l0.unfilter"))
    flip_byte(open_bundle(packed).folder / "onnx/inverse.onnx")
    open_bundle(packed).check()
