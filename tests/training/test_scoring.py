"""Scores are taken from files that were saved and read back."""

import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.JpegImagePlugin import get_sampling

from unfilter.errors import UnfilterError
from unfilter.format.hyper_parameter import HyperParameter
from unfilter.format.rounding import to_bytes
from unfilter.photo import Subsampling, read_photo, write_photo
from unfilter.proof.fidelity import psnr
from unfilter_training import scoring
from unfilter_training.chains import CHAINS
from unfilter_training.data import image_tensor
from unfilter_training.network import (
    EncoderDecoders,
    EncoderDecodersConfig,
    NetworkConfig,
    QuasiInvertibleNetwork,
    RestorableNetwork,
    Steganography,
    SteganographyConfig,
)
from unfilter_training.network.whole_photo import run_again, run_whole
from unfilter_training.operators import operator
from unfilter_training.recipe import PhotoSource, Recipe, Schedule
from unfilter_training.scoring import (
    BORDER,
    JPEG_QUALITIES,
    Task,
    border_loss,
    score,
    score_odd_column,
    score_picture,
    task,
)

PHOTOS = Path(__file__).parents[2] / "converters/unfilter_converters/golden_photos"
STRENGTH = {"smoothness": 0.02}
L0 = Task("l0", STRENGTH)
FRESH = QuasiInvertibleNetwork(NetworkConfig(blocks=2, subnet_width=4, auxiliary_width=4, fusion_width=4)).eval()
"""The identity."""


def variable() -> Recipe:
    """Two hyper-parameters and a fixed parameter."""
    return Recipe(
        filter="variable",
        operator="llf",
        parameters={"references": 5},
        hyper_parameters=(
            HyperParameter(name="sigma", low=0.05, high=0.4, default=0.1, scale="log"),
            HyperParameter(name="factor", low=2, high=8, default=5),
        ),
        network=NetworkConfig(blocks=2, subnet_width=8, auxiliary_width=8, fusion_width=8, hyper_parameters=2),
        photos=(PhotoSource(match="*", origin="none", licence="none"),),
        schedule=Schedule(steps=1),
    )


@pytest.fixture
def photo() -> np.ndarray:
    """A crop with odd sides, so that lines are left over."""
    return np.ascontiguousarray(read_photo(PHOTOS / "chelsea.webp").pixels[60:145, 80:179])


def by_pillow(pixels: np.ndarray, quality: int, subsampling: Subsampling) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file))


