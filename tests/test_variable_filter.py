"""Laws of a filter with hyper-parameters, network to restored file: values matter, every runtime agrees at each of them, and
restoring needs none.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from unfilter import Bundle, Filter, UnfilterError, read_photo
from unfilter.cli import main
from unfilter.proof.fidelity import FidelityReport, Verdict
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.network.whole_photo import run_whole

RUNTIMES = ("onnx", "litert", "torch", "mil")
VALUES = ({"sigma": 0.05, "factor": 8.0}, {"sigma": 0.3, "factor": 2.0})
PLACES = ((0.0, 1.0), (float(np.log(6) / np.log(8)), 0.0))
"""Of `VALUES` in the ranges of the fixture: sigma 0.05..0.4 on a log scale, factor 2..8."""

Apply = Callable[[str, int], NDArray[np.uint8]]


@pytest.fixture(scope="module")
def photo(variable_bundle: Path) -> NDArray[np.uint8]:
    """A real photo of odd sides, lower than a tile and wider."""
    return read_photo(variable_bundle / "goldens/chelsea.png").pixels


@pytest.fixture(scope="module")
def applied(variable_bundle: Path, photo: NDArray[np.uint8]) -> Apply:
    """The photo filtered on a runtime at one of `VALUES`, once."""

    @cache
    def apply(runtime: str, index: int) -> NDArray[np.uint8]:
        return Filter.open(variable_bundle, runtime=runtime).apply(photo, **VALUES[index])

    return apply


def levels_apart(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> int:
    return int(np.abs(a.astype(int) - b.astype(int)).max())


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_every_runtime_gives_what_the_network_gives_at_that_value(
    runtime: str, index: int, applied: Apply, photo: NDArray[np.uint8], variable_network: QuasiInvertibleNetwork
) -> None:
    expected = run_whole(variable_network, "forward", photo, PLACES[index])
    assert levels_apart(applied(runtime, index), expected) <= 1


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_another_value_gives_another_photo(runtime: str, applied: Apply) -> None:
    assert levels_apart(applied(runtime, 0), applied(runtime, 1)) > 5


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_each_hyper_parameter_matters_by_itself(runtime: str, variable_bundle: Path, photo: NDArray[np.uint8]) -> None:
    opened, part = Filter.open(variable_bundle, runtime=runtime), photo[:32, :32]
    results = [opened.apply(part, sigma=s, factor=f) for s in (0.05, 0.4) for f in (2.0, 8.0)]
    assert len({result.tobytes() for result in results}) == 4


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_restoring_names_no_value(
    runtime: str, index: int, applied: Apply, variable_bundle: Path, variable_network: QuasiInvertibleNetwork
) -> None:
    filtered = applied("torch", index)
    restored = Filter.open(variable_bundle, runtime=runtime).restore(filtered)
    assert levels_apart(restored, run_whole(variable_network, "inverse", filtered)) <= 1


def test_what_is_not_named_has_its_default(variable_bundle: Path, photo: NDArray[np.uint8]) -> None:
    opened, part = Filter.open(variable_bundle), photo[:32, :32]
    np.testing.assert_array_equal(opened.apply(part), opened.apply(part, factor=5.0, sigma=0.1))
    np.testing.assert_array_equal(opened.apply(part, factor=3), opened.apply(part, sigma=0.1, factor=3.0))


def test_verify_measures_each_golden_at_its_own_values(variable_bundle: Path) -> None:
    """The mosaic fills a tile, so that LiteRT's other signature is among what is judged."""
    fields = json.loads((variable_bundle / "fidelity.json").read_text())
    assert fields.pop("failures") == []
    graphs = FidelityReport.model_validate(fields).graphs
    assert {(str(graph.engine), graph.direction) for graph in graphs} >= {
        (f"{name} fp32", direction) for name in RUNTIMES for direction in ("forward", "inverse")
    }
    assert {graph.verdict for graph in graphs if graph.engine.runtime != "mil"} == {Verdict.PASS}
    values = [tuple(golden.parameters.values()) for golden in Bundle(variable_bundle).manifest.goldens]
    assert len(set(values)) >= 4


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sigmma": 0.1}, r"no parameter 'sigmma'; did you mean sigma\? it has: sigma 0\.05\.\.0\.4, factor 2\.\.8$"),
        ({"strength": 1.0}, r"no parameter 'strength'; it has: sigma 0\.05\.\.0\.4, factor 2\.\.8$"),
        ({"sigma": 0.5}, r"sigma must lie in 0\.05\.\.0\.4, got 0\.5$"),
        ({"factor": 1.9}, r"factor must lie in 2\.\.8, got 1\.9$"),
        ({"factor": float("nan")}, r"factor must lie in 2\.\.8, got nan$"),
    ],
    ids=str,
)
def test_a_wrong_value_is_one_line_that_says_what_is_allowed(
    wrong: dict[str, float], message: str, variable_bundle: Path, tmp_path: Path
) -> None:
    opened, target = Filter.open(variable_bundle), tmp_path / "filtered.png"
    with pytest.raises(UnfilterError, match=message):
        opened.apply(np.zeros((4, 4, 3), np.uint8), **wrong)
    with pytest.raises(UnfilterError, match=message):
        opened.apply_file(variable_bundle / "goldens/chelsea.png", target, parameters=wrong)
    assert not target.exists()


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_the_command_sets_values_the_file_records_them_and_restore_asks_for_none(
    suffix: str,
    variable_bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("UNFILTER_BUNDLES", str(variable_bundle.parent))
    source, filtered, restored = variable_bundle / "goldens/rocket.png", tmp_path / f"f.{suffix}", tmp_path / "r.png"
    set_to = ["--set", "factor=7.5", "--no-mark"]  # so that a JPEG restores to what the inverse alone makes of it
    assert main(["apply", "--filter", str(variable_bundle), *set_to, str(source), str(filtered)]) == 0
    tag = read_photo(filtered).tag
    assert tag is not None
    assert tag.parameters == {"sigma": 0.1, "factor": 7.5}
    opened = Filter.open(variable_bundle)
    if suffix == "png":
        expected = opened.apply(read_photo(source).pixels, factor=7.5)
        np.testing.assert_array_equal(read_photo(filtered).pixels, expected)
    capsys.readouterr()
    assert main(["inspect", str(filtered)]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert {"parameter     sigma 0.1", "parameter     factor 7.5"} <= set(shown)
    assert main(["restore", str(filtered), str(restored)]) == 0
    saved = read_photo(filtered).pixels
    expected = opened.run_again(saved, tag.parameters) if suffix == "png" else opened.restore(saved)
    np.testing.assert_array_equal(read_photo(restored).pixels, expected)


def test_inspect_of_the_bundle_shows_what_may_be_set(variable_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(variable_bundle)]) == 0
    shown = set(capsys.readouterr().out.splitlines())
    assert {
        "parameter     sigma 0.05..0.4, default 0.1, log scale",
        "parameter     factor 2..8, default 5",
    } <= shown


def test_an_unknown_value_ends_the_command_with_2_and_nothing_written(
    variable_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = variable_bundle / "goldens/rocket.png", tmp_path / "f.png"
    arguments = ["apply", "--filter", str(variable_bundle), str(source), str(target)]
    for assignment, words in (("sigma=9", "sigma must lie in"), ("hue=1", "no parameter 'hue'")):
        assert main([*arguments, "--set", assignment]) == 2
        error = capsys.readouterr().err
        assert words in error
        assert error.count("\n") == 1
    assert not target.exists()
