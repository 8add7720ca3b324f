"""Pairs are made once; a patch depends on seed, step and its number alone and is cut at one place from photo and result."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from unfilter.errors import UnfilterError
from unfilter.format.hyper_parameter import HyperParameter
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training import data
from unfilter_training.data import Pair, Patches, image_tensor, make_pair, make_pairs
from unfilter_training.network import NetworkConfig
from unfilter_training.operators import Symmetry, operator
from unfilter_training.recipe import PhotoSource, Recipe, Schedule

SMOOTHNESS = HyperParameter(name="smoothness", low=0.01, high=0.04, default=0.02, scale="log")
KAPPA = HyperParameter(name="kappa", low=1.5, high=4, default=2)


def pixels(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def marked_pair(height: int, width: int, normalised: tuple[float, ...] = ()) -> Pair:
    """The result is the photo itself, so that patches of both must be equal wherever they are cut."""
    photo = pixels(height, width, seed=height)
    return Pair(photo, (photo / 255).astype(np.float16), normalised)


def patches(*, seed: int = 0, symmetry: Symmetry = "square", size: int = 16) -> Patches:
    return Patches([marked_pair(40, 30), marked_pair(16, 50)], size=size, seed=seed, symmetry=symmetry)


def recipe(*patterns: str, drawn: tuple[HyperParameter, ...] = (), draws: int = 4, seed: int = 0, **fields: float) -> Recipe:
    return Recipe(
        filter="tiny",
        operator="l0",
        parameters=fields,
        hyper_parameters=drawn,
        draws=draws,
        network=NetworkConfig(hyper_parameters=len(drawn)),
        photos=tuple(PhotoSource(match=match, origin="here", licence="CC0") for match in patterns or ("*",)),
        schedule=Schedule(steps=1, seed=seed),
    )


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed, name in enumerate(["b.png", "a.jpg", "c.PNG"]):
        write_photo(folder / name, Photo(pixels(20, 24, seed)))
    (folder / "notes.txt").write_text("not a photo")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "pairs"
    folder.mkdir()
    return folder


def test_batch_has_one_size_and_both_parts_alike() -> None:
    photo, target, normalised = patches().batch(0, range(6))
    assert photo.shape == target.shape == (6, 3, 16, 16)
    assert photo.dtype == target.dtype == torch.float32
    assert photo.min() >= 0 and photo.max() <= 1
    assert photo.is_contiguous(memory_format=torch.channels_last)
    assert normalised is None


def test_targets_are_clipped_as_a_file_clips_them() -> None:
    photo = pixels(16, 16)
    beyond = np.linspace(-0.5, 1.5, photo.size).reshape(photo.shape).astype(np.float16)
    patches = Patches([Pair(photo, beyond)], size=16, seed=0, symmetry="none")
    target = patches.batch(0, range(1)).target[0].permute(1, 2, 0).numpy()
    assert np.array_equal(target, beyond.astype(np.float32).clip(0, 1))


@pytest.mark.parametrize("symmetry", ["square", "transpose", "none"])
def test_photo_and_target_are_cut_at_the_same_place(symmetry: Symmetry) -> None:
    for step in range(10):
        photo, target, _ = patches(symmetry=symmetry).batch(step, range(6))
        torch.testing.assert_close(photo, target, rtol=0, atol=1e-3)  # float16 keeps 3 digits


def test_image_depends_on_seed_step_and_number_alone() -> None:
    first, again = patches(), patches()
    for step in (7, 3, 7):  # whatever was asked before
        assert torch.equal(first.batch(step, range(6)).photo, patches().batch(step, range(6)).photo)
    assert torch.equal(first.batch(3, range(6)).target, again.batch(3, range(6)).target)
    assert not torch.equal(first.batch(3, range(6)).photo, first.batch(4, range(6)).photo)
    assert not torch.equal(first.batch(3, range(6)).photo, patches(seed=1).batch(3, range(6)).photo)
    assert not torch.equal(first.batch(3, [0]).photo, first.batch(3, [1]).photo)


@pytest.mark.parametrize("shares", [[range(2), range(2, 4)], [[0], [1], [2], [3]], [range(3), [3]]])
def test_shares_of_a_batch_together_are_the_batch(shares: list[list[int]]) -> None:
    variable = Patches(
        [marked_pair(40, 30, (0.25, 0.5)), marked_pair(16, 50, (0.75, 0.1))], size=16, seed=0, symmetry="square"
    )
    for step in range(3):
        whole = variable.batch(step, range(4))
        parts = [variable.batch(step, share) for share in shares]
        for name in ("photo", "target", "normalised"):
            assert torch.equal(torch.cat([getattr(part, name) for part in parts]), getattr(whole, name))


def test_normalised_values_travel_with_their_pair() -> None:
    pairs = [marked_pair(20, 20, (0.25, 0.5)), marked_pair(30, 30, (0.75, 0.125))]
    batch = Patches(pairs, size=16, seed=0, symmetry="none").batch(0, range(40))
    assert batch.normalised is not None and batch.normalised.dtype == torch.float32
    of_photo = {
        window.tobytes(): pair.normalised
        for pair in pairs
        for window in np.lib.stride_tricks.sliding_window_view(pair.photo, (16, 16), (0, 1)).reshape(-1, 3, 16, 16)
    }
    for photo, normalised in zip(batch.photo, batch.normalised, strict=True):
        levels = np.rint(255 * photo.numpy()).astype(np.uint8)
        assert of_photo[levels.tobytes()] == tuple(normalised.tolist())
    assert len(batch.normalised.unique(dim=0)) == 2


@pytest.mark.parametrize(("symmetry", "count"), [("square", 8), ("transpose", 2), ("none", 1)])
def test_a_symmetry_gives_all_its_orientations_and_no_other(symmetry: Symmetry, count: int) -> None:
    photo = pixels(16, 16)
    one = Patches([Pair(photo, photo.astype(np.float16))], size=16, seed=0, symmetry=symmetry)
    upright = image_tensor(photo)[0]
    seen = {patch.numpy().tobytes() for patch in one.batch(0, range(64)).photo}
    assert len(seen) == count
    if symmetry != "square":
        assert seen <= {upright.numpy().tobytes(), upright.transpose(1, 2).contiguous().numpy().tobytes()}


def test_every_place_can_be_cut() -> None:
    ramp = np.zeros((18, 17, 3), np.uint8)
    ramp[..., 0], ramp[..., 1] = np.arange(18)[:, None], np.arange(17)[None, :]
    photo = Patches([Pair(ramp, ramp.astype(np.float16))], size=16, seed=0, symmetry="none").batch(0, range(64)).photo
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


def never(name: str) -> Callable[..., torch.Tensor]:
    return lambda *_, **__: pytest.fail(f"operator {name} ran again")


def test_pair_is_made_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_pair(pixels(20, 24), "l0", {"smoothness": 0.02}, cache)
    monkeypatch.setattr(data, "operator", never)
    again = make_pair(pixels(20, 24), "l0", {"smoothness": 0.02}, cache)
    np.testing.assert_array_equal(first.photo, again.photo)
    np.testing.assert_array_equal(first.filtered, again.filtered)
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize(
    ("photo", "name", "parameters"),
    [
        (pixels(20, 24, seed=1), "l0", {"smoothness": 0.02}),
        (pixels(20, 24).reshape(24, 20, 3), "l0", {"smoothness": 0.02}),  # the same bytes in another shape
        (pixels(20, 24), "l0", {"smoothness": 0.1}),
        (pixels(20, 24), "l0", {}),
        (pixels(20, 24), "exposure", {}),
    ],
)
def test_another_photo_operator_or_parameter_is_another_pair(
    photo: np.ndarray, name: str, parameters: dict[str, float | int], cache: Path
) -> None:
    make_pair(pixels(20, 24), "l0", {"smoothness": 0.02}, cache)
    make_pair(photo, name, parameters, cache)
    assert len(list(cache.iterdir())) == 2


def test_whole_numbers_reach_an_operator_that_counts_with_them(cache: Path) -> None:
    parameters = Recipe.model_validate(
        recipe().model_dump() | {"operator": "rgf", "parameters": {"iterations": 1}}
    ).parameters
    pair = make_pair(pixels(20, 24), "rgf", parameters, cache)
    expected = operator("rgf")(image_tensor(pixels(20, 24)), iterations=1)[0].permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(pair.filtered, expected.astype(np.float16))


def test_renamed_photo_and_another_filter_meet_the_same_pair(
    photos: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pairs(photos, recipe("b*"), cache)
    (photos / "b.png").rename(photos / "d.png")
    monkeypatch.setattr(data, "operator", never)
    make_pairs(photos, recipe("d*").model_copy(update={"filter": "other"}), cache)


def test_pairs_hold_the_operators_result_in_order_of_names(photos: Path, tmp_path: Path) -> None:
    pairs = make_pairs(photos, recipe("b*", "a*", "b.png", smoothness=0.05), tmp_path / "new" / "pairs")
    assert len(pairs) == 2  # named twice, made once
    np.testing.assert_array_equal(pairs[1].photo, pixels(20, 24, seed=0))  # b.png
    for pair in pairs:
        result = operator("l0")(image_tensor(pair.photo), smoothness=0.05)[0].permute(1, 2, 0).numpy()
        np.testing.assert_array_equal(pair.filtered, result.astype(np.float16))
        assert pair.normalised == ()


def test_progress_sees_each_photo_once(photos: Path, cache: Path) -> None:
    seen: list[str] = []

    def progress(files: list[tuple[Path, str]]) -> list[tuple[Path, str]]:
        seen.extend(path.name for path, _ in files)
        return files

    make_pairs(photos, recipe(drawn=(SMOOTHNESS,), draws=2), cache, progress=progress)
    assert seen == ["a.jpg", "b.png", "c.PNG"]


def test_photos_are_read_as_their_layout_says(photos: Path, cache: Path) -> None:
    write_photo(photos / "a0001-x.png", Photo(pixels(500, 600)))
    sources = [
        PhotoSource(match="a0*", layout="fivek", origin="there", licence="research"),
        PhotoSource(match="b*", origin="here", licence="CC0"),
    ]
    pairs = make_pairs(photos, recipe().model_copy(update={"photos": tuple(sources), "operator": "exposure"}), cache)
    assert [pair.photo.shape for pair in pairs] == [(480, 576, 3), (20, 24, 3)]  # fivek: 480p


@pytest.mark.parametrize(
    ("folder", "patterns", "message"),
    [
        ("nowhere", ("*",), "nowhere: no such folder of photos$"),
        ("photos", ("b*", "z*"), r"photos: no PNG or JPEG photo matches z\*; "),  # each source must be there
    ],
)
def test_folder_that_is_not_what_the_recipe_says_is_refused(
    folder: str, patterns: tuple[str, ...], message: str, photos: Path, cache: Path
) -> None:
    with pytest.raises(UnfilterError, match=message) as caught:
        make_pairs(photos.parent / folder, recipe(*patterns), cache)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("draws", [1, 3, 4])
def test_every_photo_is_filtered_once_in_each_equal_part_of_the_range(draws: int, photos: Path, cache: Path) -> None:
    pairs = make_pairs(photos, recipe(drawn=(SMOOTHNESS, KAPPA), draws=draws), cache)
    assert len(pairs) == 3 * draws
    for first in range(0, len(pairs), draws):
        of_one_photo = pairs[first : first + draws]
        assert len({pair.photo.ctypes.data for pair in of_one_photo}) == 1  # held once
        for number in range(2):
            parts = sorted(int(draws * pair.normalised[number]) for pair in of_one_photo)
            assert parts == list(range(draws))
    assert len({pair.normalised for pair in pairs}) == len(pairs)


def test_hyper_parameters_are_drawn_apart_from_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(12):
        write_photo(folder / f"{seed}.png", Photo(pixels(4, 4, seed)))
    pairs = make_pairs(folder, recipe(drawn=(SMOOTHNESS, KAPPA), draws=4), tmp_path / "pairs")
    parts = {tuple(int(4 * share) for share in pair.normalised) for pair in pairs}
    assert len(parts) > 8  # of 16; on one diagonal there would be 4


def test_drawn_values_are_those_that_the_operator_was_given(photos: Path, cache: Path) -> None:
    for pair in make_pairs(photos, recipe("b*", drawn=(SMOOTHNESS,), draws=3, kappa=3.0), cache):
        value = SMOOTHNESS.value(*pair.normalised)
        result = operator("l0")(image_tensor(pair.photo), smoothness=value, kappa=3.0)[0].permute(1, 2, 0).numpy()
        np.testing.assert_array_equal(pair.filtered, result.astype(np.float16))


def test_the_same_seed_draws_the_same_and_another_does_not(
    photos: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_pairs(photos, recipe(drawn=(SMOOTHNESS,)), cache)
    other = make_pairs(photos, recipe(drawn=(SMOOTHNESS,), seed=1), cache)
    assert not {pair.normalised for pair in first} & {pair.normalised for pair in other}
    monkeypatch.setattr(data, "operator", never)
    again = make_pairs(photos, recipe(drawn=(SMOOTHNESS,)), cache)
    assert [pair.normalised for pair in again] == [pair.normalised for pair in first]


def test_photos_are_kept_as_they_were_read(photos: Path, cache: Path) -> None:
    pairs = make_pairs(photos, recipe(), cache)
    for name, pair in zip(["a.jpg", "b.png", "c.PNG"], pairs, strict=True):
        np.testing.assert_array_equal(pair.photo, read_photo(photos / name).pixels)
