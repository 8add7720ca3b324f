"""Coloured pencil drawing: the authors' own results, and what its parts promise without them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from unfilter.errors import UnfilterError
from unfilter_training.operators.cpd import CPD, tone_distribution
from unfilter_training.operators.histogram_specification import specify_histogram
from unfilter_training.operators.image_resize import resize_bicubic
from unfilter_training.operators.pencil_strokes import draw_strokes, line_kernels, line_responses, median_3x3
from unfilter_training.operators.pencil_texture import pencil_texture
from unfilter_training.operators.pencil_texture_rendering import render_texture
from unfilter_training.operators.studio_luma import replace_luma, studio_luma


@pytest.fixture
def authors_texture(data: Path) -> Path:
    """Its licence is unknown: it is for checking only and never part of the project."""
    path = data / "style" / "pencil_textures" / "pencil0.jpg"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return path


def noise(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.rand(*shape, dtype=dtype, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("dtype", "least"), [(torch.float32, 80), (torch.float64, 90)])
def test_it_agrees_with_the_authors_program(
    oracles: Callable[[str], list[Any]], authors_texture: Path, dtype: torch.dtype, least: float
) -> None:
    decibels = [oracle.psnr(CPD(oracle.images(dtype), texture=authors_texture)) for oracle in oracles("CPD")]
    assert np.mean(decibels) >= least


@pytest.mark.parametrize("name", ["tiny_kodim15", "tiny_kodim21"])
def test_before_rounding_it_agrees_to_the_authors_tolerance(
    oracles: Callable[[str], list[Any]], data: Path, authors_texture: Path, name: str
) -> None:
    oracle = next(each for each in oracles("CPD") if each.name == name)
    result = CPD(oracle.images(torch.float64), texture=authors_texture)[0].permute(1, 2, 0)
    np.testing.assert_allclose(result, np.load(data / "oracles" / "CPD" / f"{name}.npy"), rtol=0, atol=2e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_batch_equals_its_images_one_by_one(dtype: torch.dtype) -> None:
    images = noise(3, 3, 31, 25, dtype=dtype)
    images[1] = 0.3  # no edge, other extremes, another number of iterations
    alone = torch.cat([CPD(image[None]) for image in images])
    torch.testing.assert_close(CPD(images), alone, rtol=0, atol=1e-5 if dtype == torch.float32 else 1e-12)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (13, 7)])
@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_flat_images_of_any_size_give_a_finite_drawing(size: tuple[int, int], value: float) -> None:
    result = CPD(torch.full((1, 3, *size), value))
    assert result.shape[-2:] == size
    assert result.isfinite().all()


def test_away_from_the_border_a_flat_image_becomes_evenly_textured_paper() -> None:
    result = studio_luma(CPD(torch.full((1, 3, 80, 80), 0.5, dtype=torch.float64)))[0, 0, 30:-30, 30:-30]
    median_tone = torch.searchsorted(tone_distribution().cumsum(0), 0.5) / 255
    assert result.mean() == pytest.approx(float(median_tone), abs=0.01)
    assert result.std() < 0.02


def test_chroma_stays() -> None:
    images = noise(1, 3, 20, 20)
    torch.testing.assert_close(CPD(images).diff(dim=1), images.diff(dim=1))


def test_an_edge_becomes_a_dark_stroke() -> None:
    images = torch.full((1, 3, 60, 60), 0.4)
    images[..., 30:] = 0.8
    row = CPD(images)[0, 0, 30]
    assert row[29] < row[22] - 0.3
    assert row[29] < row[37] - 0.3


@pytest.mark.parametrize("gamma", ["gamma_strokes", "gamma_tone"])
def test_higher_gammas_draw_darker(gamma: str) -> None:
    images = noise(1, 3, 40, 40)
    assert CPD(images, **{gamma: 2.0}).mean() < CPD(images).mean() - 0.01


def test_another_texture_changes_the_drawing_but_hardly_its_tone(tmp_path: Path) -> None:
    texture = tmp_path / "texture.png"
    Image.fromarray((noise(64, 48, 3) * 100 + 100).numpy().astype(np.uint8)).save(texture)
    images = noise(1, 3, 60, 60)
    own, other = CPD(images), CPD(images, texture=texture)
    assert not torch.allclose(own, other, atol=1e-2)
    assert own.mean().item() == pytest.approx(other.mean().item(), abs=0.03)


def test_a_white_texture_is_refused(tmp_path: Path) -> None:
    texture = tmp_path / "white.png"
    Image.fromarray(np.full((8, 8, 3), 255, np.uint8)).save(texture)
    with pytest.raises(UnfilterError, match="is white"):
        CPD(torch.zeros(1, 3, 8, 8), texture=texture)


def test_a_missing_texture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnfilterError, match="no such file"):
        CPD(torch.zeros(1, 3, 8, 8), texture=tmp_path / "none.png")


@pytest.mark.parametrize("size", [(1, 1), (1, 6), (6, 1), (5, 7)])
def test_rendering_solves_the_authors_linear_system(size: tuple[int, int]) -> None:
    height, pixels = size[0], size[0] * size[1]
    tone, texture = 0.3 + 0.6 * noise(1, 1, *size), 0.4 + 0.5 * noise(*size)
    across, down = (torch.diag(torch.ones(pixels - step), step) if step < pixels else 0 for step in (height, 1))
    differences = [(ones - torch.eye(pixels)).double() for ones in (across, down)]
    column = texture.log().T.flatten()
    matrix = 0.2 * sum(each @ each.T for each in differences) + torch.diag(column.square())
    layers = torch.linalg.solve(matrix, column * tone[0, 0].log().T.flatten())
    expected = (layers * column).exp().view(size[1], size[0]).T
    torch.testing.assert_close(render_texture(tone, texture)[0, 0], expected, rtol=0, atol=1e-5)


def test_histogram_specification_gives_the_target_distribution() -> None:
    luma = noise(2, 1, 200, 200) ** torch.tensor([1.0, 1.5]).view(2, 1, 1, 1)
    target = tone_distribution()
    specified = (specify_histogram(luma, target) * 255).round().long()
    for image in specified:
        shares = torch.bincount(image.flatten(), minlength=256) / image.numel()
        assert (shares.cumsum(0) - target.cumsum(0)).abs().max() < 0.05


def test_the_fast_median_is_the_median() -> None:
    padded = noise(2, 1, 9, 12)
    windows = padded.unfold(2, 3, 1).unfold(3, 3, 1).flatten(-2)
    torch.testing.assert_close(median_3x3(padded), windows.median(dim=-1).values, rtol=0, atol=0)


@pytest.mark.parametrize(("length", "directions", "size"), [(8, 8, (33, 30)), (1, 3, (1, 5)), (5, 2, (7, 1))])
def test_the_fast_convolutions_are_convolutions(length: int, directions: int, size: tuple[int, int]) -> None:
    edges = noise(2, 1, *size)
    kernels = line_kernels(length, 0, directions, like=edges)
    responses = line_responses(edges, length=length, directions=directions)
    torch.testing.assert_close(responses, functional.conv2d(edges, kernels, padding=length))
    thick = line_kernels(length, 1, directions, like=edges).transpose(0, 1)
    drawn = draw_strokes(responses, length=length, thickness=1)
    torch.testing.assert_close(drawn, functional.conv2d(responses, thick, padding=length))


def test_lines_turn_counter_clockwise_and_a_quarter_turn_is_exact() -> None:
    kernels = line_kernels(8, 1, 8, like=noise(1))[:, 0]
    assert torch.equal(kernels[4], torch.rot90(kernels[0]))
    assert kernels[2, 3, 13] > 0.9  # up and to the right
    assert kernels[2, 13, 13] == 0


def test_resizing_keeps_constants_and_leaves_the_same_size_alone() -> None:
    image = noise(13, 17)
    torch.testing.assert_close(resize_bicubic(image, 13, 17), image)
    flat = resize_bicubic(torch.full((13, 17), 0.3, dtype=torch.float64), 5, 40)
    torch.testing.assert_close(flat, torch.full_like(flat, 0.3))


def test_the_own_texture_is_one_sheet_of_plausible_pencil_grey() -> None:
    sheet = pencil_texture(150, 200)
    assert torch.equal(pencil_texture(40, 90), sheet[:40, :90])
    assert sheet.min() >= 0.3
    assert sheet.max() <= 0.9
    assert sheet.mean() == pytest.approx(0.68, abs=0.02)
    assert sheet.std() == pytest.approx(0.065, abs=0.015)


def test_replacing_luma_by_itself_changes_nothing() -> None:
    images = noise(1, 3, 4, 4)
    assert studio_luma(torch.ones(1, 3, 1, 1)).item() == pytest.approx(235 / 255)
    torch.testing.assert_close(replace_luma(images, studio_luma(images)), images)
