"""Laws: every runtime gives the golden bytes; restore undoes apply; files carry what came with them; what would not
restore is refused before anything is written.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, JpegImagePlugin

from unfilter.errors import BundleError, PhotoError, RuntimeUnavailable
from unfilter.format.artifact import Direction
from unfilter.format.bundle import Bundle
from unfilter.format.fingerprint import of_exact
from unfilter.format.mark import marked
from unfilter.jobs.filter import Filter
from unfilter.photo import Codec, Photo, Subsampling, Tag, read_photo, write_photo
from unfilter.photo.jpeg import coded, fingerprint_of
from unfilter.photo.pillow import photo_of
from unfilter.proof.fidelity import psnr
from unfilter.run import runtimes

OpenFilter = Callable[..., Filter]
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="camera"/></rdf:RDF></x:xmpmeta>'
)


def levels_apart(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> int:
    return int(np.abs(a.astype(int) - b.astype(int)).max())


@pytest.fixture
def l0(open_filter: OpenFilter) -> Filter:
    return open_filter(runtimes.installed()[0])


def test_golden_bytes_within_a_level_and_restoration_above_40_db(
    runtime: str, open_filter: OpenFilter, shipped_bundle: Path
) -> None:
    opened = open_filter(runtime)
    golden = next(golden for golden in opened.bundle.manifest.goldens if golden.name == "chelsea")
    photo, filtered, restored = (
        read_photo(shipped_bundle / path).pixels for path in (golden.photo, golden.filtered, golden.restored)
    )
    applied = opened.apply(photo)
    assert levels_apart(applied, filtered) <= 1
    assert psnr(applied, photo) < 40  # it is a filter, after all
    undone = opened.restore(applied)
    assert psnr(opened.run_again(applied), photo) > 40  # as an exact file is restored; once, it is the golden's
    assert psnr(undone, restored) > 60  # a byte that differs in the filtered file moves its neighbourhood a little


@pytest.mark.parametrize("direction", ["forward", "inverse"])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (5, 3)])
def test_tiny_photos_keep_their_size_and_get_the_bytes_of_the_reference(
    runtime: str, size: tuple[int, int], direction: Direction, chelsea: NDArray[np.uint8], open_filter: OpenFilter
) -> None:
    pixels = chelsea[100 : 100 + size[0], 150 : 150 + size[1]]
    result = open_filter(runtime).run(direction, pixels)
    assert (result.shape, result.dtype) == (pixels.shape, np.uint8)
    assert levels_apart(result, open_filter("torch").run(direction, pixels)) <= 1


@pytest.mark.parametrize("size", [(64, 64), (63, 64), (64, 63), (63, 101)])
def test_odd_sizes_restore_as_well_as_even_ones(size: tuple[int, int], chelsea: NDArray[np.uint8], l0: Filter) -> None:
    pixels = chelsea[80 : 80 + size[0], 90 : 90 + size[1]]
    assert psnr(l0.run_again(l0.apply(pixels)), pixels) > 40


@pytest.mark.parametrize(
    "view", [lambda p: p[::2, ::3], lambda p: p[::-1], lambda p: p.transpose(1, 0, 2), lambda p: p[:, :, ::-1]]
)
def test_the_layout_in_memory_does_not_matter_and_the_photo_is_not_changed(
    view: Callable[[NDArray[np.uint8]], NDArray[np.uint8]], chelsea: NDArray[np.uint8], l0: Filter
) -> None:
    pixels = view(chelsea[:64, :90].copy())
    before = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    np.testing.assert_array_equal(l0.apply(pixels), l0.apply(before.copy()))
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 3), np.uint16),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 1), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((1, 4, 4, 3), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 0, 3), np.uint8),
    ],
    ids=lambda pixels: f"{pixels.dtype}{pixels.shape}",
)
def test_what_is_no_photo_is_refused_with_what_was_given(pixels: NDArray[np.uint8], l0: Filter) -> None:
    for direction in (l0.apply, l0.restore):
        with pytest.raises(ValueError, match=f"got {pixels.dtype}"):
            direction(pixels)


def test_open_takes_the_first_installed_runtime(shipped_bundle: Path) -> None:
    assert Filter.open(str(shipped_bundle)).runtime == runtimes.installed()[0]


def test_open_takes_the_first_installed_runtime_that_opens_the_precision(
    bundle_copy: Path, edit_manifest: Callable[[Path, Callable[[dict[str, Any]], Any]], None]
) -> None:
    if "mil" not in runtimes.installed():
        pytest.skip("runtime mil is not installed")

    def without_others(fields: dict[str, Any]) -> None:
        fields["artifacts"] = [a for a in fields["artifacts"] if a["precision"] == "fp32" or a["format"] == "mlpackage"]

    edit_manifest(bundle_copy, without_others)
    expected = "coreml" if "coreml" in runtimes.installed() else "mil"
    assert Filter.open(bundle_copy, precision="fp16").runtime == expected


def test_open_without_any_runtime_says_how_to_add_one(shipped_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "NAMES", ())
    with pytest.raises(RuntimeUnavailable, match=r"pip install 'unfilter\[onnx\]'"):
        Filter.open(shipped_bundle)


def test_open_refuses_an_unknown_runtime_and_an_absent_precision(shipped_bundle: Path) -> None:
    with pytest.raises(RuntimeUnavailable, match="choose one of onnx, "):
        Filter.open(shipped_bundle, runtime="onx")
    with pytest.raises(BundleError, match="no pt2 forward in fp16"):
        Filter.open(shipped_bundle, runtime="torch", precision="fp16")


def test_a_changed_byte_is_seen_before_an_artifact_is_loaded(
    runtime: str, bundle_copy: Path, flip_byte: Callable[[Path], None]
) -> None:
    bundle = Bundle(bundle_copy)
    artifact = bundle.artifact(runtimes.sibling(runtime).FORMAT, "forward", "fp32")
    entry = next(e for e in bundle.manifest.files if e.path.startswith(artifact.path) and not e.volatile)
    flip_byte(bundle_copy / entry.path)
    opened = Filter.open(bundle_copy, runtime=runtime)
    with pytest.raises(BundleError, match=rf"{artifact.path}.*sha256 differs"):
        opened.apply(np.zeros((4, 4, 3), np.uint8))


@pytest.fixture
def camera_photo(tmp_path: Path, chelsea: NDArray[np.uint8]) -> Path:
    """A JPEG with profile, XMP, and EXIF that says it is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees to show
    exif[0x010F] = "camera maker"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = tmp_path / "camera.jpg"
    write_photo(path, Photo(chelsea[:50, :81], icc_profile=profile, exif=exif.tobytes(), xmp=XMP), quality=97)
    return path


