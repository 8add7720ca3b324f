"""Goldens are the bytes that the SDK's filter makes with the reference."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unfilter import Filter
from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle
from unfilter.format.hyper_parameter import HyperParameter
from unfilter.format.tiles import TilePlan
from unfilter.photo import read_photo
from unfilter_converters import reference as reference_converter
from unfilter_converters.goldens import LICENCES, PHOTOS, golden_values, make_goldens
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.network.whole_photo import run_whole

PLAN = TilePlan(tile=384, halo=60, alignment=2)
"""Larger than every golden, so that nothing is tiled."""


@pytest.fixture(scope="module")
def sdk(
    small_network: QuasiInvertibleNetwork,
    bundle_of: Callable[[Path, tuple[Artifact, ...], TilePlan], Bundle],
    tmp_path_factory: pytest.TempPathFactory,
) -> Filter:
    """The SDK's filter on the PyTorch reference."""
    folder = tmp_path_factory.mktemp("reference")
    bundle_of(folder, reference_converter.convert(small_network, PLAN, folder, "fp32"), PLAN)
    return Filter.open(folder, runtime="torch")


def pixels(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


# Even, odd on one side and on both, one line, a side below one squeeze cell.
@pytest.mark.parametrize("size", [(32, 48), (33, 48), (32, 47), (33, 47), (3, 3), (2, 2), (1, 5), (1, 1)])
def test_bytes_are_those_of_the_sdk(size: tuple[int, int], sdk: Filter, small_network: QuasiInvertibleNetwork) -> None:
    photo = pixels(*size)
    filtered = run_whole(small_network, "forward", photo)
    np.testing.assert_array_equal(filtered, sdk.apply(photo))
    np.testing.assert_array_equal(run_whole(small_network, "inverse", filtered), sdk.restore(filtered))
    assert filtered.dtype == np.uint8


def test_hyper_parameters_of_a_whole_photo_are_those_of_the_forward_network_alone(
    variable_network: QuasiInvertibleNetwork, small_network: QuasiInvertibleNetwork
) -> None:
    photo = pixels(16, 16)
    weak, strong = (run_whole(variable_network, "forward", photo, (0.5, place)) for place in (0.0, 1.0))
    assert (weak != strong).any()
    for network, direction, normalised in (
        (variable_network, "forward", ()),
        (variable_network, "forward", (0.5,)),
        (variable_network, "inverse", (0.5, 0.5)),
        (small_network, "forward", (0.5,)),
    ):
        with pytest.raises(ValueError, match="hyper-parameters"):
            run_whole(network, direction, photo, normalised)


def test_photo_is_not_changed_in_place(small_network: QuasiInvertibleNetwork) -> None:
    photo = pixels(9, 11)
    before = photo.copy()
    run_whole(small_network, "forward", photo)
    np.testing.assert_array_equal(photo, before)


def test_every_golden_photo_has_a_licence_and_some_have_odd_sides() -> None:
    assert {path.stem for path in PHOTOS.glob("*.webp")} == set(LICENCES)
    sizes = [read_photo(path).pixels.shape[:2] for path in PHOTOS.glob("*.webp")]
    assert {side % 2 for size in sizes for side in size} == {0, 1}


def test_goldens_are_photo_filtered_and_restored(small_network: QuasiInvertibleNetwork, tmp_path: Path) -> None:
    goldens = make_goldens(small_network, 96, tmp_path)
    for golden in goldens:
        photo, filtered, restored = (
            read_photo(tmp_path / path).pixels for path in (golden.photo, golden.filtered, golden.restored)
        )
        np.testing.assert_array_equal(filtered, run_whole(small_network, "forward", photo))
        np.testing.assert_array_equal(restored, run_whole(small_network, "inverse", filtered))
    assert len(list((tmp_path / "goldens").iterdir())) == 3 * len(goldens)


def test_goldens_are_the_shipped_photos_and_a_mosaic_that_fills_a_tile(
    small_network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    *shipped, mosaic = make_goldens(small_network, 96, tmp_path)
    assert [golden.name for golden in shipped] == list(LICENCES)
    for golden in shipped:
        expected = read_photo(PHOTOS / f"{golden.name}.webp").pixels
        np.testing.assert_array_equal(read_photo(tmp_path / golden.photo).pixels, expected)
        assert golden.licence == LICENCES[golden.name]
    assert read_photo(tmp_path / mosaic.photo).pixels.shape == (96, 96, 3)


RANGES = (
    HyperParameter(name="smoothness", low=0.01, high=0.04, default=0.02),
    HyperParameter(name="sigma", low=0.05, high=0.4, default=0.1, scale="log"),
)


def test_goldens_of_a_filter_with_hyper_parameters_are_the_network_at_their_values(
    variable_network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    for index, golden in enumerate(make_goldens(variable_network, 96, tmp_path, RANGES)):
        assert golden.parameters == golden_values(index, RANGES)
        normalised = tuple(one.normalise(golden.parameters[one.name]) for one in RANGES)
        photo, filtered = (read_photo(tmp_path / path).pixels for path in (golden.photo, golden.filtered))
        np.testing.assert_array_equal(filtered, run_whole(variable_network, "forward", photo, normalised))


def test_goldens_go_through_every_range_from_low_to_high_and_take_the_defaults() -> None:
    values = [golden_values(index, RANGES) for index in range(len(LICENCES))]
    assert {one.name: one.default for one in RANGES} in values
    for one in RANGES:
        of_one = [each[one.name] for each in values]
        assert (min(of_one), max(of_one)) == (one.low, one.high)
    # each of its own order: no two move together
    normalised = [[one.normalise(each[one.name]) for one in RANGES] for each in values[1:]]
    assert all(abs(first - second) > 0.1 for first, second in normalised)


def test_goldens_of_a_filter_without_hyper_parameters_name_none() -> None:
    assert [golden_values(index, ()) for index in range(5)] == [{}] * 5