def test_scores_are_those_of_the_files_left_behind(
    photo: np.ndarray, tmp_path: Path, noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork]
) -> None:
    network = noisy(FRESH.config)
    result = score_picture(network, L0, photo, tmp_path)
    filtered, restored = (read_photo(tmp_path / name).pixels for name in ("filtered.png", "restored.png"))
    assert filtered.shape == restored.shape == photo.shape
    target = to_bytes(operator("l0")(image_tensor(photo), **STRENGTH)[0].permute(1, 2, 0).numpy())
    assert result.unfiltered == psnr(photo, target)
    assert result.approximation == psnr(filtered, target)
    assert result.restoration == psnr(restored, photo)
    assert result.restoration_border == border_loss(restored, photo)
    assert 10 < result.restoration < 80


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
def test_jpeg_scores_are_those_of_files_that_pillow_writes(
    subsampling: Subsampling, photo: np.ndarray, small_network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    result = score_picture(small_network, L0, photo, tmp_path)
    filtered = read_photo(tmp_path / "filtered.png").pixels
    measured = result.restoration_jpeg_420 if subsampling == "4:2:0" else result.restoration_jpeg_444
    for db, quality in zip(measured, (70, 80, 90), strict=True):
        assert db == psnr(run_whole(small_network, "inverse", by_pillow(filtered, quality, subsampling)), photo)
    assert list(measured) == sorted(measured)


def test_jpeg_files_on_disk_are_of_the_subsampling_and_quality_that_the_score_names(
    photo: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[int, object]] = []

    def write_and_look(path: Path, *arguments: object, **settings: object) -> None:
        write_photo(path, *arguments, **settings)
        if path.suffix == ".jpg":
            with Image.open(path) as image:
                written.append((get_sampling(image), image.quantization))

    monkeypatch.setattr(scoring, "write_photo", write_and_look)
    score_picture(FRESH, L0, photo, tmp_path)
    expected = []
    for number in (2, 0):  # Pillow's for 4:2:0 and 4:4:4
        for quality in JPEG_QUALITIES:
            file = io.BytesIO()
            Image.fromarray(photo).save(file, "JPEG", quality=quality)
            expected.append((number, Image.open(file).quantization))
    assert written == expected


def test_doing_nothing_scores_as_the_photo_and_restores_exactly(photo: np.ndarray, tmp_path: Path) -> None:
    result = score_picture(FRESH, L0, photo, tmp_path)
    assert result.approximation == result.unfiltered
    assert result.restoration == math.inf
    assert result.restoration_border == 0
    for subsampling, scored in (("4:2:0", result.restoration_jpeg_420), ("4:4:4", result.restoration_jpeg_444)):
        assert scored[0] == psnr(by_pillow(photo, 70, subsampling), photo)
    assert all(low < high for low, high in zip(result.restoration_jpeg_420, result.restoration_jpeg_444, strict=True))


def test_mean_is_over_pictures_in_the_order_of_the_photos(
    photo: np.ndarray, small_network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    other = photo[:48, :48] // 2
    mean, pictures = score(small_network, L0, iter([photo, other]), "two")
    assert (mean.photos, mean.count, len(pictures)) == ("two", 2, 2)
    assert pictures[1] == score_picture(small_network, L0, other, tmp_path)
    for name in pictures[0]._fields:
        expected = np.mean([getattr(picture, name) for picture in pictures], axis=0)
        np.testing.assert_allclose(getattr(mean, name), expected)


def test_a_photo_too_small_for_ssim_at_a_quarter_of_its_size_gives_none(
    photo: np.ndarray, small_network: QuasiInvertibleNetwork
) -> None:
    mean, _ = score(small_network, L0, iter([photo, photo[:40, :48]]), "two")
    assert mean.approximation_ssim is None
    assert "approximation_ssim" not in mean.model_dump()
    assert mean.approximation_quarter is not None


def test_shared_files_are_restored_at_the_size_that_arrives(
    photo: np.ndarray, small_network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    scored = score_picture(small_network, L0, photo, tmp_path)
    filtered = run_whole(small_network, "forward", photo)
    for chain, restored, arrived in zip(CHAINS, scored.shared, scored.arrived, strict=True):
        file = chain.arrived(filtered, tmp_path)
        assert arrived == psnr(file, chain.reference(photo))
        assert restored == psnr(run_whole(small_network, "inverse", file), chain.reference(photo))


def test_left_over_column_is_scored_beside_the_one_before_it(
    photo: np.ndarray, small_network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    odd = score_odd_column(small_network, L0, photo, tmp_path)
    filtered, restored = (read_photo(tmp_path / name).pixels for name in ("filtered.png", "restored.png"))
    assert filtered.shape == photo.shape  # 99 columns
    assert odd.restoration_db == psnr(restored[:, 98:], photo[:, 98:])
    assert odd.restoration_before_db == psnr(restored[:, 97:98], photo[:, 97:98])
    even = score_odd_column(small_network, L0, photo[:, :98], tmp_path)
    assert read_photo(tmp_path / "filtered.png").pixels.shape[1] == 97
    assert even.restoration_db != odd.restoration_db


def test_a_task_takes_the_defaults_where_nothing_is_said() -> None:
    wanted = task(variable())
    assert wanted.operator == "llf"
    assert wanted.parameters == {"references": 5, "sigma": 0.1, "factor": 5}
    assert wanted.normalised == pytest.approx((1 / 3, 0.5))  # 0.1 is twice 0.05, 0.4 eight times


def test_a_task_takes_the_values_that_are_named() -> None:
    wanted = task(variable(), {"factor": 8.0})
    assert wanted.parameters == {"references": 5, "sigma": 0.1, "factor": 8}
    assert wanted.normalised == pytest.approx((1 / 3, 1))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sharpness": 1.0}, r"no parameter 'sharpness'; .*it has: sigma 0\.05\.\.0\.4, factor 2\.\.8"),
        ({"references": 5.0}, "no parameter 'references'"),  # fixed by the recipe
        ({"factor": 9.0}, r"factor must lie in 2\.\.8, got 9"),
        ({"sigma": 0.01}, r"sigma must lie in 0\.05\.\.0\.4, got 0\.01"),
        ({"factor": math.nan}, r"factor must lie in 2\.\.8"),
    ],
)
def test_a_value_that_the_filter_has_not_learned_is_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(UnfilterError, match=message) as caught:
        task(variable(), values)
    assert "\n" not in str(caught.value)


def test_hyper_parameters_change_the_target_and_the_filtered_file(
    photo: np.ndarray, variable_network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    photo = photo[:32, :40]
    filtered, unfiltered = {}, {}
    for factor in (2.0, 8.0):
        wanted = task(variable(), {"factor": factor})
        result = score_picture(variable_network, wanted, photo, tmp_path)
        filtered[factor] = read_photo(tmp_path / "filtered.png").pixels
        np.testing.assert_array_equal(filtered[factor], run_whole(variable_network, "forward", photo, wanted.normalised))
        target = operator("llf")(image_tensor(photo), sigma=0.1, factor=factor, references=5)[0].permute(1, 2, 0).numpy()
        assert result.unfiltered == psnr(photo, to_bytes(target))
        assert result.approximation == psnr(filtered[factor], to_bytes(target))
        unfiltered[factor] = result.unfiltered
    assert (filtered[2.0] != filtered[8.0]).any()
    assert unfiltered[8.0] < unfiltered[2.0]


def with_error(ring: int, centre: int, side: int = 48) -> tuple[np.ndarray, np.ndarray]:
    truth = np.full((side, side, 3), 100, np.uint8)
    result = truth + np.uint8(ring)
    result[BORDER:-BORDER, BORDER:-BORDER] = 100 + centre
    return result, truth


@pytest.mark.parametrize(
    ("ring", "centre", "loss"),
    [
        (2, 2, 0.0),
        (2, 1, 20 * math.log10(2)),  # worse at the border: positive
        (1, 4, -20 * math.log10(4)),
        (3, 0, 0.0),  # the centre is exact
        (0, 3, 0.0),  # the ring is exact
        (0, 0, 0.0),
    ],
)
def test_border_loss_compares_the_ring_with_the_centre(ring: int, centre: int, loss: float) -> None:
    assert border_loss(*with_error(ring, centre)) == pytest.approx(loss)


@pytest.mark.parametrize("size", [(2 * BORDER, 200), (200, 2 * BORDER), (1, 1)])
def test_border_loss_of_a_photo_without_centre_is_zero(size: tuple[int, int]) -> None:
    truth = np.zeros((*size, 3), np.uint8)
    assert border_loss(truth + np.uint8(1), truth) == 0.0


def test_fresh_steganography_scores_as_the_operator_itself(photo: np.ndarray, tmp_path: Path) -> None:
    """Its container is the operator's output, as saved, left-over lines but for the rule that carries them."""
    even = np.ascontiguousarray(photo[:84, :98])
    result = score_picture(Steganography(SteganographyConfig(width=4)).eval(), L0, even, tmp_path)
    assert result.approximation == math.inf
    assert result.restoration == result.unfiltered


def test_fresh_encoder_decoders_score_as_doing_nothing(photo: np.ndarray, tmp_path: Path) -> None:
    network = EncoderDecoders(EncoderDecodersConfig(width=4)).eval()
    assert score_picture(network, L0, photo, tmp_path) == score_picture(FRESH, L0, photo, tmp_path)


@pytest.mark.parametrize(
    "form",
    [
        EncoderDecodersConfig(width=4),
        SteganographyConfig(width=4),
        FRESH.config.model_copy(update={"enhancer": "both", "enhancer_width": 4}),
    ],
    ids=["encoder_decoders", "steganography", "enhancer"],
)
def test_every_method_is_scored_through_its_files(
    form: object, photo: np.ndarray, tmp_path: Path, noisy: Callable[[object], RestorableNetwork]
) -> None:
    network = noisy(form)
    result = score_picture(network, L0, photo, tmp_path)
    filtered, restored = (read_photo(tmp_path / name).pixels for name in ("filtered.png", "restored.png"))
    target = to_bytes(operator("l0")(image_tensor(photo), **STRENGTH)[0].permute(1, 2, 0).numpy())
    assert result.approximation == psnr(filtered, target)
    assert result.restoration == psnr(restored, photo)
    even = np.ascontiguousarray(photo[:84, :98])
    made = target[:84, :98]
    with torch.inference_mode():
        expected = network.filter(image_tensor(even), output=image_tensor(made))[0]
    assert np.array_equal(run_whole(network, "forward", even, (), made), to_bytes(expected[0].permute(1, 2, 0).numpy()))
    assert np.array_equal(filtered[:84, :98], to_bytes(expected[0].permute(1, 2, 0).numpy()))
    assert np.array_equal(restored, run_again(network, filtered))
    assert result.restoration_once == psnr(run_whole(network, "inverse", filtered), photo)


def test_without_the_operators_output_steganography_has_nothing_to_run_on(photo: np.ndarray) -> None:
    network = Steganography(SteganographyConfig(width=4))
    with pytest.raises(ValueError, match="none was given"):
        run_whole(network, "forward", photo)
    assert run_whole(network, "inverse", photo).shape == photo.shape
