"""Laws: tables are scaled as libjpeg scales annex K's; an entry of a later version is skipped; a manifest without tables is
written as before.
"""

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from pydantic import ValidationError

from unfilter.errors import BundleError
from unfilter.format.manifest import Manifest, manifest_of
from unfilter.format.quantisation import ANNEX_K, QuantiserTables, scaled

FIXTURE = Path(__file__).parents[2] / "fixtures/bundle-variable/manifest.json"
ENTRY = {"subsampling": "4:2:0", "luma": [7] * 64, "chroma": list(range(1, 65))}


def manifest(*entries: object) -> Manifest:
    fields = json.loads(FIXTURE.read_text()) | {"quantisation": list(entries)}
    return manifest_of(json.dumps(fields).encode(), Path("manifest.json"))


@pytest.mark.parametrize("quality", [*range(1, 101)])
def test_annex_k_at_a_quality_is_what_libjpeg_writes(quality: int) -> None:
    Image.new("RGB", (8, 8)).save(file := BytesIO(), "JPEG", quality=quality)
    file.seek(0)
    written = JpegImageFile(file).quantization
    assert ANNEX_K.at(quality) == (list(written[0]), list(written[1]))


def test_at_50_they_are_the_tables_themselves_and_steps_stay_in_a_byte() -> None:
    tables = QuantiserTables(luma=tuple(range(1, 65)), chroma=(255,) * 64)
    assert tables.at(50) == (list(range(1, 65)), [255] * 64)
    assert scaled((255, 1), 1) == [255, 50]
    assert scaled((255, 1), 100) == [1, 1]


@pytest.mark.parametrize("luma", [(1,) * 63, (0,) + (1,) * 63, (256,) + (1,) * 63])
def test_a_table_has_64_steps_of_a_byte(luma: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        QuantiserTables(luma=luma, chroma=(1,) * 64)


def test_a_manifest_without_tables_is_written_without_the_field() -> None:
    assert "quantisation" not in json.loads(manifest().model_dump_json())
    (entry,) = manifest(ENTRY).quantisation
    assert json.loads(manifest(ENTRY).model_dump_json())["quantisation"] == [
        {"luma": list(entry.luma), "chroma": list(entry.chroma), "subsampling": "4:2:0"}
    ]


def test_an_entry_of_a_later_version_is_skipped() -> None:
    later = {"subsampling": "4:1:0", "steps": "others"}
    assert [one.subsampling for one in manifest(later, ENTRY | {"later": 1}).quantisation] == ["4:2:0"]


def test_a_bad_table_and_two_of_one_subsampling_are_refused_in_one_line() -> None:
    with pytest.raises(BundleError, match=r"quantisation\.0\.luma: .*64.*; convert the filter again$"):
        manifest(ENTRY | {"luma": [1]})
    with pytest.raises(BundleError, match=r"two entries of one subsampling: 4:2:0, 4:2:0; convert"):
        manifest(ENTRY, ENTRY)
