"""Laws: a photo's journey is the same whatever it comes as, a file, bytes, a stream or one of a batch; what is refused is
refused before anything is read, run or written.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter import Filter, Photo, PhotoError, read_photo, write_photo
from unfilter.jobs import Apply, Batch, ByTag, Outcome, Restore, Result
from unfilter.jobs import job as module

EXACT = Path(__file__).parents[2] / "fixtures/bundle-schema-1"
"""A bundle that was not trained for JPEG."""

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.fixture
def l0(small_bundle: Path) -> Filter:
    return Filter.open(small_bundle, runtime="onnx")


@pytest.fixture
def photos(elsewhere: Path, chelsea: NDArray[np.uint8]) -> list[Path]:
    """Two photos of the same size in a folder `in`."""
    Path("in").mkdir()
    paths = [Path("in/a.png"), Path("in/b.webp")]
    for number, path in enumerate(paths):
        write_photo(path, Photo(chelsea[20 * number : 20 * number + 41, :63]))
    return paths


def test_file_bytes_stream_and_batch_give_the_same_file(l0: Filter, photos: list[Path]) -> None:
    Apply(l0.graphs).file(photos[0], Path("f.png"))
    expected = Path("f.png").read_bytes()
    content = photos[0].read_bytes()
    stream = Apply(l0.graphs).handed(BytesIO(content)).result
    assert Apply(l0.graphs).handed(content).result == expected
    assert isinstance(stream, BytesIO)
    assert stream.read() == expected
    l0.apply_many(["in"], "out")
    assert Path("out/a.png").read_bytes() == expected
    Restore(l0.graphs).file(Path("f.png"), Path("r.png"))
    assert Restore(lambda source, photo: l0.graphs).handed(expected).result == Path("r.png").read_bytes()


@pytest.mark.parametrize(
    ("target", "words"), [("f.gif", "cannot write .gif"), ("no/f.png", "does not exist"), ("f.jpg", "not trained for JPEG")]
)
def test_a_target_is_refused_before_the_photo_is_read(target: str, words: str) -> None:
    exact = Filter.open(EXACT, runtime="onnx")
    with pytest.raises(PhotoError, match=words):
        Apply(exact.graphs).file(Path("nowhere.png"), Path(target))


def test_the_codec_of_a_target_is_asked_once(l0: Filter, photos: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = module.codec_of
    for place in ("unfilter.jobs.job.codec_of", "unfilter.photo.write.codec_of"):
        monkeypatch.setattr(place, lambda path: asked.append(path) or real(path))
    Apply(l0.graphs).file(photos[0], Path("f.png"))
    assert asked == [Path("f.png")]


def test_what_was_altered_is_refused_and_nothing_is_run_or_written(
    l0: Filter, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    Apply(l0.graphs).file(photos[0], Path("f.png"))
    saved = read_photo(Path("f.png"))
    saved.pixels[0, 0] ^= 1
    write_photo(Path("altered.png"), saved)
    ran = []
    monkeypatch.setattr(l0.graphs, "run", lambda *given: ran.append(given))
    with pytest.raises(PhotoError, match="not those that were saved"):
        Restore(l0.graphs).file(Path("altered.png"), Path("r.png"))
    assert ran == []
    assert not Path("r.png").exists()


def test_a_result_says_where_it_is_and_what_was_left_behind(l0: Filter, photos: list[Path]) -> None:
    result = Apply(l0.graphs).file(photos[0], Path("f.png"))
    assert (result.source, result.target, result.graphs, result.notes) == (photos[0], Path("f.png"), l0.graphs, ())


def test_a_batch_tells_of_each_photo_and_goes_on_where_it_was(l0: Filter, photos: list[Path]) -> None:
    Path("in/broken.png").write_bytes(b"no photo")
    told: list[Outcome[Result]] = []
    started: list[tuple[int, int, Path]] = []
    outcomes = l0.apply_many(["in"], "out", on_outcome=told.append, on_start=lambda *given: started.append(given))
    assert list(outcomes) == told
    assert [number for number, _, _ in started] == [1, 2, 3]
    by_name = {outcome.source.name: outcome for outcome in outcomes if outcome.source}
    assert by_name["a.png"].result
    assert "broken.png" in (by_name["broken.png"].error or "")
    again = l0.apply_many(["in"], "out")
    assert sorted((outcome.skipped, bool(outcome.error)) for outcome in again) == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_files_name_their_filter_by_their_tags(
    l0: Filter, photos: list[Path], small_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNFILTER_BUNDLES", str(small_bundle.parent))
    l0.apply_many(["in"], "out")
    outcomes = Batch(Restore(ByTag(runtime="onnx")), [Path("out")], Path("restored")).run()
    assert [outcome.error for outcome in outcomes] == [None, None]
    for photo in photos:
        alone = l0.run_again(l0.apply(read_photo(photo).pixels))
        np.testing.assert_array_equal(read_photo(Path("restored", photo.name).with_suffix(".png")).pixels, alone)


def test_a_batch_refuses_a_codec_that_would_lose_the_photos_before_it_looks_for_them(photos: list[Path]) -> None:
    exact = Filter.open(EXACT, runtime="onnx")
    with pytest.raises(PhotoError, match="not trained for JPEG"):
        exact.apply_many(["nowhere"], "out", codec="jpeg")
    assert not Path("out").exists()
