"""Every filter that lies here restores in fp16 and w8 too. The whole matrix of each is that of `nox -s convert`."""

from pathlib import Path

import pytest

from unfilter.format.artifact import DIRECTIONS
from unfilter_converters import coreml, make, source
from unfilter_converters.convert import convert
from unfilter_converters.source import read_source
from unfilter_training import checkpoint
from unfilter_training.recipe import read_recipe

KEPT = [*checkpoint.shipped_and_guided(), *checkpoint.research_only()]


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT)
def test_restores_in_fp16_and_w8_as_the_reference_does_within_the_tolerances(
    name: str, conversions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "CONVERTERS", ("reference", "coreml"))
    monkeypatch.setattr(
        source, "TILE", 384
    )  # holds every golden whole; what fills it is a fourth of what fills a shipped one
    monkeypatch.setattr(source, "TILE_OF_PYRAMIDS", 576)  # these reach farther
    monkeypatch.setattr(coreml, "PRECISIONS", ("fp16",))
    monkeypatch.setattr("unfilter.run.runtimes.NAMES", ("coreml", "mil", "torch"))
    report = convert(read_source(checkpoint.find(name)), tmp_path / "bundle", conversions)
    assert not report.failures
    assert not report.refused  # a tile of the size that ships has more seams, and is judged by `nox -s convert`
    assert {(graph.engine.precision, graph.direction) for graph in report.graphs if graph.engine.runtime == "mil"} == {
        (precision, direction) for precision in ("fp16", "w8") for direction in DIRECTIONS
    }


@pytest.mark.parametrize("name", KEPT)
def test_was_trained_to_the_end_by_the_recipe_of_its_name(name: str) -> None:
    description = checkpoint.read_description(checkpoint.find(name))
    assert description.recipe == read_recipe(name)
    assert description.steps == description.recipe.schedule.total
    assert (description.warm_start is None) == (description.recipe.warm_start is None)