HEIC = pytest.mark.skipif(not find_spec("pillow_heif"), reason="pillow-heif is not installed")


@pytest.fixture(scope="session")
def jpeg_l0(jpeg_bundle: Path) -> Filter:
    """The same filter, as if it had been trained for JPEG."""
    return Filter.open(jpeg_bundle)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("f.png", "png"),
        ("f.webp", "webp"),
        pytest.param("f.heic", "heic", marks=HEIC),
        ("f.jpg", "jpeg"),
        ("F.JPEG", "jpeg"),
    ],
)
def test_a_filtered_file_says_what_made_it_and_carries_what_came_with_the_photo(
    name: str, codec: Codec, camera_photo: Path, tmp_path: Path, jpeg_l0: Filter
) -> None:
    l0 = jpeg_l0
    filtered, restored = tmp_path / name, tmp_path / "restored.png"
    assert l0.apply_file(camera_photo, filtered, quality=91) == ()
    l0.restore_file(str(filtered), str(restored))
    photo, after_apply, after_restore = (read_photo(path) for path in (camera_photo, filtered, restored))
    manifest = l0.bundle.manifest
    quality = 91 if codec == "jpeg" else None
    requires = ("mark",) if quality else ()
    expected = Tag(filter="l0", restoration=manifest.restoration, codec=codec, quality=quality, requires=requires)
    filtered_pixels = l0.apply(photo.pixels)
    of_a_jpeg = marked(filtered_pixels, manifest.restoration)
    made = fingerprint_of(coded(of_a_jpeg, quality, "4:4:4")) if quality else of_exact(filtered_pixels)
    assert after_apply.tag == expected.model_copy(update={"fingerprint": made})
    assert after_restore.tag is None
    assert b"unfilter" not in restored.read_bytes()
    assert photo.icc_profile
    assert photo.exif
    assert photo.xmp == XMP
    for after in (after_apply, after_restore):
        assert (after.icc_profile, after.exif) == (photo.icc_profile, photo.exif)
        assert 'dc:source="camera"' in (after.xmp or "")
        assert after.pixels.shape == photo.pixels.shape  # nothing was turned
    if codec != "jpeg":
        np.testing.assert_array_equal(after_apply.pixels, l0.apply(photo.pixels))
        np.testing.assert_array_equal(after_restore.pixels, l0.run_again(after_apply.pixels))
        assert psnr(after_restore.pixels, photo.pixels) > 40


