"""Law: what becomes of colours under full transparency changes nothing that is seen, in either direction."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from unfilter.errors import PhotoError
from unfilter.format.fingerprint import of_exact
from unfilter.format.tag import HIDDEN_COLOURS
from unfilter.jobs.detection.comparison import compare
from unfilter.jobs.filter import Filter
from unfilter.photo import Photo, read_photo, write_photo
from unfilter.photo.transparency import given, seen

FIXTURE = Path(__file__).parents[2] / "fixtures/bundle-variable"
RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (40, 56, 3), dtype=np.uint8)
ALPHA = np.full((40, 56), 255, np.uint8)
ALPHA[:, 28:] = 0
ALPHA[10, :28] = RANDOM.integers(1, 255, 28)
VISIBLE = ALPHA > 0
HIDDEN = Photo(PIXELS, "png", alpha=ALPHA)


@pytest.fixture(scope="module")
def variable() -> Filter:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    return Filter.open(FIXTURE, runtime="onnx")


def blackened(photo: Photo) -> Photo:
    """What cwebp, optipng and others may do, and call lossless."""
    return replace(photo, pixels=np.where(VISIBLE[..., None], photo.pixels, np.uint8(0)))


def test_hidden_colours_pass_by_and_change_nothing_that_is_seen(variable: Filter) -> None:
    values = {each.name: each.default for each in variable.hyper_parameters}
    filtered = variable.filtered(HIDDEN, "png", values)
    np.testing.assert_array_equal(filtered.pixels[~VISIBLE], PIXELS[~VISIBLE])
    assert (filtered.pixels[VISIBLE] != PIXELS[VISIBLE]).any()
    other = variable.filtered(blackened(HIDDEN), "png", values)
    np.testing.assert_array_equal(other.pixels[VISIBLE], filtered.pixels[VISIBLE])
    assert filtered.tag is not None
    assert filtered.tag.requires == (HIDDEN_COLOURS,)
    for changed in (filtered, blackened(filtered)):
        found = compare(changed)
        assert found is not None
        assert found.made
        restored = variable.restored("photo", changed)
        np.testing.assert_array_equal(restored.pixels[VISIBLE], variable.restored("photo", filtered).pixels[VISIBLE])
        np.testing.assert_array_equal(restored.pixels[~VISIBLE], changed.pixels[~VISIBLE])
    visible = filtered.pixels.copy()
    visible[0, 0, 0] ^= 1
    with pytest.raises(PhotoError, match="not those that were saved"):
        variable.restored("photo", replace(filtered, pixels=visible))


def test_a_file_of_version_0_1_is_restored_from_all_its_pixels(variable: Filter, tmp_path: Path) -> None:
    """Its network saw the hidden colours, its fingerprint is of all pixels, and its tag requires nothing."""
    opaque = variable.filtered(Photo(PIXELS), "png", {each.name: each.default for each in variable.hyper_parameters})
    assert opaque.tag is not None
    assert "requires" not in json.loads(opaque.tag.to_json())
    old = replace(opaque, alpha=ALPHA)
    assert old.tag is not None
    assert old.tag.fingerprint == of_exact(old.pixels)
    write_photo(path := tmp_path / "old.png", old)
    photo = read_photo(path)
    assert given(photo) is photo.pixels
    restored = variable.restored(path, photo)
    np.testing.assert_array_equal(restored.pixels, variable.restored("photo", opaque).pixels)
    with pytest.raises(PhotoError, match="not those that were saved"):
        variable.restored(path, blackened(photo))


def test_an_opaque_photo_is_seen_as_it_is() -> None:
    assert seen(Photo(PIXELS)) is PIXELS
    assert seen(Photo(PIXELS, alpha=np.ones_like(ALPHA))) is PIXELS
    np.testing.assert_array_equal(seen(HIDDEN)[~VISIBLE], 128)
