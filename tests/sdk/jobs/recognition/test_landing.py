"""Laws: a file whose mark cannot be the filter's is not restored unless the filter is named; where it was turned, what is
restored is shown as it arrived.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from unfilter import Filter, NotRestored, Origin, Photo, read_photo, write_photo
from unfilter.format.mark import marked
from unfilter.jobs import ByFile, Restore
from unfilter.jobs.recognition import landing
from unfilter.photo.orientation import shown, with_orientation

Calibrated = Callable[..., Path]


@pytest.fixture
def coffee(golden_photos: Path) -> NDArray[np.uint8]:
    return read_photo(golden_photos / "coffee.webp").pixels


def with_mark(folder: Path, pixels: NDArray[np.uint8], path: Path, orientation: int = 1) -> Path:
    """A JPEG of another's picture, with the filter's mark."""
    painted = marked(pixels, Filter.open(folder).bundle.manifest.restoration)
    write_photo(path, Photo(painted, exif=with_orientation(None, orientation)), quality=85)
    return path


def test_the_filters_own_file_lands_near_it(calibrated: Calibrated, coffee: NDArray[np.uint8], elsewhere: Path) -> None:
    l0 = Filter.open(calibrated(None))
    write_photo(elsewhere / "photo.png", Photo(coffee))
    l0.apply_file(elsewhere / "photo.png", elsewhere / "f.jpg", quality=80, subsampling="4:2:0", mark=False)
    away = landing.distance(l0.graphs, read_photo(elsewhere / "f.jpg").pixels)
    assert away is not None
    assert away < landing.MOST / 4


def test_a_mark_that_somebody_painted_does_not_tell(
    calibrated: Calibrated, coffee: NDArray[np.uint8], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L0 is too weak for it: the distance is as that of a strong filter."""
    folder = calibrated(None)
    forged = with_mark(folder, coffee, elsewhere / "forged.jpg")
    monkeypatch.setattr(landing, "distance", lambda *_: 30.0)
    with pytest.raises(NotRestored, match=r"the mark of l0, but .* 30 levels away .* name it \(--filter") as refused:
        Restore(ByFile()).file(forged, elsewhere / "back.png")
    assert refused.value.recognition.origin is Origin.CANNOT_TELL
    assert not (elsewhere / "back.png").exists()
    named = Restore(Filter.open(folder).graphs).file(forged, elsewhere / "back.png").recognition
    assert named is not None
    assert named.origin is Origin.CANNOT_TELL


def test_what_needs_more_than_pixels_is_not_asked(variable_fixture: Filter, coffee: NDArray[np.uint8]) -> None:
    assert landing.distance(variable_fixture.graphs, coffee) is None


@pytest.fixture
def variable_fixture() -> Filter:
    return Filter.open(Path(__file__).parents[3] / "fixtures/bundle-variable", runtime="onnx")


@pytest.mark.parametrize(("turns", "mirrored", "orientation"), [(1, False, 1), (3, True, 1), (1, False, 6), (0, False, 8)])
def test_a_turned_file_is_restored_as_it_was_filtered_and_shown_as_it_arrived(
    turns: int, mirrored: bool, orientation: int, calibrated: Calibrated, coffee: NDArray[np.uint8], elsewhere: Path
) -> None:
    folder = calibrated(None)
    arrived = read_photo(with_mark(folder, coffee, elsewhere / "marked.jpg")).pixels
    turned = np.rot90(arrived[:, ::-1] if mirrored else arrived, turns)
    photo = Photo(np.ascontiguousarray(turned), exif=with_orientation(None, orientation))
    write_photo(elsewhere / "shared.png", photo)
    result = Restore(ByFile()).file(elsewhere / "shared.png", elsewhere / "back.png", None)
    assert result.recognition is not None
    assert (result.recognition.turns, result.recognition.mirrored) == (turns, mirrored)
    assert read_photo(elsewhere / "back.png").pixels.shape == coffee.shape
    seen = np.asarray(ImageOps.exif_transpose(Image.open(elsewhere / "back.png"))).astype(float)
    assert np.abs(seen - shown(turned, orientation)).mean() < 30
