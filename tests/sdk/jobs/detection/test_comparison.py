"""Laws: a file is restored without a word where its tag bears its pixels out, in every format and after every lossless edit,
with no detector in the bundle; any altered one is refused with what was found, and restored by force.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unfilter.cli import main
from unfilter.errors import PhotoError
from unfilter.jobs.detection.comparison import compare
from unfilter.jobs.filter import Filter
from unfilter.photo import Photo, read_photo, write_photo
from unfilter.photo.pillow import image_of, photo_of

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def l0(small_bundle: Path) -> Filter:
    return Filter.open(small_bundle, runtime="onnx")


@pytest.fixture
def file(l0: Filter, chelsea: Pixels, tmp_path: Path) -> Callable[[str], Path]:
    """Filters a photo into a file of that name, without a mark, by which an altered one would be a shared one."""

    def make(name: str) -> Path:
        write_photo(tmp_path / "photo.png", Photo(chelsea))
        l0.apply_file(tmp_path / "photo.png", tmp_path / name, quality=90, subsampling="4:2:0", mark=False)
        return tmp_path / name

    return make


@pytest.mark.parametrize("name", ["f.png", "f.webp", "f.heic", "f.jpg"])
def test_a_file_as_it_was_saved_is_proven_and_restored(name: str, file: Callable[[str], Path], l0: Filter) -> None:
    if name == "f.heic" and not find_spec("pillow_heif"):
        pytest.skip("pillow-heif is not installed")
    path = file(name)
    found = compare(read_photo(path))
    assert found is not None
    assert (found.made, found.confidence) == (True, 1.0)
    l0.restore_file(path, path.with_name("r.png"))


def test_what_keeps_every_level_is_accepted_in_another_format_too(file: Callable[[str], Path], l0: Filter) -> None:
    photo = read_photo(file("f.png"))
    for name in ("again.png", "again.webp"):
        write_photo(path := file("f.png").with_name(name), photo)
        l0.restore_file(path, path.with_name(f"{name}.restored.png"))
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned, stored as before
    write_photo(path, replace(photo, exif=exif.tobytes()))
    l0.restore_file(path, path.with_name("r.png"))
    assert l0.restore(image_of(photo)).size == (301, 225)


def _level(pixels: Pixels) -> Pixels:
    pixels = pixels.copy()
    pixels[-1, -1, 0] ^= 1
    return pixels


ALTERATIONS: dict[str, Callable[[Pixels], Pixels]] = {
    "one level": _level,
    "cropped": lambda pixels: pixels[:, 2:],
    "resized": lambda pixels: np.asarray(Image.fromarray(pixels).resize((200, 150))),
    "resized and back": lambda pixels: np.asarray(Image.fromarray(pixels).resize((200, 150)).resize((301, 225))),
    "recoloured": lambda pixels: (pixels * 0.9).astype(np.uint8),
    "turned": lambda pixels: pixels[::-1, ::-1],
    "of another photo": lambda pixels: 255 - pixels,
}


@pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS)
@pytest.mark.parametrize("name", ["f.png", "f.jpg"])
def test_an_altered_file_is_refused_unless_forced_though_its_tag_was_kept(
    name: str, alter: Callable[[Pixels], Pixels], file: Callable[[str], Path], l0: Filter
) -> None:
    photo = read_photo(path := file(name))
    write_photo(path, replace(photo, pixels=np.ascontiguousarray(alter(photo.pixels))), quality=90, subsampling="4:2:0")
    with pytest.raises(PhotoError, match=r"not as it was saved: (its pixels are not those|was saved with 301 x 225 pixels)"):
        l0.restore_file(path, path.with_name("r.png"))
    assert not path.with_name("r.png").exists()
    l0.restore_file(path, path.with_name("r.png"), force=True)


def test_a_jpeg_that_was_compressed_again_is_refused_by_its_tables_or_its_sampling(
    file: Callable[[str], Path], l0: Filter
) -> None:
    photo = read_photo(path := file("f.jpg"))
    write_photo(path, photo, quality=70, subsampling="4:2:0")
    with pytest.raises(PhotoError, match="saved as a JPEG of quality 90, and its tables are of 70 now"):
        l0.restore_file(path, path.with_name("r.png"))
    write_photo(path, photo, quality=90, subsampling="4:4:4")
    with pytest.raises(PhotoError, match="its quantiser tables or its chroma sampling are others"):
        l0.restore_file(path, path.with_name("r.png"))


def test_a_jpeg_of_a_tag_from_another_decoder_is_told_by_its_cells(file: Callable[[str], Path]) -> None:
    photo = read_photo(file("f.jpg"))
    for levels, made in ((0, True), (8, False)):
        pixels = np.clip(photo.pixels.astype(int) + levels, 0, 255).astype(np.uint8)
        pixels[0, 0] ^= 1
        found = compare(replace(photo, pixels=pixels, codec=None))
        assert found is not None
        assert found.made is made
        assert found.confidence is not None
        assert 0.5 < found.confidence < 1


def test_a_tag_of_an_older_unfilter_tells_format_and_quality_alone(file: Callable[[str], Path]) -> None:
    photo = read_photo(file("f.jpg"))
    assert photo.tag is not None
    old = replace(photo, tag=photo.tag.model_copy(update={"fingerprint": None}))
    assert compare(old) is None
    assert compare(replace(old, tag=None)) is None
    for other in (replace(old, codec="png"), replace(old, quality=80)):
        found = compare(other)
        assert found is not None
        assert found.made is False


def test_a_pillow_image_keeps_the_proof(file: Callable[[str], Path], l0: Filter) -> None:
    for name in ("f.png", "f.jpg"):
        image = Image.open(file(name))
        assert photo_of(image).tag == read_photo(file(name)).tag
        assert l0.restore(image).size == image.size


def test_inspect_gives_a_verdict_without_any_bundle(
    file: Callable[[str], Path], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file("f.png")
    assert main(["inspect", str(path)]) == 0
    said = capsys.readouterr().out
    assert "verdict       as the filter saved it\nconfidence    100.0%\nmeasured      its pixels are those" in said
    photo = read_photo(path)
    write_photo(path, replace(photo, pixels=_level(photo.pixels)))
    assert main(["inspect", str(path)]) == 0
    assert "verdict       altered, or made by something else\nconfidence    100.0%" in capsys.readouterr().out
