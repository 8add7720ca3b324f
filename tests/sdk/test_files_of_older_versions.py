"""Bundles and filtered files of every released schema stay usable for ever."""

import json
from pathlib import Path

import pytest

from unfilter import Bundle, Filter, PhotoError, Tag, read_photo
from unfilter.proof.fidelity import psnr

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures").glob("bundle-schema-*"))


def test_there_is_a_fixture_of_the_first_schema() -> None:
    assert [path.name for path in FIXTURES][:1] == ["bundle-schema-1"]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.name)
def test_an_old_bundle_still_restores_the_file_that_it_filtered(fixture: Path, tmp_path: Path) -> None:
    bundle = Bundle(fixture)
    tag = read_photo(fixture / "filtered.png").tag
    assert tag == Tag(filter=bundle.manifest.filter, restoration=bundle.manifest.restoration, codec="png")
    Filter.open(fixture, runtime="onnx").restore_file(fixture / "filtered.png", tmp_path / "restored.png")
    restored, photo = (read_photo(path).pixels for path in (tmp_path / "restored.png", fixture / "photo.png"))
    assert psnr(restored, photo) > 44


def test_a_bundle_from_before_carriers_means_exact_ones_only(tmp_path: Path) -> None:
    old = FIXTURES[0]
    assert "carriers" not in json.loads((old / "manifest.json").read_text())
    assert Bundle(old).manifest.carriers == ("exact",)
    with pytest.raises(PhotoError, match="not trained for JPEG"):
        Filter.open(old, runtime="onnx").apply_file(old / "photo.png", tmp_path / "f.jpg")


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.name)
def test_an_old_filtered_jpeg_still_says_what_made_it(fixture: Path) -> None:
    tag = read_photo(fixture / "filtered.jpg").tag
    assert tag is not None
    assert (tag.filter, tag.codec) == ("l0", "jpeg")
    assert tag.restoration == Bundle(fixture).manifest.restoration
