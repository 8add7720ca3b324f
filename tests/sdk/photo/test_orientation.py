"""Laws: what a viewer shows is turned back to what is stored; a picture set upright is shown as before, by its EXIF."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from unfilter.photo.exif import MARKER
from unfilter.photo.orientation import alike_shown, orientation_of, shown, turned_back, with_orientation

PICTURE = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
ORIENTATIONS = range(1, 9)


def exif_with(fields: dict[int, object]) -> bytes:
    exif = Image.Exif()
    exif.update(fields)
    return MARKER + exif.tobytes().removeprefix(MARKER)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_what_is_shown_is_what_pillow_shows_and_is_turned_back(orientation: int) -> None:
    image = Image.fromarray(PICTURE)
    image.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(shown(PICTURE, orientation), expected)
    assert np.array_equal(turned_back(expected, orientation), PICTURE)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_picture_set_upright_is_shown_as_it_arrived(orientation: int, turns: int, mirrored: bool) -> None:
    arrived = np.rot90(PICTURE[:, ::-1] if mirrored else PICTURE, turns)
    assert np.array_equal(shown(PICTURE, alike_shown(orientation, turns, mirrored)), shown(arrived, orientation))


@pytest.mark.parametrize(
    "fields", [{}, {0x010F: "maker"}, {0x010F: "maker", 0x0112: 3}, {0x0131: "software", 0x0132: "now"}]
)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_exif_names_the_orientation_and_keeps_all_else(fields: dict[int, object], orientation: int) -> None:
    made = with_orientation(exif_with(fields), orientation)
    loaded = Image.Exif()
    loaded.load(made)
    assert dict(loaded) == {**fields, **({0x0112: orientation} if orientation != 1 or 0x0112 in fields else {})}


def test_exif_is_made_only_where_it_says_something() -> None:
    assert with_orientation(None, 1) is None
    assert orientation_of(with_orientation(None, 6)) == 6


@pytest.mark.filterwarnings("ignore:.*EXIF:UserWarning")
@pytest.mark.parametrize(
    "broken", [b"", b"Exif\0\0", b"Exif\0\0II*\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0rubbish here"]
)
def test_exif_that_cannot_be_read_is_replaced(broken: bytes) -> None:
    assert orientation_of(with_orientation(broken, 8)) == 8
