"""Laws: every photo below a folder is found once, in a fixed order; no two photos get one place; results are not photos."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfilter.errors import PhotoError
from unfilter.jobs.folders import photos, targets

pytestmark = pytest.mark.usefixtures("elsewhere")


def touch(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def refuse(error: PhotoError) -> None:
    raise error


def found(*inputs: str, out: str | None = "out") -> dict[str, str]:
    places = photos(map(Path, inputs), Path(out) if out else None, refuse)
    return {str(path): str(place) for path, place in places.items()}


def test_folders_are_searched_with_all_below_in_order_of_names() -> None:
    touch("in/b.JPG", "in/a.png", "in/sub/deep/c.heic", "in/notes.txt", "in/a.mov", "in/.hidden.png", "in/.dir/d.png")
    expected = {"in/a.png": "a.png", "in/b.JPG": "b.JPG", "in/sub/deep/c.heic": "sub/deep/c.heic"}
    assert list(found("in").items()) == list(expected.items())


def test_a_named_file_is_taken_whatever_its_suffix_and_even_if_it_is_not_there() -> None:
    touch("in/photo.dat")
    assert found("in/photo.dat", "absent.png") == {"in/photo.dat": "photo.dat", "absent.png": "absent.png"}


def test_a_photo_that_is_named_twice_is_taken_once() -> None:
    touch("in/a.png")
    Path("link.png").symlink_to("in/a.png")
    assert found("in", "in/a.png", "./in", "link.png") == {"in/a.png": "a.png"}


def test_links_to_folders_are_not_followed() -> None:
    touch("in/a.png", "elsewhere/b.png")
    Path("in/loop").symlink_to(Path("in").resolve())
    Path("in/other").symlink_to(Path("elsewhere").resolve())
    assert found("in") == {"in/a.png": "a.png"}


def test_results_that_lie_among_the_photos_are_passed_over() -> None:
    touch("in/a.png", "in/filtered/a.png")
    assert found("in", out="in/filtered") == {"in/a.png": "a.png"}
    assert found("in", out=None) == {"in/a.png": "a.png", "in/filtered/a.png": "filtered/a.png"}


def test_the_folder_of_the_photos_is_refused_for_results() -> None:
    touch("in/a.png")
    Path("link").symlink_to("in")
    with pytest.raises(PhotoError, match="is the folder of the photos"):
        found("in", out="link")


def test_photos_that_differ_by_their_suffix_alone_keep_it() -> None:
    places = {Path(name): Path(name) for name in ("a/x.heic", "a/x.JPG", "a/y.jpg", "b/x.jpg")}
    files = {str(photo): str(target) for photo, target in targets(places, Path("out"), ".png", refuse).items()}
    assert files == {
        "a/x.heic": "out/a/x.heic.png",
        "a/x.JPG": "out/a/x.JPG.png",
        "a/y.jpg": "out/a/y.png",
        "b/x.jpg": "out/b/x.png",
    }


def test_the_later_of_two_photos_of_one_place_is_refused_with_the_name_of_the_other() -> None:
    said: list[str] = []
    places = {Path("a/x.jpg"): Path("x.jpg"), Path("b/x.jpg"): Path("x.jpg")}
    files = targets(places, Path("out"), ".png", lambda error: said.append(str(error)))
    assert list(files) == [Path("a/x.jpg")]
    assert said == ["b/x.jpg: belongs to out/x.jpg.png, as a/x.jpg does; do one of them into another folder"]


names = st.text("abAB.", min_size=1, max_size=3).map(lambda stem: f"x{stem}x")


@given(st.dictionaries(names.map(Path), st.builds("{}{}".format, names, st.sampled_from([".jpg", ".png"])).map(Path)))
def test_no_two_photos_get_one_file(places: dict[Path, Path]) -> None:
    refused: list[PhotoError] = []
    files = targets(places, Path("out"), ".png", refused.append)
    assert len({str(target).casefold() for target in files.values()}) == len(files) == len(places) - len(refused)