def test_a_jpeg_is_refused_by_a_filter_that_was_not_trained_for_it(
    camera_photo: Path, bundle_copy: Path, edit_manifest: Callable[..., None]
) -> None:
    edit_manifest(bundle_copy, lambda fields: fields.update(carriers=["exact"]))
    with pytest.raises(PhotoError, match=r"not trained for JPEG.*use \.png, \.webp or \.heic"):
        Filter.open(bundle_copy).apply_file(camera_photo, target := camera_photo.with_name("f.jpg"))
    assert not target.exists()


@pytest.mark.parametrize(("name", "chroma"), [("4:4:4", 0), ("4:2:0", 2)])
def test_the_chroma_of_a_filtered_jpeg_is_full_unless_asked_for(
    camera_photo: Path, jpeg_l0: Filter, name: Subsampling, chroma: int
) -> None:
    jpeg_l0.apply_file(camera_photo, target := camera_photo.with_name("f.jpg"), subsampling=name)
    with Image.open(target) as image:
        assert JpegImagePlugin.get_sampling(image) == chroma


@pytest.mark.parametrize("name", ["f.png", "f.webp", pytest.param("f.heic", marks=HEIC)])
def test_alpha_goes_around_the_network_exactly_in_both_directions(
    name: str, tmp_path: Path, chelsea: NDArray[np.uint8], l0: Filter
) -> None:
    pixels = chelsea[:50, :81]
    # What is visible at all; colours under alpha 0 are those of test_transparency.
    alpha = np.random.default_rng(0).integers(1, 256, pixels.shape[:2], dtype=np.uint8)
    write_photo(tmp_path / "p.png", Photo(pixels, alpha=alpha))
    l0.apply_file(tmp_path / "p.png", tmp_path / name)
    l0.restore_file(tmp_path / name, tmp_path / "r.png")
    filtered, restored = read_photo(tmp_path / name), read_photo(tmp_path / "r.png")
    np.testing.assert_array_equal(filtered.pixels, l0.apply(pixels))  # as if there were no alpha
    for photo in (filtered, restored):
        np.testing.assert_array_equal(photo.alpha, alpha)
    assert psnr(restored.pixels, pixels) > 40


