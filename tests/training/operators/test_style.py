"""Style networks: the authors' own results, and clear refusal of wrong weights."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from unfilter.errors import UnfilterError
from unfilter_training.operators.operator import Operator
from unfilter_training.operators.style import RAIN_PRINCESS, SCREAM, WEIGHTS_VARIABLE
from unfilter_training.operators.style_network import tensor_shapes

BOTH = pytest.mark.parametrize(("style", "oracle_folder"), [(RAIN_PRINCESS, "STYLE_RAIN"), (SCREAM, "STYLE_SCREAM")])


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in the layout of the authors' weights, with random numbers for weights."""
    folder = tmp_path_factory.mktemp("weights") / "scream"
    folder.mkdir()
    random, manifest = np.random.default_rng(0), {}
    for number, shape in enumerate(tensor_shapes()):
        name = f"Variable_{number}" if number else "Variable"
        values = random.normal(size=shape) * (0.05 if len(shape) == 4 else 0.3) + (number % 3 == 2)
        values.astype("<f4").tofile(folder / name)
        manifest[name] = {"filename": name, "shape": list(shape)}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def changeable(random_weights: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(random_weights, tmp_path / "weights"))


def noise(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.rand(*shape, dtype=dtype, generator=torch.Generator().manual_seed(0))


# The float64 network is slower by far and no more exact than the authors' float32: its tiny pictures are enough.
@pytest.mark.parametrize(("dtype", "largest"), [(torch.float32, 1 << 20), (torch.float64, 3_000)])
@BOTH
def test_it_agrees_with_the_authors_program(
    oracles: Callable[[str], list[Any]], data: Path, style: Operator, oracle_folder: str, dtype: torch.dtype, largest: int
) -> None:
    weights = data / "style" / "weights" / style.name
    chosen = [oracle for oracle in oracles(oracle_folder) if oracle.photo.shape[0] * oracle.photo.shape[1] <= largest]
    assert np.mean([oracle.psnr(style(oracle.images(dtype), weights=weights)) for oracle in chosen]) >= 75


@pytest.mark.parametrize("name", ["tiny_kodim15", "tiny_kodim21"])
@BOTH
def test_before_clipping_it_agrees_to_float32(
    oracles: Callable[[str], list[Any]], data: Path, style: Operator, oracle_folder: str, name: str
) -> None:
    oracle = next(each for each in oracles(oracle_folder) if each.name == name)
    result = style(oracle.images(torch.float32), weights=data / "style" / "weights" / style.name)[0].permute(1, 2, 0)
    np.testing.assert_allclose(result, np.load(data / "oracles" / oracle_folder / f"{name}.npy"), rtol=0, atol=3e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_batch_equals_its_images_one_by_one(random_weights: Path, dtype: torch.dtype) -> None:
    images = noise(3, 3, 22, 17, dtype=dtype)
    alone = torch.cat([SCREAM(each[None], weights=random_weights) for each in images])
    torch.testing.assert_close(SCREAM(images, weights=random_weights), alone, rtol=0, atol=1e-4)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (6, 7)])
def test_flat_images_of_any_size_keep_their_size(random_weights: Path, size: tuple[int, int], value: float) -> None:
    result = SCREAM(torch.full((1, 3, *size), value), weights=random_weights)
    assert result.shape[-2:] == size
    assert result.isfinite().all()
    assert result.min() > -0.1
    assert result.max() < 1.1


def test_the_environment_names_the_folder_of_both_networks(random_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(random_weights.parent))
    images = noise(1, 3, 8, 8)
    assert torch.equal(SCREAM(images), SCREAM(images, weights=random_weights))
    with pytest.raises(UnfilterError, match="rain_princess: no such folder"):
        RAIN_PRINCESS(images)


@pytest.mark.parametrize("style", [RAIN_PRINCESS, SCREAM])
def test_without_weights_the_error_says_what_to_pass(style: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WEIGHTS_VARIABLE, raising=False)
    with pytest.raises(UnfilterError, match=rf"{style.name} needs.*manifest.json.*{WEIGHTS_VARIABLE}.*{style.name}/"):
        style(noise(1, 3, 8, 8))


def test_the_folder_above_is_refused_with_a_guess(random_weights: Path) -> None:
    with pytest.raises(UnfilterError, match=r"did you mean .*scream"):
        SCREAM(noise(1, 3, 8, 8), weights=random_weights.parent)


def _without_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _broken_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def _without_tensor(folder: Path) -> None:
    (folder / "Variable_7").unlink()


def _short_tensor(folder: Path) -> None:
    (folder / "Variable_7").write_bytes(b"1234")


def _not_finite(folder: Path) -> None:
    np.full(tensor_shapes()[7], np.nan, "<f4").tofile(folder / "Variable_7")


def _edit(**entries: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text()) | entries
        (folder / "manifest.json").write_text(json.dumps({key: value for key, value in manifest.items() if value}))

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (shutil.rmtree, "no such folder"),
        (_without_manifest, "holds no manifest.json"),
        (_broken_manifest, "is not JSON"),
        (_without_tensor, "Variable_7 is missing"),
        (_short_tensor, "has 4 bytes, Variable_7 of shape .* needs 512"),
        (_not_finite, "not finite"),
        (_edit(Variable_47=None), "lacks the tensor Variable_47; the network has 48"),
        (_edit(Variable_48={"filename": "Variable_1", "shape": [32]}), "lists 49 tensors, the network has 48"),
        (_edit(Variable_1={"filename": "Variable_1", "shape": [64]}), r"has shape \[64\], the network needs \[32\]"),
        (_edit(Variable_1={"filename": "../Variable_1", "shape": [32]}), "must name a file in this folder"),
    ],
)
def test_a_wrong_folder_is_refused(changeable: Path, change: Callable[[Path], None], message: str) -> None:
    change(changeable)
    with pytest.raises(UnfilterError, match=message):
        SCREAM(noise(1, 3, 8, 8), weights=changeable)
