"""Law: the quantiser tables of the manifest are those of the file, at its quality (R36); what it says of itself holds."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from unfilter import Filter, read_photo, write_photo
from unfilter.format.quantisation import ANNEX_K, QuantiserTables
from unfilter.jobs.detection.examination import examine
from unfilter.photo import Photo, Subsampling

OWN = QuantiserTables(luma=tuple(range(20, 84)), chroma=tuple(range(90, 26, -1)))


@pytest.fixture
def with_tables(small_bundle: Path, tmp_path: Path, edit_manifest: Callable[..., None]) -> Filter:
    """A filter that has tables for 4:2:0."""
    shutil.copytree(small_bundle, tmp_path / "l0")
    entry = {"subsampling": "4:2:0", "luma": OWN.luma, "chroma": OWN.chroma}
    edit_manifest(tmp_path / "l0", lambda fields: fields.update(quantisation=[entry]))
    return Filter.open(tmp_path / "l0", runtime="onnx")


@pytest.fixture
def photo(golden_photos: Path, tmp_path: Path) -> Path:
    pixels = read_photo(golden_photos / "chelsea.webp").pixels[:90, :117]
    write_photo(tmp_path / "photo.png", Photo(np.ascontiguousarray(pixels)))
    return tmp_path / "photo.png"


@pytest.mark.parametrize(("subsampling", "tables"), [("4:2:0", OWN), ("4:4:4", ANNEX_K)])
@pytest.mark.parametrize("quality", [70, 91])
def test_a_filtered_jpeg_has_the_tables_of_its_filter_and_is_restored(
    with_tables: Filter, photo: Path, tmp_path: Path, quality: int, subsampling: Subsampling, tables: QuantiserTables
) -> None:
    filtered = tmp_path / "filtered.jpg"
    with_tables.apply_file(photo, filtered, quality=quality, subsampling=subsampling, mark=False)
    with Image.open(filtered) as image:
        assert isinstance(image, JpegImageFile)
        assert tuple(list(image.quantization[number]) for number in range(2)) == tables.at(quality)
    saved = read_photo(filtered)
    assert saved.tag is not None
    assert saved.tag.quality == quality
    assert examine(with_tables.graphs, saved).made
    with_tables.restore_file(filtered, tmp_path / "restored.png")
    np.testing.assert_array_equal(read_photo(tmp_path / "restored.png").pixels, with_tables.restore(saved.pixels))


def test_a_photo_filtered_in_memory_is_written_with_the_tables_that_its_tag_tells_of(
    with_tables: Filter, photo: Path, tmp_path: Path
) -> None:
    filtered = with_tables.filtered(read_photo(photo), "jpeg", {}, quality=80, subsampling="4:2:0")
    write_photo(tmp_path / "filtered.jpg", filtered, quality=80, subsampling="4:2:0")
    assert examine(with_tables.graphs, read_photo(tmp_path / "filtered.jpg")).made


def test_a_file_that_another_encoder_wrote_again_is_found_out(with_tables: Filter, photo: Path, tmp_path: Path) -> None:
    filtered = tmp_path / "filtered.jpg"
    with_tables.apply_file(photo, filtered, quality=80, subsampling="4:2:0")
    again = replace(read_photo(filtered), pixels=read_photo(filtered).pixels)
    write_photo(tmp_path / "again.jpg", again, quality=80, subsampling="4:2:0")
    assert examine(with_tables.graphs, read_photo(tmp_path / "again.jpg")).made is False


def test_a_top_up_rests_on_what_is_restored_from_those_tables(with_tables: Filter, photo: Path, tmp_path: Path) -> None:
    filtered = tmp_path / "filtered.jpg"
    with_tables.apply_file(photo, filtered, quality=80, subsampling="4:2:0", top_up="exact")
    with_tables.restore_file(filtered, tmp_path / "restored.png")
    np.testing.assert_array_equal(read_photo(tmp_path / "restored.png").pixels, read_photo(photo).pixels)


def test_a_filter_without_tables_writes_annex_k(small_bundle: Path, photo: Path, tmp_path: Path) -> None:
    Filter.open(small_bundle, runtime="onnx").apply_file(photo, tmp_path / "f.jpg", quality=80, subsampling="4:2:0")
    with Image.open(tmp_path / "f.jpg") as image:
        assert isinstance(image, JpegImageFile)
        assert tuple(list(image.quantization[number]) for number in range(2)) == ANNEX_K.at(80)
