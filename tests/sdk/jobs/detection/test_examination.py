"""Laws: files as the filter saved them are told from others by their pixels alone; `restore` refuses the others with what
was measured, unless forced, and again on the next run; a bundle without a detector refuses nothing that has no tag.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unfilter.cli import main
from unfilter.errors import BundleError, PhotoError
from unfilter.format.bundle import digest
from unfilter.format.tag import tag_of
from unfilter.jobs.detection.detector import FILE
from unfilter.jobs.detection.examination import examine
from unfilter.jobs.filter import Filter
from unfilter.photo import Photo, Subsampling, read_photo, write_photo
from unfilter.photo.pillow import image_of, photo_of
from unfilter.photo.write import encode_photo
from unfilter_training.checkpoint import find

EditManifest = Callable[..., None]


@pytest.fixture(scope="session")
def calibrated_bundle(shipped_bundle: Path, tmp_path_factory: pytest.TempPathFactory, edit_manifest: EditManifest) -> Path:
    """The shipped bundle with the shipped detector, also where UNFILTER_TEST_BUNDLE names one of older days. Read only."""
    folder = tmp_path_factory.mktemp("calibrated") / "l0"
    shutil.copytree(shipped_bundle, folder)
    shutil.copyfile(find("l0") / FILE, folder / FILE)
    entry = {"path": FILE, "sha256": digest(folder / FILE), "bytes": (folder / FILE).stat().st_size, "volatile": False}

    def add(fields: dict[str, object]) -> None:
        files = [known for known in fields["files"] if known["path"] != FILE]  # type: ignore[attr-defined]
        fields.update(detection=FILE, files=[*files, entry], carriers=["exact", "jpeg"])

    edit_manifest(folder, add)
    return folder


@pytest.fixture(scope="session")
def l0(calibrated_bundle: Path) -> Filter:
    return Filter.open(calibrated_bundle)


@pytest.fixture(scope="session")
def photo(golden_photos: Path) -> NDArray[np.uint8]:
    return read_photo(golden_photos / "astronaut.webp").pixels


@pytest.fixture(scope="session")
def filtered(photo: NDArray[np.uint8], l0: Filter) -> NDArray[np.uint8]:
    return l0.apply(photo)


def through_jpeg(pixels: NDArray[np.uint8], quality: int, subsampling: Subsampling = "4:4:4") -> NDArray[np.uint8]:
    Image.fromarray(pixels).save(file := BytesIO(), "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file))


def test_a_file_as_it_was_saved_is_known_by_its_pixels(filtered: NDArray[np.uint8], l0: Filter) -> None:
    found = examine(l0.graphs, Photo(filtered))
    assert found.made is True
    assert found.confidence is not None
    assert found.confidence > 0.5


@pytest.mark.parametrize(
    "alter",
    [
        lambda pixels: np.asarray(Image.fromarray(pixels).resize((480, 320))),
        lambda pixels: (pixels * 1.15).clip(0, 255).astype(np.uint8),
        lambda pixels: through_jpeg(pixels, 50),
        lambda pixels: through_jpeg(pixels, 85, "4:2:0"),
    ],
    ids=["resized", "brighter", "JPEG 50", "JPEG 85"],
)
def test_an_altered_file_is_known_by_its_pixels(
    alter: Callable[[NDArray[np.uint8]], NDArray[np.uint8]], filtered: NDArray[np.uint8], l0: Filter
) -> None:
    found = examine(l0.graphs, Photo(alter(filtered)))
    assert found.made is False
    assert "not as the filter saved it" in found.reason


def test_a_plain_photo_is_refused_and_restored_only_by_force(
    golden_photos: Path, calibrated_bundle: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    command = ["restore", "--filter", str(calibrated_bundle), str(golden_photos / "astronaut.webp"), str(tmp_path / "r.png")]
    assert main(command) == 2
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "forward(inverse) lands" in said
    assert "force it" in said
    assert not (tmp_path / "r.png").exists()
    assert main([*command, "--force"]) == 0


def test_of_many_files_an_altered_one_is_one_line_and_restored_only_by_force(
    filtered: NDArray[np.uint8], calibrated_bundle: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for name, pixels in (("altered", through_jpeg(filtered, 50)), ("kept", filtered)):
        write_photo(source / f"{name}.png", Photo(pixels))
    command = ["restore", "--filter", str(calibrated_bundle), str(source), "--out", str(out)]
    assert main(command) == 3
    said = capfd.readouterr()
    assert said.out.endswith("2 photos: 1 restored, 1 failed\n")
    assert said.err.startswith(f"unfilter: {source / 'altered.png'}: is no file of filter l0, or not as it was saved")
    assert said.err.count("\n") == 1
    assert [path.name for path in out.iterdir()] == ["kept.png"]
    assert main([*command, "--force"]) == 0
    assert capfd.readouterr().out.endswith("2 photos: 1 restored, 1 there already\n")
    assert main(command) == 3
    assert capfd.readouterr().out.endswith("2 photos: 1 there already, 1 failed\n")


def test_bytes_and_pillow_images_are_refused_as_files_are(filtered: NDArray[np.uint8], l0: Filter) -> None:
    good, bad = Photo(filtered), Photo(through_jpeg(filtered, 50))
    assert Image.open(BytesIO(l0.restore(encode_photo(good, "png")))).size == l0.restore(image_of(good)).size
    for refused in (lambda: l0.restore(encode_photo(bad, "png")), lambda: l0.restore(image_of(bad))):
        with pytest.raises(PhotoError, match="not as the filter saved it"):
            refused()
    assert l0.restore(image_of(bad), force=True).size == image_of(bad).size


@pytest.mark.parametrize("opened", [lambda image: image, lambda image: image.copy()], ids=["opened", "copied"])
def test_a_pillow_image_from_a_jpeg_is_judged_as_a_jpeg(
    opened: Callable[[Image.Image], Image.Image], photo: NDArray[np.uint8], l0: Filter, tmp_path: Path
) -> None:
    write_photo(tmp_path / "p.png", Photo(photo))
    l0.apply_file(tmp_path / "p.png", tmp_path / "f.jpg", quality=90)
    from_pillow, from_file = photo_of(opened(Image.open(tmp_path / "f.jpg"))), read_photo(tmp_path / "f.jpg")
    assert from_file.quality == 90
    assert examine(l0.graphs, from_pillow) == examine(l0.graphs, from_file)


def test_inspect_shows_the_verdict_with_tag_and_without(
    photo: NDArray[np.uint8],
    calibrated_bundle: Path,
    l0: Filter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_photo(tmp_path / "p.png", Photo(photo))
    l0.apply_file(tmp_path / "p.png", tmp_path / "f.png")
    write_photo(tmp_path / "stripped.png", replace(read_photo(tmp_path / "f.png"), tag=None))
    monkeypatch.setenv("UNFILTER_BUNDLES", str(calibrated_bundle.parent))
    said = {}
    for name, more in (("f", []), ("stripped", []), ("stripped", ["--filter", str(calibrated_bundle)]), ("p", [])):
        assert main(["inspect", str(tmp_path / f"{name}.png"), *more]) == 0
        said[name, bool(more)] = capsys.readouterr().out
    for key, measured in ((("f", False), "its pixels are those"), (("stripped", True), "forward(inverse) lands")):
        assert "verdict       as the filter saved it" in said[key]
        assert "\nconfidence    " in said[key]
        assert f"\nmeasured      {measured}" in said[key]
    assert "verdict       as the filter saved it\nmade by       l0\n" in said["stripped", False]
    assert "verdict       altered, or made by something else" in said["p", False]


def test_a_jpeg_that_was_compressed_again_is_known_by_its_tables(
    photo: NDArray[np.uint8], l0: Filter, tmp_path: Path
) -> None:
    write_photo(tmp_path / "p.png", Photo(photo))
    l0.apply_file(tmp_path / "p.png", tmp_path / "f.jpg", quality=95, mark=False)  # a mark would say that it was shared
    write_photo(tmp_path / "again.jpg", read_photo(tmp_path / "f.jpg"), quality=80)
    with pytest.raises(PhotoError, match="saved as a JPEG of quality 95, and its tables are of 80 now"):
        l0.restore_file(tmp_path / "again.jpg", tmp_path / "r.png")
    write_photo(tmp_path / "stripped.jpg", replace(read_photo(tmp_path / "f.jpg"), tag=None), quality=50)
    with pytest.raises(PhotoError, match="quality 50, where the filter was trained for 60 and above"):
        l0.restore_file(tmp_path / "stripped.jpg", tmp_path / "r.png")


def test_a_bundle_without_a_detector_gives_no_verdict_and_refuses_nothing(
    photo: NDArray[np.uint8],
    bundle_copy: Path,
    edit_manifest: EditManifest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edit_manifest(bundle_copy, lambda fields: fields.pop("detection", None))
    write_photo(tmp_path / "p.png", Photo(photo[:200, :200]))
    assert main(["inspect", "--filter", str(bundle_copy), str(tmp_path / "p.png")]) == 0
    assert "verdict       cannot tell: bundle has no calibration" in capsys.readouterr().out
    Filter.open(bundle_copy).restore_file(tmp_path / "p.png", tmp_path / "r.png")


def test_small_and_flat_photos_get_no_verdict(photo: NDArray[np.uint8], l0: Filter) -> None:
    for pixels in (photo[:90, :200], np.zeros((200, 200, 3), np.uint8)):
        found = examine(l0.graphs, Photo(pixels))
        assert (found.made, found.confidence) == (None, None)
        assert "flat, or smaller than 96 x 96" in found.reason


def test_a_detector_that_was_changed_is_not_used(
    calibrated_bundle: Path,
    photo: NDArray[np.uint8],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "l0"
    shutil.copytree(calibrated_bundle, folder)
    fields = json.loads((folder / FILE).read_text())
    (folder / FILE).write_text(json.dumps(fields | {"photos": 1}))
    with pytest.raises(BundleError, match=r"detection\.json"):
        examine(Filter.open(folder).graphs, Photo(photo))
    tag = tag_of(Filter.open(folder).bundle.manifest, "png", 95, {})  # as of an older unfilter
    write_photo(tmp_path / "f.png", Photo(photo, tag=tag))
    monkeypatch.setenv("UNFILTER_BUNDLES", str(tmp_path))
    assert main(["inspect", str(tmp_path / "f.png")]) == 0
    assert f"verdict       none: {folder / FILE}: " in capfd.readouterr().out
    for command in (["inspect", "--filter", str(folder)], ["restore", str(tmp_path / "f.png")]):
        assert main([*command, str(tmp_path / "f.png" if command[0] == "inspect" else tmp_path / "r.png")]) == 2
        said = capfd.readouterr().err
        assert said.startswith(f"unfilter: {folder / FILE}: ")
        assert said.count("\n") == 1
