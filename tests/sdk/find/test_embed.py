"""Law: what an app brings along is a bundle of its own that restores what the whole one filtered."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unfilter import Bundle, BundleError, Filter, read_photo
from unfilter.find.embed import FORMATS, PLATFORMS, embed
from unfilter.find.search_path import open_bundle

VARIABLE = Path(__file__).parents[2] / "fixtures/bundle-variable"


@pytest.mark.parametrize(("platform", "formats"), [("web", {"onnx"}), ("android", {"tflite"})])
def test_only_what_the_platform_runs_comes_along(platform: str, formats: set[str], tmp_path: Path) -> None:
    embed(Bundle(VARIABLE), tmp_path / "app", platform)  # type: ignore[arg-type]
    part = Bundle(tmp_path / "app")
    part.check()
    present = {path.relative_to(part.folder).as_posix() for path in part.folder.rglob("*") if path.is_file()}
    assert present == {entry.path for entry in part.manifest.files} | {"manifest.json"}
    assert {each.format for each in part.manifest.artifacts} == formats
    assert {each.direction for each in part.manifest.artifacts} == {"forward", "inverse"}
    assert part.manifest.restoration == Bundle(VARIABLE).manifest.restoration
    assert len(part.manifest.goldens) == 1


def test_what_the_whole_bundle_filtered_the_part_restores(tmp_path: Path) -> None:
    embed(Bundle(VARIABLE), tmp_path / "app", "web")
    whole, part = (Filter.open(path, runtime="onnx") for path in (VARIABLE, tmp_path / "app"))
    pixels = read_photo(VARIABLE / "goldens/odd.png").pixels
    assert np.array_equal(part.restore(whole.apply(pixels)), whole.restore(part.apply(pixels)))


def test_formats_and_precisions_can_be_chosen_among_those_of_the_platform(tmp_path: Path) -> None:
    kept = embed(Bundle(VARIABLE), tmp_path / "app", "web", ["onnx", "tflite"])
    assert [each.format for each in kept.artifacts] == ["onnx", "onnx", "tflite", "tflite"]
    with pytest.raises(BundleError, match="web runs onnx and tflite, not mlpackage"):
        embed(Bundle(VARIABLE), tmp_path / "other", "web", ["mlpackage"])
    with pytest.raises(BundleError, match="holds no onnx forward in fp16"):
        embed(Bundle(VARIABLE), tmp_path / "other", "web", precisions=["fp16"])
    assert not (tmp_path / "other").exists()


def test_a_changed_file_is_found_before_anything_is_written(tmp_path: Path) -> None:
    shutil.copytree(VARIABLE, tmp_path / "bundle")
    model = tmp_path / "bundle/onnx/inverse.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"?")
    with pytest.raises(BundleError, match=r"inverse\.onnx"):
        embed(open_bundle(tmp_path / "bundle"), tmp_path / "app", "web")
    assert not (tmp_path / "app").exists()


def test_every_platform_has_a_format() -> None:
    assert set(FORMATS) == set(PLATFORMS)


def test_a_folder_that_exists_is_left_alone(tmp_path: Path, refused: Callable[..., str]) -> None:
    assert "exists; name a folder" in refused("embed", VARIABLE, tmp_path, "--for", "web")
    assert list(tmp_path.iterdir()) == []
