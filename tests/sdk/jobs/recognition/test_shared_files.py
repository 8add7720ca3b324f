"""Laws: a file that a site gave back, without a tag, is restored by the filter that its pixels show. It is refused where
they show none, and where they do not tell, which names what to pass. It is never made worse than it arrived.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unfilter import Filter, NotRestored, Origin, Photo, read_photo, write_photo
from unfilter.cli import main
from unfilter.errors import PhotoError
from unfilter.jobs import Batch, ByFile, Restore

Calibrated = Callable[..., Path]


@pytest.fixture
def shared(elsewhere: Path, chelsea: NDArray[np.uint8]) -> Path:
    """A JPEG of odd size, without a tag."""
    write_photo(elsewhere / "shared.jpg", Photo(chelsea), quality=80, subsampling="4:2:0")
    return elsewhere / "shared.jpg"


def test_a_recognised_file_is_restored_at_its_size(
    calibrated: Calibrated, shared: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = calibrated(2.0)
    assert main(["restore", str(shared), "back.png"]) == 0
    said = capsys.readouterr().out
    assert "shared, made by l0" in said
    assert "about 30 dB to expect (the file itself: 20 dB)" in said
    by_hand = Filter.open(folder).restore(read_photo(shared).pixels)
    assert np.array_equal(read_photo(elsewhere / "back.png").pixels, by_hand)


def test_a_file_that_no_filter_made_is_refused(calibrated: Calibrated, shared: Path, elsewhere: Path) -> None:
    calibrated(-2.0)
    with pytest.raises(NotRestored, match="carries no unfilter tag, and l0 did not make it") as refused:
        Restore(ByFile()).file(shared, elsewhere / "back.png")
    assert refused.value.recognition.origin is Origin.NOT_OURS
    assert not (elsewhere / "back.png").exists()
    with pytest.raises(NotRestored, match=r"no file of filter l0|did not make it"):
        Filter.open("l0").restore_file(shared, elsewhere / "back.png")


def test_where_pixels_do_not_tell_the_user_does(calibrated: Calibrated, shared: Path, elsewhere: Path) -> None:
    calibrated(0.0)
    calibrated(-2.0, "bwp")
    with pytest.raises(NotRestored, match=r"whether l0 made it; if you know which did, name it \(--filter") as refused:
        Restore(ByFile()).file(shared, elsewhere / "back.png")
    assert refused.value.recognition.origin is Origin.CANNOT_TELL
    named = Restore(Filter.open("l0").graphs).file(shared, elsewhere / "back.png")
    assert named.recognition is not None
    assert named.recognition.origin is Origin.CANNOT_TELL


def test_of_several_filters_the_likeliest_is_taken_in_any_order(calibrated: Calibrated, shared: Path) -> None:
    for name, score in (("bwp", 1.5), ("l0", 3.0), ("cpd", 2.0)):
        calibrated(score, name)
    found = ByFile().recognised(read_photo(shared))
    assert (found.origin, found.filter) == (Origin.SHARED, "l0")


def test_a_file_that_is_nearer_to_the_photo_is_kept(
    calibrated: Calibrated, shared: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calibrated(2.0, expected=30.0, arrived=31.0)
    assert main(["restore", str(shared), "back.png"]) == 0
    assert "kept as it arrived; --force restores it (shared, made by l0" in capsys.readouterr().out
    assert np.array_equal(read_photo(elsewhere / "back.png").pixels, read_photo(shared).pixels)
    assert main(["restore", str(shared), "back.png", "--force"]) == 0
    assert not np.array_equal(read_photo(elsewhere / "back.png").pixels, read_photo(shared).pixels)


@pytest.mark.parametrize("arrived", [20.0, 31.0], ids=["restored", "kept"])
def test_a_folder_of_shared_files_is_restored_and_resumed(
    arrived: float, calibrated: Calibrated, shared: Path, elsewhere: Path
) -> None:
    calibrated(2.0, arrived=arrived)
    for skipped in (False, True):
        (outcome,) = Batch(Restore(ByFile()), [shared], elsewhere / "out").run()
        assert (outcome.error, outcome.skipped) == (None, skipped)


def test_bars_are_cut_off_where_the_filter_is_found_within(
    calibrated: Calibrated, chelsea: NDArray[np.uint8], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unfilter.jobs.recognition import by_pixels

    calibrated(2.0)
    framed = np.pad(chelsea, ((20, 20), (0, 0), (0, 0)))
    seen = by_pixels.traces
    monkeypatch.setattr(by_pixels, "traces", lambda pixels: seen(pixels[:0]) if len(pixels) > len(chelsea) else seen(pixels))
    write_photo(elsewhere / "framed.jpg", Photo(framed))
    result = Restore(ByFile()).file(elsewhere / "framed.jpg", elsewhere / "back.png")
    assert result.recognition is not None
    assert "within bars" in result.recognition.reason
    height, width, _ = read_photo(elsewhere / "back.png").pixels.shape
    assert width == chelsea.shape[1]
    assert len(chelsea) - 6 <= height <= len(chelsea)


def test_a_kept_tag_names_the_filter_of_a_file_that_was_changed(
    calibrated: Calibrated, shared: Path, chelsea: NDArray[np.uint8], elsewhere: Path
) -> None:
    folder = calibrated(2.0)
    write_photo(elsewhere / "photo.png", Photo(chelsea))
    Filter.open(folder).apply_file(elsewhere / "photo.png", elsewhere / "filtered.png")
    filtered = read_photo(elsewhere / "filtered.png")
    changed = replace(filtered, pixels=np.ascontiguousarray(filtered.pixels[10:, 7:]))
    write_photo(elsewhere / "changed.png", changed)
    for source, origin in (("filtered", Origin.AS_SAVED), ("changed", Origin.SHARED)):
        found = Restore(ByFile()).file(elsewhere / f"{source}.png", elsewhere / f"{source}_back.png").recognition
        assert found is not None
        assert found.origin is origin


@pytest.mark.parametrize("size", [(1, 1), (30, 20_000)])
def test_hostile_sizes_get_a_verdict(size: tuple[int, int], calibrated: Calibrated, elsewhere: Path) -> None:
    calibrated(2.0)
    write_photo(elsewhere / "odd.jpg", Photo(np.zeros((*size, 3), np.uint8)))
    with pytest.raises(NotRestored, match=f"{size[1]} x {size[0]} pixels are too few to tell by"):
        Restore(ByFile()).file(elsewhere / "odd.jpg", elsewhere / "back.png")


def test_a_tag_that_somebody_put_on_a_foreign_photo_does_not_pass(
    calibrated: Calibrated, chelsea: NDArray[np.uint8], elsewhere: Path
) -> None:
    folder = calibrated(-2.0)
    write_photo(elsewhere / "photo.png", Photo(chelsea))
    Filter.open(folder).apply_file(elsewhere / "photo.png", elsewhere / "filtered.png")
    forged = replace(read_photo(elsewhere / "photo.png"), tag=read_photo(elsewhere / "filtered.png").tag)
    write_photo(elsewhere / "forged.png", forged)
    with pytest.raises(PhotoError, match="its pixels are not those that were saved"):
        Restore(ByFile()).file(elsewhere / "forged.png", elsewhere / "back.png")


def test_inspect_shows_what_was_found_and_how_sure(
    calibrated: Calibrated, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calibrated(2.0)
    assert main(["inspect", str(shared)]) == 0
    said = capsys.readouterr().out
    assert "verdict       shared: made by the filter, then resized or compressed again" in said
    assert "made by       l0\nconfidence    73.1%" in said
    assert "to expect     30 dB; the file itself 20 dB" in said


def posted(pixels: NDArray[np.uint8], path: Path, scale: float) -> None:
    """As an imitated site gives it back: cut off the grid, made smaller by Pillow, a JPEG of quality 75 without metadata."""
    image = Image.fromarray(np.ascontiguousarray(pixels[5:, 3:]))
    image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC).save(path, quality=75)


@pytest.mark.parametrize("scale", [1.0, 0.85])
@pytest.mark.parametrize("turns", [0, 3])
def test_a_marked_file_is_recognised_after_a_site_changed_it(
    scale: float, turns: int, calibrated: Calibrated, golden_photos: Path, elsewhere: Path
) -> None:
    folder = calibrated(None)
    calibrated(None, "bwp")
    Filter.open(folder).apply_file(golden_photos / "coffee.webp", elsewhere / "filtered.jpg")
    posted(np.rot90(read_photo(elsewhere / "filtered.jpg").pixels, turns), elsewhere / "shared.jpg", scale)
    result = Restore(ByFile()).file(elsewhere / "shared.jpg", elsewhere / "back.png")
    assert result.recognition is not None
    assert (result.recognition.origin, result.recognition.filter) == (Origin.SHARED, "l0")
    assert (result.recognition.turns, result.recognition.mirrored) == (turns, False)
    arrived, back = (read_photo(elsewhere / name).pixels for name in ("shared.jpg", "back.png"))
    assert back.shape == np.rot90(arrived, -turns).shape


def test_an_unmarked_file_has_no_mark(calibrated: Calibrated, golden_photos: Path, elsewhere: Path) -> None:
    folder = calibrated(None)
    Filter.open(folder).apply_file(golden_photos / "coffee.webp", elsewhere / "filtered.jpg", mark=False)
    posted(read_photo(elsewhere / "filtered.jpg").pixels, elsewhere / "shared.jpg", 0.6)
    with pytest.raises(NotRestored, match="its pixels do not tell whether l0 made it"):
        Restore(ByFile()).file(elsewhere / "shared.jpg", elsewhere / "back.png")


def test_a_marked_exact_file_restores_as_one_without_a_mark(
    calibrated: Calibrated, chelsea: NDArray[np.uint8], elsewhere: Path
) -> None:
    l0 = Filter.open(calibrated(None))
    write_photo(elsewhere / "photo.png", Photo(chelsea // 2 + 64))  # blue is nowhere near its ends
    for name, mark in (("plain", False), ("marked", True)):
        for _ in range(2):  # the second time over the first
            l0.apply_file(elsewhere / "photo.png", elsewhere / f"{name}.png", mark=mark)
        l0.restore_file(elsewhere / f"{name}.png", elsewhere / f"{name}_back.png")
    blue = read_photo(elsewhere / "plain.png").pixels[..., 2]
    assert blue.min() >= 8
    assert blue.max() <= 247
    assert np.array_equal(*(read_photo(elsewhere / f"{name}_back.png").pixels for name in ("plain", "marked")))
