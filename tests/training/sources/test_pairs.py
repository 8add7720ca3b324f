"""Pairs are matched by name; those that do not lie on one another are found, and said in words."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import unfilter_converters
from unfilter.errors import UnfilterError
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training.data import make_look_pair
from unfilter_training.sources import filtered, open_source, parse
from unfilter_training.sources.pairs import match, misfit, shift

PHOTOS = Path(unfilter_converters.__file__).parent / "golden_photos"


@pytest.fixture(scope="module")
def photo() -> NDArray[np.uint8]:
    return read_photo(PHOTOS / "coffee.webp").pixels


def look(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey, darker and with a curve: what a pair looks like."""
    return (255 * (photo.mean(axis=2, keepdims=True) / 255).repeat(3, axis=2) ** 1.6).astype(np.uint8)


def test_a_pair_that_fits_is_left_alone(photo: NDArray[np.uint8]) -> None:
    assert misfit(photo, look(photo)) is None
    assert misfit(photo, 255 - photo) is None


@pytest.mark.parametrize("moved", [(3, 0), (0, -5), (-2, 7)])
def test_a_shift_is_measured(photo: NDArray[np.uint8], moved: tuple[int, int]) -> None:
    assert shift(photo, np.roll(look(photo), moved, axis=(0, 1))) == moved


def test_sizes_say_what_was_done(photo: NDArray[np.uint8]) -> None:
    height, width = photo.shape[:2]
    assert str(misfit(photo, photo[: height // 2, : width // 2])).startswith("is resized or cropped")
    assert str(misfit(photo, photo[:, : width - 40])).startswith("is cropped")
    assert str(misfit(photo, np.rot90(photo))).startswith("is turned")


def test_a_folder_is_matched_by_name_and_every_problem_has_its_line(photo: NDArray[np.uint8], tmp_path: Path) -> None:
    for part in ("before", "after"):
        (tmp_path / part).mkdir()
    for name in ("good", "moved", "alone"):
        write_photo(tmp_path / f"before/{name}.png", Photo(photo))
    write_photo(tmp_path / "after/good.jpg", Photo(look(photo)))
    write_photo(tmp_path / "after/moved.png", Photo(np.roll(look(photo), 4, axis=1)))
    (tmp_path / "after/broken.png").write_bytes(b"no photo")
    write_photo(tmp_path / "before/broken.png", Photo(photo))
    found = match(tmp_path)
    assert list(found.pairs) == [tmp_path / "before/good.png"]
    text = "\n".join(found.problems)
    assert len(found.problems) == 3
    assert "alone.png: has no partner" in text
    assert "moved.png: is shifted by 4 pixels to the right and 0 down" in text
    assert "broken.png" in text


def test_pairs_know_their_own_photos_only(photo: NDArray[np.uint8], tmp_path: Path) -> None:
    for part, pixels in (("before", photo), ("after", look(photo))):
        (tmp_path / part).mkdir()
        write_photo(tmp_path / part / "a.png", Photo(pixels))
    source = open_source(parse(str(tmp_path)))
    np.testing.assert_allclose(filtered(source, photo) * 255, look(photo), atol=1e-3)
    with pytest.raises(UnfilterError, match="has no pair for this photo"):
        source(255 - photo)


def test_what_was_kept_of_another_after_is_not_taken_again(photo: NDArray[np.uint8], tmp_path: Path) -> None:
    for part, pixels in (("before", photo), ("after", look(photo))):
        (tmp_path / part).mkdir()
        write_photo(tmp_path / part / "a.png", Photo(pixels))
    specification, cache = parse(str(tmp_path)), tmp_path / "cache"
    cache.mkdir()

    def kept() -> NDArray[np.float16]:
        return make_look_pair(photo, open_source(specification), specification, cache).filtered

    first = np.array(kept())
    write_photo(tmp_path / "after" / "a.png", Photo(photo // 2))
    np.testing.assert_allclose(np.array(kept()) * 255, photo // 2, atol=0.2)
    assert np.abs(first * 255 - photo // 2).max() > 10
    assert len(list(cache.iterdir())) == 2
