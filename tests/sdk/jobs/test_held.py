"""Laws of payloads and top-ups (R25 to R28): what a file holds of its photo comes back; what is damaged, stripped or of
another file is not used, and that is said; the pixels are restored in any case.
"""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unfilter import Filter, Photo, PhotoError, Tag, UnfilterError, read_photo, write_photo
from unfilter.jobs import Apply, Batch, ByTag, Restore
from unfilter.jobs.recognition.mark_search import strongest
from unfilter.photo import with_payload
from unfilter.photo.payload import content_of
from unfilter.photo.top_up import Goal
from unfilter.proof.fidelity import psnr
from unfilter.run import runtimes

SIDE = 192
Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def l0(small_bundle: Path) -> Filter:
    return Filter.open(small_bundle, runtime="onnx")


@pytest.fixture(scope="module")
def photo(golden_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    write_photo(path, Photo(np.ascontiguousarray(read_photo(golden_photos / "chelsea.webp").pixels[:SIDE, :SIDE])))
    return path


@pytest.fixture(scope="module")
def pixels(photo: Path) -> Pixels:
    return read_photo(photo).pixels


def restored(l0: Filter, filtered: Path) -> tuple[Pixels, tuple[str, ...]]:
    target = filtered.with_name("restored.png")
    notes = l0.restore_file(filtered, target, overwrite=True)
    return read_photo(target).pixels, notes


@pytest.mark.parametrize("suffix", [".png", ".webp", ".heic"])
def test_a_payload_moves_no_level_by_more_than_one_and_comes_back(
    l0: Filter, photo: Path, pixels: Pixels, tmp_path: Path, suffix: str
) -> None:
    if suffix == ".heic":
        pytest.importorskip("pillow_heif")
    filtered = tmp_path / f"filtered{suffix}"
    l0.apply_file(photo, filtered, carry="payload")
    saved = read_photo(filtered)
    assert np.abs(saved.pixels.astype(int) - l0.apply(pixels)).max() == 1
    assert saved.tag is not None and saved.tag.payload is not None
    found, notes = restored(l0, filtered)
    assert notes == ("restored from the payload in its low bits, without the filter",)
    assert psnr(found, pixels) > 40
    assert l0.examine(saved).made


def test_a_lossless_payload_that_fits_moves_levels_by_three_and_gives_every_byte(l0: Filter, tmp_path: Path) -> None:
    """A smooth photo: what a camera writes of a sky takes fewer than six bits per pixel."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    smooth = np.dstack([rows, columns, (rows + columns) // 2]).astype(np.uint8)
    write_photo(source := tmp_path / "smooth.png", Photo(smooth))
    l0.apply_file(source, filtered := tmp_path / "filtered.png", carry="payload", payload="lossless")
    assert np.abs(read_photo(filtered).pixels.astype(int) - l0.apply(smooth)).max() <= 3
    assert np.array_equal(restored(l0, filtered)[0], smooth)


def test_a_payload_needs_neither_filter_nor_tag(l0: Filter, photo: Path, pixels: Pixels, elsewhere: Path) -> None:
    l0.apply_file(photo, filtered := elsewhere / "filtered.png", carry="payload")
    Image.fromarray(read_photo(filtered).pixels).save(stripped := elsewhere / "stripped.png")
    result = Restore(ByTag()).file(stripped, elsewhere / "restored.png")
    assert result.graphs is None
    assert psnr(read_photo(elsewhere / "restored.png").pixels, pixels) > 40


def test_a_damaged_payload_leaves_it_to_the_filter(l0: Filter, photo: Path, pixels: Pixels, tmp_path: Path) -> None:
    l0.apply_file(photo, filtered := tmp_path / "filtered.png", carry="payload")
    saved = read_photo(filtered)
    changed = saved.pixels.copy()
    changed[20, 20] ^= 1
    assert content_of(replace(saved, pixels=changed)) is None
    write_photo(filtered, replace(saved, pixels=changed))
    with pytest.raises(PhotoError, match="not those that were saved"):
        restored(l0, filtered)
    notes = l0.restore_file(filtered, tmp_path / "restored.png", force=True, overwrite=True)
    assert "damaged" in notes[0]
    assert psnr(read_photo(tmp_path / "restored.png").pixels, pixels) > 30


def test_nothing_hides_under_full_transparency(l0: Filter, pixels: Pixels, tmp_path: Path) -> None:
    """Converters change those colours, and the payload must not mind."""
    alpha = np.full(pixels.shape[:2], 255, np.uint8)
    alpha[:40] = 0
    write_photo(source := tmp_path / "photo.png", Photo(pixels, alpha=alpha))
    l0.apply_file(source, filtered := tmp_path / "filtered.png", carry="payload")
    saved = read_photo(filtered)
    converted = np.where(alpha[..., None] > 0, saved.pixels, np.uint8(0))
    write_photo(filtered, replace(saved, pixels=converted))
    assert psnr(restored(l0, filtered)[0][40:], pixels[40:]) > 40


@pytest.mark.parametrize(
    ("suffix", "options"), [(".jpg", {"quality": 80, "subsampling": "4:2:0"}), (".png", {}), (".webp", {}), (".heic", {})]
)
def test_a_top_up_refines_and_stripped_leaves_the_base(
    l0: Filter, photo: Path, pixels: Pixels, tmp_path: Path, suffix: str, options: dict[str, object]
) -> None:
    if suffix == ".heic":
        pytest.importorskip("pillow_heif")
    goal = 36.0 if suffix == ".jpg" else 48.0
    filtered = tmp_path / f"filtered{suffix}"
    l0.apply_file(photo, filtered, top_up=f"{goal}dB", mark=False, **options)  # type: ignore[arg-type]
    saved = read_photo(filtered)
    assert saved.tag is not None and saved.tag.top_up is not None and saved.notes == ()
    assert saved.tag.requires == ()  # older readers restore the base
    found, notes = restored(l0, filtered)
    assert goal <= psnr(found, pixels) < goal + 1
    assert psnr(found, pixels) == pytest.approx(saved.tag.top_up.restores_db, abs=0.01)
    assert "its top-up" in notes[0]
    base = l0.restore(saved.pixels)
    stripped = tmp_path / f"stripped{suffix}"
    if suffix == ".jpg":
        content, place = filtered.read_bytes(), 0
        while (place := content.find(b"\xff\xeb", place)) > 0 and content[place + 4 : place + 8] == b"JPuf":
            content = content[:place] + content[place + 2 + int.from_bytes(content[place + 2 : place + 4], "big") :]
        stripped.write_bytes(content)
    else:
        write_photo(stripped, replace(saved, top_up=None))
    found, notes = restored(l0, stripped)
    assert np.array_equal(found, base if suffix == ".jpg" else l0.run_again(saved.pixels))
    assert "stripped" in notes[0]


def test_bits_per_pixel_are_a_limit(l0: Filter, photo: Path, tmp_path: Path) -> None:
    l0.apply_file(photo, filtered := tmp_path / "filtered.jpg", quality=80, subsampling="4:2:0", top_up="0.7bpp")
    told = read_photo(filtered).tag.top_up  # type: ignore[union-attr]
    assert told is not None
    assert 0.5 * SIDE**2 / 8 < told.bytes <= 0.7 * SIDE**2 / 8


def test_what_restores_to_as_much_anyway_gets_none(l0: Filter, photo: Path, tmp_path: Path) -> None:
    notes = l0.apply_file(photo, tmp_path / "filtered.png", top_up="20dB")
    assert notes == ("restores to 20dB without a top-up, so it has none",)
    assert read_photo(tmp_path / "filtered.png").top_up is None


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_an_exact_top_up_gives_every_byte_on_every_engine(
    open_filter: Callable[..., Filter],
    shipped_bundle: Path,
    photo: Path,
    pixels: Pixels,
    tmp_path: Path,
    suffix: str,
) -> None:
    """Runtimes differ by a level and precisions by several; what is exact rests on neither."""
    here = [name for name in runtimes.NAMES if not runtimes.sibling(name).unavailable()]
    assert here
    formats = {artifact.precision for artifact in Filter.open(shipped_bundle, runtime=here[0]).bundle.manifest.artifacts}
    filtered = tmp_path / f"filtered{suffix}"
    job = Apply(open_filter(here[0]).graphs, quality=80, subsampling="4:2:0", top_up=Goal("exact"))
    job.check_codec = lambda target, codec: None  # type: ignore[method-assign]  # the bundle may be one for PNG alone
    job.file(photo, filtered)
    tried = 0
    for name in here:
        for precision in sorted(formats):
            try:
                opened = open_filter(name, precision)
            except UnfilterError:
                continue  # this runtime has no such artifact
            found, notes = restored(opened, filtered)
            assert np.array_equal(found, pixels), (name, precision)
            assert "every byte" in notes[0]
            tried += 1
    assert tried >= len(here)


def test_a_top_up_refines_to_as_much_whatever_runs_the_inverse(
    open_filter: Callable[..., Filter], photo: Path, pixels: Pixels, tmp_path: Path
) -> None:
    here = [name for name in runtimes.NAMES if not runtimes.sibling(name).unavailable()]
    open_filter(here[0]).apply_file(photo, filtered := tmp_path / "filtered.png", top_up="49dB")
    for name in here:
        assert psnr(restored(open_filter(name), filtered)[0], pixels) > 48.9, name


def test_a_top_up_of_another_file_is_not_used(l0: Filter, photo: Path, tmp_path: Path) -> None:
    l0.apply_file(photo, one := tmp_path / "one.png", top_up="48dB")
    l0.apply_file(photo, other := tmp_path / "other.png", top_up="50dB")
    saved = read_photo(one)
    write_photo(one, replace(saved, top_up=read_photo(other).top_up))
    found, notes = restored(l0, one)
    assert "of another file" in notes[0]
    assert np.array_equal(found, l0.restore(saved.pixels))


def test_a_top_up_beside_other_pixels_is_not_used(l0: Filter, photo: Path, tmp_path: Path) -> None:
    l0.apply_file(photo, filtered := tmp_path / "filtered.png", top_up="exact")
    saved = read_photo(filtered)
    write_photo(filtered, replace(saved, pixels=255 - saved.pixels))
    with pytest.raises(PhotoError, match="not those that were saved"):
        restored(l0, filtered)
    notes = l0.restore_file(filtered, tmp_path / "restored.png", force=True, overwrite=True)
    assert "was not used" in notes[0]


def test_a_top_up_that_no_tag_tells_of_is_said(l0: Filter, photo: Path, tmp_path: Path) -> None:
    l0.apply_file(photo, filtered := tmp_path / "filtered.png", top_up="exact")
    saved = read_photo(filtered)
    assert saved.tag is not None
    tag = Tag.model_validate(saved.tag.model_dump() | {"top_up": {"holds": "layers"}})
    write_photo(filtered, replace(saved, tag=tag))
    assert "later unfilter" in restored(l0, filtered)[1][0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"carry": "payload", "payload": "lossless"}, "bits per pixel, and 6.0 fit; use --payload best"),
        ({"carry": "payload", "payload": 100}, "use --payload best"),
        ({"top_up": "90dB"}, "ask for less, or for --top-up exact"),
        ({"top_up": "0.001bpp"}, "the least top-up takes"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_one_line_that_names_the_photo(
    l0: Filter, photo: Path, tmp_path: Path, options: dict[str, object], words: str
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    write_photo(source := tmp_path / "noise.png", Photo(noise))
    with pytest.raises(PhotoError, match=words) as caught:
        l0.apply_file(source, tmp_path / "filtered.png", **options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"{source}: ")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "filtered.png").exists()


def test_a_jpeg_keeps_no_payload(l0: Filter, photo: Path, tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="keeps no low bits"):
        l0.apply_file(photo, tmp_path / "filtered.jpg", carry="payload")


def test_a_payload_and_a_top_up_exclude_each_other(l0: Filter) -> None:
    with pytest.raises(UnfilterError, match="nothing to top up"):
        Apply(l0.graphs, carry="payload", top_up=Goal("exact"))


@pytest.mark.parametrize("words", ["38", "dB", "0dB", "-1bpp", "exactly", "38 dB per pixel"])
def test_a_goal_that_is_none_is_one_line(words: str) -> None:
    with pytest.raises(UnfilterError, match="is no top-up"):
        Goal.parse(words)


@pytest.mark.parametrize("words", ["38dB", "0.5bpp", "exact"])
def test_a_goal_is_what_it_says(words: str) -> None:
    assert str(Goal.parse(words)) == words


def test_bytes_carry_a_top_up_and_images_cannot(l0: Filter, photo: Path, pixels: Pixels) -> None:
    job = Apply(l0.graphs, top_up=Goal("exact"))
    made = job.handed(photo.read_bytes()).result
    assert np.array_equal(read_photo(BytesIO(Restore(l0.graphs).handed(made).result)).pixels, pixels)
    with pytest.raises(PhotoError, match="no place for a top-up"):
        job.handed(Image.fromarray(pixels))


@pytest.mark.parametrize("options", [{"carry": "payload"}, {"top_up": Goal("dB", 48)}, {"top_up": Goal("exact")}], ids=str)
def test_a_batch_that_is_run_again_does_nothing(l0: Filter, photo: Path, tmp_path: Path, options: dict[str, object]) -> None:
    folder, back = tmp_path / "filtered", tmp_path / "restored"
    for _ in range(2):
        filtering = Batch(Apply(l0.graphs, **options), [photo], folder).run()  # type: ignore[arg-type]
        restoring = Batch(Restore(l0.graphs), [folder], back).run()
        assert [one.error for one in (*filtering, *restoring)] == [None, None]
    assert [one.skipped for one in (*filtering, *restoring)] == [True, True]
    (other,) = Batch(Apply(l0.graphs), [photo], folder).run()
    assert other.error is not None and "was not made of" in other.error


def test_filtering_a_filtered_file_again_leaves_its_top_up_behind(l0: Filter, photo: Path, tmp_path: Path) -> None:
    l0.apply_file(photo, once := tmp_path / "once.png", top_up="exact")
    l0.apply_file(once, twice := tmp_path / "twice.png")
    assert read_photo(twice).top_up is None
    assert read_photo(twice).tag.top_up is None  # type: ignore[union-attr]


def test_an_app_that_has_its_own_filter_needs_no_network(photo: Path, pixels: Pixels, elsewhere: Path) -> None:
    negative = Photo(255 - pixels)
    write_photo(filtered := elsewhere / "negative.png", with_payload(negative, Photo(pixels)))
    Restore(ByTag()).file(filtered, elsewhere / "restored.png")
    assert psnr(read_photo(elsewhere / "restored.png").pixels, pixels) > 40
    assert np.abs(read_photo(filtered).pixels.astype(int) - negative.pixels).max() == 1
    with pytest.raises(PhotoError, match="has 192 x 10 pixels, the picture that is to carry it 192 x 192"):
        with_payload(negative, Photo(pixels[:10]))


def test_a_photo_of_which_nothing_is_seen_has_no_room_and_needs_no_top_up(
    l0: Filter, pixels: Pixels, tmp_path: Path
) -> None:
    write_photo(source := tmp_path / "photo.png", Photo(pixels, alpha=np.zeros(pixels.shape[:2], np.uint8)))
    with pytest.raises(PhotoError, match="too small to hold a payload"):
        l0.apply_file(source, tmp_path / "filtered.png", carry="payload")
    notes = l0.apply_file(source, tmp_path / "filtered.png", top_up="40dB")
    assert "without a top-up" in notes[-1]


@pytest.mark.parametrize(
    ("suffix", "options", "least"),
    [
        (".png", {}, 30),
        (".png", {"carry": "payload"}, 40),
        (".png", {"top_up": "exact"}, 99),
        (".jpg", {"top_up": "36dB", "quality": 80}, 35.5),
    ],
    ids=["alone", "payload", "exact", "top_up"],
)
def test_a_mark_goes_with_a_payload_or_a_top_up_and_costs_nothing_in_the_file_itself(
    l0: Filter, photo: Path, pixels: Pixels, tmp_path: Path, suffix: str, options: dict[str, Any], least: float
) -> None:
    l0.apply_file(photo, filtered := tmp_path / f"filtered{suffix}", mark=True, **options)
    saved = read_photo(filtered)
    assert saved.tag is not None and saved.tag.marked
    found = strongest(saved.pixels, [saved.tag.restoration])
    assert found is not None and abs(found.scale - 1) < 0.02
    assert psnr(restored(l0, filtered)[0], pixels) >= least
    l0.apply_file(photo, filtered, mark=True, **options)  # what it made of this photo itself, it may write over


def test_a_run_goes_on_over_marked_files_and_not_over_unmarked_ones(l0: Filter, photo: Path, tmp_path: Path) -> None:
    for mark, error in ((True, None), (True, None), (False, "was not made of")):
        (outcome,) = l0.apply_many([photo], tmp_path / "out", mark=mark)
        assert (error is None) == (outcome.error is None)
        assert error is None or error in str(outcome.error)
    assert l0.apply_many([photo], tmp_path / "out", mark=True)[0].skipped
    (outcome,) = l0.restore_many([tmp_path / "out"], tmp_path / "back")
    assert outcome.error is None
    assert l0.restore_many([tmp_path / "out"], tmp_path / "back")[0].skipped