@HEIC
@pytest.mark.parametrize("orientation", [3, 6, 7])
def test_a_turned_photo_restores_through_heic(
    orientation: int, tmp_path: Path, chelsea: NDArray[np.uint8], l0: Filter
) -> None:
    """Odd sides: were the picture turned, the left-over lines would lie elsewhere, and the squeeze's cells too."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = chelsea[:51, :81]
    write_photo(tmp_path / "p.heic", Photo(pixels, exif=exif.tobytes()))
    l0.apply_file(tmp_path / "p.heic", tmp_path / "f.heic")
    l0.restore_file(tmp_path / "f.heic", tmp_path / "r.heic")
    restored = read_photo(tmp_path / "r.heic")
    assert restored.exif == exif.tobytes()
    np.testing.assert_array_equal(restored.pixels, l0.run_again(l0.apply(pixels)))
    assert psnr(restored.pixels, pixels) > 40


def test_a_grey_photo_comes_back_with_channels_that_are_equal_to_within_the_filters_accuracy(
    tmp_path: Path, chelsea: NDArray[np.uint8], l0: Filter
) -> None:
    Image.fromarray(chelsea).convert("L").save(tmp_path / "grey.png")
    l0.apply_file(tmp_path / "grey.png", tmp_path / "f.png")
    l0.restore_file(tmp_path / "f.png", tmp_path / "r.png")
    restored = read_photo(tmp_path / "r.png").pixels
    assert psnr(restored, read_photo(tmp_path / "grey.png").pixels) > 40
    assert psnr(restored[..., :1], restored[..., 1:2]) > 40


def test_what_is_left_behind_is_said_and_what_needs_asking_is_done_on_asking(
    tmp_path: Path, chelsea: NDArray[np.uint8], l0: Filter
) -> None:
    Image.fromarray(chelsea[:40, :60]).convert("CMYK").save(tmp_path / "p.jpg")
    with pytest.raises(PhotoError, match="--convert"):
        l0.apply_file(tmp_path / "p.jpg", tmp_path / "f.png")
    notes = l0.apply_file(tmp_path / "p.jpg", tmp_path / "f.png", convert=True)
    assert notes == ("CMYK was converted to sRGB without a profile",)
    with pytest.raises(PhotoError, match="declares 60 x 40"):
        l0.restore_file(tmp_path / "f.png", tmp_path / "r.png", limit=100)


@pytest.fixture
def filtered_file(camera_photo: Path, l0: Filter) -> Path:
    path = camera_photo.with_name("filtered.png")
    l0.apply_file(camera_photo, path)
    return path


def _of_another_filter(filtered: Path) -> Path:
    photo = read_photo(filtered)
    assert photo.tag
    write_photo(filtered, replace(photo, tag=Tag(filter="l0", restoration="0" * 64, codec="png")))
    return filtered


def _saved_again_as_jpeg(filtered: Path) -> Path:
    write_photo(path := filtered.with_suffix(".jpg"), read_photo(filtered))
    return path


@pytest.mark.parametrize(
    ("spoil", "reason"), [(_of_another_filter, "name the right bundle"), (_saved_again_as_jpeg, "is now jpeg")]
)
def test_what_this_filter_cannot_restore_is_refused_unless_forced(
    spoil: Callable[[Path], Path], reason: str, filtered_file: Path, l0: Filter
) -> None:
    source, target = spoil(filtered_file), filtered_file.with_name("restored.png")
    with pytest.raises(PhotoError, match=reason) as caught:
        l0.restore_file(source, target)
    assert "\n" not in str(caught.value)
    assert not target.exists()
    l0.restore_file(source, target, force=True)
    assert read_photo(target).tag is None


def test_a_file_whose_tag_was_stripped_is_restored_by_the_filter_that_the_caller_names(
    filtered_file: Path, camera_photo: Path, l0: Filter
) -> None:
    write_photo(filtered_file, Photo(read_photo(filtered_file).pixels))
    l0.restore_file(filtered_file, target := filtered_file.with_name("restored.png"))
    # Once: without a tag, nothing says that every level is as it was saved.
    np.testing.assert_array_equal(read_photo(target).pixels, l0.restore(read_photo(filtered_file).pixels))
    assert psnr(read_photo(target).pixels, read_photo(camera_photo).pixels) > 35


@pytest.mark.parametrize("direction", ["forward", "inverse"])
def test_progress_counts_the_pixels_that_the_network_sees_from_none_to_all(
    direction: Direction, chelsea: NDArray[np.uint8], bundle_copy: Path, edit_manifest: Callable[..., None]
) -> None:
    """Six tiles, without the halo that would leave one; the odd row and column are not the network's."""
    edit_manifest(bundle_copy, lambda fields: fields["tiles"].update(tile=128, halo=0, forward_halo=0))
    seen: list[tuple[int, int]] = []
    small_tiles = Filter.open(bundle_copy, runtime="onnx")
    result = small_tiles.run(direction, chelsea, progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert (seen[0], seen[-1], len(seen)) == ((0, 224 * 300), (224 * 300, 224 * 300), 7)
    np.testing.assert_array_equal(result, small_tiles.run(direction, chelsea))


def test_a_file_that_was_read_already_is_not_read_again(filtered_file: Path, l0: Filter) -> None:
    photo = read_photo(filtered_file)
    l0.restore_file(filtered_file, restored := filtered_file.with_name("restored.png"))
    filtered_file.write_bytes(b"no longer a photo")
    np.testing.assert_array_equal(l0.restored(filtered_file, photo).pixels, read_photo(restored).pixels)


def test_a_photo_is_never_overwritten_by_its_own_result(filtered_file: Path, l0: Filter) -> None:
    link = filtered_file.with_name("link.png")
    link.symlink_to(filtered_file)
    before = filtered_file.read_bytes()
    for method in (l0.apply_file, l0.restore_file):
        for target in (filtered_file, link):
            with pytest.raises(PhotoError, match="is the photo itself"):
                method(filtered_file, target)
    assert filtered_file.read_bytes() == before


@pytest.mark.parametrize("target", ["absent/out.png", "out.avif", "out", "taken.png"])
def test_an_output_that_cannot_be_written_leaves_nothing(target: str, filtered_file: Path, l0: Filter) -> None:
    (filtered_file.parent / "taken.png").mkdir()
    before = sorted(filtered_file.parent.rglob("*"))
    for method in (l0.apply_file, l0.restore_file):
        with pytest.raises(PhotoError) as caught:
            method(filtered_file, filtered_file.parent / target)
        assert "\n" not in str(caught.value)
        assert target in str(caught.value)
    assert sorted(filtered_file.parent.rglob("*")) == before


def _as_pixels(path: Path) -> NDArray[np.uint8]:
    return read_photo(path).pixels


def _as_file(path: Path) -> BytesIO:
    return BytesIO(path.read_bytes())


def _read(given: object) -> Photo:
    """What was given or came back, whatever its kind."""
    match given:
        case np.ndarray():
            return Photo(given)
        case bytes():
            return read_photo(BytesIO(given))
        case BytesIO():
            return read_photo(BytesIO(given.getvalue()))
        case Image.Image():
            return photo_of(given)
    raise AssertionError(type(given))


@pytest.mark.parametrize(
    "given", [_as_pixels, Path.read_bytes, _as_file, Image.open], ids=["array", "bytes", "file", "image"]
)
def test_what_is_given_comes_back_of_its_kind_with_the_same_pixels_and_restores(
    given: Callable[[Path], Any], camera_photo: Path, l0: Filter
) -> None:
    photo = given(camera_photo)
    filtered = l0.apply(photo)
    restored = l0.restore(filtered)
    kind = Image.Image if given == Image.open else type(photo)
    assert isinstance(filtered, kind)
    assert isinstance(restored, kind)
    pixels, found, back = read_photo(camera_photo).pixels, _read(filtered), _read(restored)
    np.testing.assert_array_equal(found.pixels, l0.apply(pixels))
    whatever = kind is np.ndarray  # which may have been anything, so that it is restored once
    expected_pixels = l0.restore(found.pixels) if whatever else l0.run_again(found.pixels)
    np.testing.assert_array_equal(back.pixels, expected_pixels)
    if kind is not np.ndarray:
        expected = Tag(filter="l0", restoration=l0.bundle.manifest.restoration, codec="png")
        assert found.tag == expected.model_copy(update={"fingerprint": of_exact(found.pixels)})
        assert back.tag is None
        original = read_photo(camera_photo)
        assert all((each.icc_profile, each.exif) == (original.icc_profile, original.exif) for each in (found, back))


@pytest.mark.parametrize("path", [str, Path])
def test_paths_give_the_path_that_was_written(path: Callable[[Path], Any], camera_photo: Path, l0: Filter) -> None:
    target, back = camera_photo.with_name("f.png"), camera_photo.with_name("r.png")
    assert l0.apply(path(camera_photo), path(target)) == target
    assert l0.restore(path(target), path(back)) == back
    assert psnr(read_photo(back).pixels, read_photo(camera_photo).pixels) > 40


def test_a_path_without_a_target_and_a_target_without_a_path_are_told(camera_photo: Path, l0: Filter) -> None:
    call: Any
    for call in (l0.apply, l0.restore):
        with pytest.raises(TypeError, match="a path needs another one to write to"):
            call(camera_photo)
        with pytest.raises(TypeError, match="only a path is written to another path, not bytes"):
            call(camera_photo.read_bytes(), camera_photo)


def test_bytes_of_another_filter_are_refused_unless_forced(filtered_file: Path, l0: Filter) -> None:
    content = _of_another_filter(filtered_file).read_bytes()
    with pytest.raises(PhotoError, match="name the right bundle"):
        l0.restore(content)
    assert _read(l0.restore(content, force=True)).tag is None
