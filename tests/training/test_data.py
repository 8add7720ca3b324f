"""Pairs are made once; patches depend on seed and step alone and are cut at one place from photo and result."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from unfilter.errors import UnfilterError
from unfilter.photo import Photo, write_photo
from unfilter_training import data
from unfilter_training.data import Pair, Patches, image_tensor, make_pair, make_pairs, photo_files
from unfilter_training.operators import Symmetry, operator
from unfilter_training.recipe import PhotoSource


def pixels(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def marked_pair(height: int, width: int) -> Pair:
    """The result is the photo itself, so that patches of both must be equal wherever they are cut."""
    photo = pixels(height, width, seed=height)
    return Pair(photo, (photo / 255).astype(np.float16))


def patches(*, seed: int = 0, symmetry: Symmetry = "square", size: int = 16) -> Patches:
    return Patches([marked_pair(40, 30), marked_pair(16, 50)], size=size, batch=6, seed=seed, symmetry=symmetry)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed, name in enumerate(["b.png", "a.jpg", "c.PNG"]):
        write_photo(folder / name, Photo(pixels(20, 24, seed)))
    (folder / "notes.txt").write_text("not a photo")
    return folder


def test_batch_has_one_size_and_both_parts_alike() -> None:
    photo, target = patches().batch(0)
    assert photo.shape == target.shape == (6, 3, 16, 16)
    assert photo.dtype == target.dtype == torch.float32
    assert photo.min() >= 0 and photo.max() <= 1


@pytest.mark.parametrize("symmetry", ["square", "transpose", "none"])
def test_photo_and_target_are_cut_at_the_same_place(symmetry: Symmetry) -> None:
    for step in range(10):
        photo, target = patches(symmetry=symmetry).batch(step)
        torch.testing.assert_close(photo, target, rtol=0, atol=1e-3)  # float16 keeps 3 digits


def test_batch_depends_on_seed_and_step_alone() -> None:
    first, again = patches(), patches()
    for step in (7, 3, 7):  # whatever was asked before
        assert torch.equal(first.batch(step)[0], patches().batch(step)[0])
    assert torch.equal(first.batch(3)[1], again.batch(3)[1])
    assert not torch.equal(first.batch(3)[0], first.batch(4)[0])
    assert not torch.equal(first.batch(3)[0], patches(seed=1).batch(3)[0])


@pytest.mark.parametrize(("symmetry", "count"), [("square", 8), ("transpose", 2), ("none", 1)])
def test_a_symmetry_gives_all_its_orientations_and_no_other(symmetry: Symmetry, count: int) -> None:
    photo = pixels(16, 16)
    batch = Patches([Pair(photo, photo.astype(np.float16))], size=16, batch=64, seed=0, symmetry=symmetry).batch(0)[0]
    upright = image_tensor(photo)[0]
    seen = {patch.numpy().tobytes() for patch in batch}
    assert len(seen) == count
    if symmetry != "square":
        assert seen <= {upright.numpy().tobytes(), upright.transpose(1, 2).contiguous().numpy().tobytes()}


def test_every_place_can_be_cut() -> None:
    ramp = np.zeros((18, 17, 3), np.uint8)
    ramp[..., 0], ramp[..., 1] = np.arange(18)[:, None], np.arange(17)[None, :]
    photo = Patches([Pair(ramp, ramp.astype(np.float16))], size=16, batch=64, seed=0, symmetry="none").batch(0)[0]
    corners = {(round(float(patch[0, 0, 0]) * 255), round(float(patch[1, 0, 0]) * 255)) for patch in photo}
    assert corners == {(top, left) for top in range(3) for left in range(2)}


def test_photos_smaller_than_a_patch_are_left_out() -> None:
    assert len(patches(size=20).pairs) == 1


def test_no_photo_as_large_as_a_patch_is_refused() -> None:
    with pytest.raises(UnfilterError, match="no photo is as large as a patch of 64 x 64 pixels"):
        patches(size=64)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_image_tensor_is_levels_over_255(dtype: torch.dtype) -> None:
    photo = pixels(5, 7)
    tensor = image_tensor(photo, dtype)
    assert tensor.dtype == dtype
    expected = photo.transpose(2, 0, 1)[None] / np.array(255, tensor.numpy().dtype)
    np.testing.assert_array_equal(tensor.numpy(), expected.astype(tensor.numpy().dtype))


@pytest.mark.parametrize(
    ("patterns", "names"),
    [(("*",), ["a.jpg", "b.png", "c.PNG"]), (("a*", "a.jpg"), ["a.jpg"]), (("b*", "c*"), ["b.png", "c.PNG"])],
)
def test_photo_files_are_sorted_and_named_once(photos: Path, patterns: tuple[str, ...], names: list[str]) -> None:
    assert [path.name for path in photo_files(photos, patterns)] == names


@pytest.mark.parametrize(
    ("folder", "patterns", "message"),
    [
        ("nowhere", ("*",), "nowhere: no such folder of photos$"),
        ("photos/b.png", ("*",), "no such folder of photos$"),
        ("photos", ("z*", "y*"), r"photos: no PNG or JPEG photo matches z\*, y\*$"),
        ("empty", ("*",), r"empty: no PNG or JPEG photo matches \*$"),
    ],
)
def test_folder_without_photos_is_refused_in_one_line(
    folder: str, patterns: tuple[str, ...], message: str, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnfilterError, match=message) as caught:
        photo_files(tmp_path / folder, patterns)
    assert "\n" not in str(caught.value)


def never(name: str) -> Callable[..., torch.Tensor]:
    return lambda *_, **__: pytest.fail(f"operator {name} ran again")


def test_pair_is_made_once(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "pairs"
    cache.mkdir()
    first = make_pair(photos / "b.png", "l0", {"smoothness": 0.02}, cache)
    monkeypatch.setattr(data, "operator", never)
    again = make_pair(photos / "b.png", "l0", {"smoothness": 0.02}, cache)
    np.testing.assert_array_equal(first.photo, again.photo)
    np.testing.assert_array_equal(first.filtered, again.filtered)
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "parameters"), [("a.jpg", {"smoothness": 0.02}), ("b.png", {"smoothness": 0.1}), ("b.png", {})]
)
def test_another_photo_or_parameter_is_another_pair(
    name: str, parameters: dict[str, float], photos: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "pairs"
    cache.mkdir()
    make_pair(photos / "b.png", "l0", {"smoothness": 0.02}, cache)
    make_pair(photos / name, "l0", parameters, cache)
    assert len(list(cache.iterdir())) == 2


def test_renamed_photo_is_the_same_pair(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pairs").mkdir()
    make_pair(photos / "b.png", "l0", {}, tmp_path / "pairs")
    (photos / "b.png").rename(photos / "d.png")
    monkeypatch.setattr(data, "operator", never)
    make_pair(photos / "d.png", "l0", {}, tmp_path / "pairs")


def test_pairs_hold_the_operators_result_in_order_of_names(photos: Path, tmp_path: Path) -> None:
    sources = [PhotoSource(match=match, origin="here", licence="CC0") for match in ("b*", "a*")]
    pairs = make_pairs(photos, sources, "l0", {"smoothness": 0.05}, tmp_path / "new" / "pairs")
    assert len(pairs) == 2
    np.testing.assert_array_equal(pairs[1].photo, pixels(20, 24, seed=0))  # b.png
    for pair in pairs:
        result = operator("l0")(image_tensor(pair.photo), smoothness=0.05)[0].permute(1, 2, 0).numpy()
        np.testing.assert_array_equal(pair.filtered, result.astype(np.float16))
