"""Laws: a preset becomes a bundle that runs, at the cost that the paper's code has for the same."""

from pathlib import Path

import numpy as np
import pytest

from unfilter.format.bundle import Bundle
from unfilter.jobs.filter import Filter
from unfilter_converters.commands.bench import add_arguments
from unfilter_converters.presets import preset_bundle


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return preset_bundle("paper", tmp_path_factory.mktemp("paper"))


def test_the_paper_preset_costs_what_the_released_code_does_less_what_makes_delta_alone(paper: Bundle) -> None:
    costs = {artifact.direction: artifact.macs_per_pixel for artifact in paper.manifest.artifacts}
    assert costs["forward"] == pytest.approx(241_000 - 26_000, rel=0.02)
    assert costs["inverse"] == pytest.approx(235_000, rel=0.02)


def test_its_graphs_run(paper: Bundle) -> None:
    paper.check()
    pixels = np.random.default_rng(0).integers(0, 256, (32, 48, 3), np.uint8)
    opened = Filter(paper, "onnx")
    assert opened.restore(opened.apply(pixels)).shape == pixels.shape


def test_an_unknown_preset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="choose one of mobile, paper"):
        preset_bundle("desktop", tmp_path)


@pytest.mark.parametrize("bad", [["--size", "720"], ["--size", "0x5"], ["--rounds", "0"], ["--threads", "x"]])
def test_bad_arguments_are_refused_in_words(bad: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import ArgumentParser

    parser = ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["l0", *bad])
    assert "is no" in capsys.readouterr().err


def test_the_size_is_width_and_height() -> None:
    from argparse import ArgumentParser

    parser = ArgumentParser()
    add_arguments(parser)
    assert parser.parse_args(["l0"]).size == (720, 480)
    assert parser.parse_args(["l0", "--size", "64x32"]).size == (64, 32)
