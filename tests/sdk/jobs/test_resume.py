"""Law: a result counts as done only if it is complete, and made of this photo in this way; nothing is overwritten."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unfilter.errors import PhotoError
from unfilter.jobs.apply import Apply
from unfilter.jobs.filter import Filter
from unfilter.jobs.resume import is_done
from unfilter.photo import Photo, Tag, codec_of, read_photo, write_photo


@pytest.fixture(scope="module")
def l0(small_bundle: Path) -> Filter:
    return Filter.open(small_bundle, runtime="onnx")


class Pair:
    """A photo file and its filtered file, older photo first."""

    def __init__(self, l0: Filter, source: Path, target: Path, pixels: NDArray[np.uint8]) -> None:
        exif = Image.Exif()
        exif[0x010F] = "maker"
        write_photo(source, Photo(pixels, exif=exif.tobytes()))
        self.filter, self.source, self.target = l0, source, target
        self.tag: Tag = Apply(l0.graphs, quality=90).tag(l0.graphs, codec_of(target))
        l0.apply_file(source, target, quality=90)

    def is_done(self) -> bool:
        return is_done(self.filter.graphs, "forward", self.source, read_photo(self.source), self.target, self.tag)


@pytest.fixture(params=["f.png", "f.jpg"])
def pair(request: pytest.FixtureRequest, l0: Filter, tmp_path: Path, chelsea: NDArray[np.uint8]) -> Pair:
    return Pair(l0, tmp_path / "p.png", tmp_path / request.param, chelsea[:101, :203])


def test_what_apply_wrote_is_done_and_stays_as_it_is(pair: Pair) -> None:
    before = pair.target.read_bytes()
    assert pair.is_done()
    assert pair.target.read_bytes() == before


def test_a_photo_that_is_newer_but_the_same_is_done(pair: Pair) -> None:
    os.utime(pair.source, (2e9, 2e9))
    assert pair.is_done()


@pytest.mark.parametrize("prepare", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_nothing_and_an_empty_file_are_not_done(pair: Pair, prepare: Callable[[Path], object]) -> None:
    prepare(pair.target)
    assert not pair.is_done()


def _cut(pair: Pair) -> None:
    pair.target.write_bytes(pair.target.read_bytes()[:-2000])


def _other_text(pair: Pair) -> None:
    pair.target.write_text("notes")


def _folder(pair: Pair) -> None:
    pair.target.unlink()
    pair.target.mkdir()


def _dangling(pair: Pair) -> None:
    pair.target.unlink()
    pair.target.symlink_to("nowhere")


def _the_photo(pair: Pair) -> None:
    pair.target.unlink()
    pair.target.symlink_to(pair.source)


def _an_original(pair: Pair) -> None:
    write_photo(pair.target, replace(read_photo(pair.source), tag=None))


def _other_parameters(pair: Pair) -> None:
    write_photo(pair.target, replace(read_photo(pair.target), tag=pair.tag.model_copy(update={"parameters": {"a": 1.0}})))


def _other_exif(pair: Pair) -> None:
    write_photo(pair.target, replace(read_photo(pair.target), exif=None))


def _other_size(pair: Pair) -> None:
    found = read_photo(pair.target)
    write_photo(pair.target, replace(found, pixels=found.pixels[:-2]))


def _a_level_in_a_corner(pair: Pair) -> None:
    found = read_photo(pair.target)
    found.pixels[0, 0] ^= 32
    write_photo(pair.target, found)


def _another_photo_of_the_same_size(pair: Pair) -> None:
    found = read_photo(pair.target)
    write_photo(pair.target, replace(found, pixels=np.ascontiguousarray(found.pixels[::-1, ::-1])))


@pytest.mark.parametrize(
    "spoil",
    [
        _cut,
        _other_text,
        _folder,
        _dangling,
        _the_photo,
        _an_original,
        _other_parameters,
        _other_exif,
        _other_size,
        _a_level_in_a_corner,
        _another_photo_of_the_same_size,
    ],
)
def test_anything_else_stands_in_the_way_is_told_in_one_line_and_stays(pair: Pair, spoil: Callable[[Pair], None]) -> None:
    spoil(pair)
    before = pair.target.read_bytes() if pair.target.is_file() else None
    with pytest.raises(PhotoError) as caught:
        pair.is_done()
    assert str(caught.value).startswith(str(pair.target))
    assert "\n" not in str(caught.value)
    assert before is None or pair.target.read_bytes() == before


def test_a_photo_that_was_changed_outside_the_middle_since_is_seen(
    l0: Filter, tmp_path: Path, chelsea: NDArray[np.uint8]
) -> None:
    pair = Pair(l0, tmp_path / "p.png", tmp_path / "f.png", np.tile(chelsea, (2, 2, 1))[:400, :500])
    photo = read_photo(pair.source)
    photo.pixels[:20, :20] = 0
    write_photo(pair.source, photo)
    os.utime(pair.source, (2e9, 2e9))
    with pytest.raises(PhotoError, match="its pixels are not what"):
        pair.is_done()


def test_a_large_photo_is_done_though_its_middle_is_cut_otherwise(
    l0: Filter, tmp_path: Path, chelsea: NDArray[np.uint8]
) -> None:
    pair = Pair(l0, tmp_path / "p.png", tmp_path / "f.png", np.tile(chelsea, (4, 3, 1))[:801, :803])  # two tiles a side
    assert pair.is_done()
