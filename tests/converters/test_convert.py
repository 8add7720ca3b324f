"""Checkpoint to bundle, the whole way."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jaxtyping
import pytest

from unfilter.cli import main
from unfilter.errors import UnfilterError
from unfilter.format.bundle import Bundle, digest
from unfilter.format.manifest import MANIFEST
from unfilter.format.quantisation import ANNEX_K
from unfilter.jobs.detection.detector import FILE, read_detector
from unfilter.proof.fidelity import Verdict, read_report
from unfilter.proof.fidelity.reports import page
from unfilter_converters import make, source
from unfilter_converters.convert import convert
from unfilter_converters.source import read_source
from unfilter_training import checkpoint
from unfilter_training.degradation import Mixture
from unfilter_training.network import (
    EncoderDecodersConfig,
    NetworkConfig,
    QuasiInvertibleNetwork,
    RestorableNetwork,
    SteganographyConfig,
)
from unfilter_training.quantisation.learned import FILE as TABLES
from unfilter_training.quantisation.learned import Learned
from unfilter_training.recipe import read_recipe

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture
def small_checkpoint(tmp_path: Path, small_network: QuasiInvertibleNetwork) -> Path:
    return saved(tmp_path / "checkpoint", small_network)


def saved(folder: Path, network: RestorableNetwork) -> Path:
    description = checkpoint.Description(
        filter="l0",
        network=network.config,
        weights_sha256="0" * 64,
        recipe=read_recipe("l0"),
        steps=1,
        photos=1,
        machine="a test",
    )
    checkpoint.save(folder, network, description)
    return folder


def quickly(patch: pytest.MonkeyPatch) -> None:
    """Only the converters and runtimes that take no time, and a small tile: what is tested are the steps around them."""
    patch.setattr(make, "CONVERTERS", ("reference", "onnx"))
    patch.setattr(source, "TILE", 256)
    patch.setattr("unfilter.run.runtimes.NAMES", ("onnx", "torch"))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)


@pytest.fixture(scope="session")
def converted(once: Once, small_network: QuasiInvertibleNetwork) -> Path:
    """A folder with the bundle `l0` of `small_network`, converted quickly from nothing, its page, and the `cache` of that.
    Read only.
    """

    def make(folder: Path) -> None:
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            quickly(patch)
            patch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # as for each test of this folder
            convert(read_source(saved(folder / "checkpoint", small_network)), folder / "l0", folder / "cache")

    return once("small", make)


@pytest.fixture
def cache(converted: Path, tmp_path: Path) -> Path:
    """A cache of the test's own that has all of `small_network`: what is made again is what the test is about."""
    return Path(shutil.copytree(converted / "cache", tmp_path / "cache"))


def test_the_shipped_filter_has_every_format_in_three_precisions_and_the_reference_in_both_directions(
    shipped_bundle: Path,
) -> None:
    artifacts = Bundle(shipped_bundle).manifest.artifacts
    expected = {(form, each) for form in ("onnx", "tflite", "mlpackage") for each in ("fp32", "fp16", "w8")}
    expected.add(("pt2", "fp32"))
    for direction in ("forward", "inverse"):
        assert {(a.format, a.precision) for a in artifacts if a.direction == direction} == expected


def test_the_shipped_filter_fails_nowhere_and_core_ml_is_unverified_off_macos(shipped_bundle: Path) -> None:
    report = read_report(shipped_bundle / "fidelity.json")
    assert report.failures == ()
    for result in report.graphs:
        assert result.verdict is (Verdict.UNVERIFIED if result.engine.runtime == "mil" else Verdict.PASS)


def test_the_shipped_filter_needs_at_most_20_kmac_per_pixel_and_direction(shipped_bundle: Path) -> None:
    counted = [a.macs_per_pixel for a in Bundle(shipped_bundle).manifest.artifacts if a.format == "onnx"]
    assert len(counted) == 6
    assert all(macs is not None and 9_000 < macs <= 20_000 for macs in counted)


def test_every_file_of_the_bundle_is_in_its_manifest(shipped_bundle: Path) -> None:
    listed = {entry.path for entry in Bundle(shipped_bundle).manifest.files}
    present = {p.relative_to(shipped_bundle).as_posix() for p in shipped_bundle.rglob("*") if p.is_file()}
    assert present - listed == {"manifest.json"}
    assert listed <= present


@pytest.mark.usefixtures("quick")
def test_converting_again_converts_nothing_and_gives_equal_files(
    tmp_path: Path, small_checkpoint: Path, converted: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = converted / "l0", tmp_path / "b"

    def refuse(*_: object) -> None:
        raise AssertionError("something was made again")

    monkeypatch.setattr("unfilter_converters.source.load", refuse)
    monkeypatch.setattr("unfilter.proof.fidelity.measurement.Measurement.add", refuse)
    convert(read_source(small_checkpoint), second, cache)
    for path in first.rglob("*"):
        assert path.is_dir() or digest(path) == digest(second / path.relative_to(first))
    assert digest(converted / "l0.html") == digest(tmp_path / "b.html")


@pytest.mark.usefixtures("quick")
def test_a_conversion_that_fails_leaves_the_old_bundle_and_nothing_else(
    tmp_path: Path, small_checkpoint: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "bundles"
    out.mkdir()
    convert(read_source(small_checkpoint), out / "l0", cache)
    before = (out / "l0" / "manifest.json").read_bytes()
    shutil.rmtree(cache)

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("unfilter_converters.onnx.convert", fail)
    with pytest.raises(KeyboardInterrupt):
        convert(read_source(small_checkpoint), out / "l0", cache)
    assert sorted(path.name for path in out.iterdir()) == ["l0", "l0.html"]
    assert (out / "l0" / "manifest.json").read_bytes() == before


@pytest.mark.usefixtures("quick")
def test_a_network_that_does_not_restore_makes_convert_exit_with_1(
    tmp_path: Path, small_checkpoint: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from unfilter_converters.export_form import ExportForm

    real = ExportForm.forward
    monkeypatch.setattr(ExportForm, "forward", lambda self, *inputs: real(self, *inputs) + 0.01)
    code = main(["convert", str(small_checkpoint), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")])
    assert code == 1
    assert "FAIL" in capsys.readouterr().out
    pages = {path.name: path.read_text() for path in (tmp_path / "out").glob("*.html")}
    assert set(pages) == {"l0.html", "index.html"}
    assert '"page":"l0.html"' in pages["index.html"]
    assert '"verdict":"fail"' in pages["l0.html"]


@pytest.mark.usefixtures("quick")
def test_the_report_in_a_bundle_has_no_speeds_and_its_page_has(tmp_path: Path, small_checkpoint: Path, cache: Path) -> None:
    """Two conversions on one machine give one bundle; how fast it was just then is no part of it."""
    report = convert(read_source(small_checkpoint), tmp_path / "l0", cache)
    assert len(report.speeds) == 2 * len(report.engines) == 8
    assert read_report(tmp_path / "l0/fidelity.json") == report.model_copy(update={"speeds": ()})
    assert "megapixels_per_second" in (tmp_path / "l0.html").read_text()


@pytest.mark.parametrize(("jpeg", "carriers"), [(0.0, ("exact",)), (0.15, ("exact", "jpeg"))])
def test_the_manifest_says_what_the_recipe_trained_the_filter_to_be_saved_in(
    small_checkpoint: Path, quick: None, tmp_path: Path, cache: Path, jpeg: float, carriers: tuple[str, ...]
) -> None:
    description = checkpoint.read_description(small_checkpoint)
    degradation = Mixture(rounding=1.0, real_jpeg=jpeg)
    recipe = description.recipe.model_copy(update={"degradation": degradation})
    checkpoint.describe(small_checkpoint, description.model_copy(update={"recipe": recipe}))
    convert(read_source(small_checkpoint), tmp_path / "l0", cache)
    assert Bundle(tmp_path / "l0").manifest.carriers == carriers


@pytest.mark.usefixtures("quick")
def test_the_detector_of_a_checkpoint_is_taken_along_where_it_is_for_its_weights(
    small_checkpoint: Path, tmp_path: Path, cache: Path
) -> None:
    detector = read_detector(checkpoint.find("l0") / FILE)
    said: list[str] = []
    for weights, taken in ((detector.weights_sha256, False), (None, True)):
        own = weights or checkpoint.read_description(small_checkpoint).weights_sha256
        (small_checkpoint / FILE).write_text(detector.model_copy(update={"weights_sha256": own}).model_dump_json())
        convert(read_source(small_checkpoint), tmp_path / "l0", cache, on_step=said.append)
        bundle = Bundle(tmp_path / "l0")
        assert bundle.manifest.detection == (FILE if taken else None)
        assert (tmp_path / "l0" / FILE).exists() == taken
        bundle.check()
    assert sum(line.startswith("no detector: that of the checkpoint is for other weights") for line in said) == 1


def test_a_filter_for_research_only_says_so_in_manifest_inspect_and_convert(
    small_checkpoint: Path, quick: None, tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    description = checkpoint.read_description(small_checkpoint)
    recipe = description.recipe.model_copy(update={"research_only": "learned from\nsomebody's network."})
    checkpoint.describe(small_checkpoint, description.model_copy(update={"recipe": recipe}))
    arguments = ["--out", str(tmp_path / "out"), "--cache", str(cache)]
    main(["convert", str(small_checkpoint), *arguments])
    assert "for research only: learned from somebody's network." in capsys.readouterr().out
    assert Bundle(tmp_path / "out/l0").manifest.research_only == recipe.research_only
    assert main(["inspect", str(tmp_path / "out/l0")]) == 0
    assert "for research only: learned from somebody's network." in capsys.readouterr().out


def test_what_is_for_research_only_ships_in_no_package_and_is_converted_by_name_alone() -> None:
    assert set(checkpoint.shipped()).isdisjoint(checkpoint.research_only())
    packages = Path(checkpoint.__file__).parent
    assert not checkpoint.RESEARCH_ONLY.is_relative_to(packages)
    for name in checkpoint.research_only():
        folder = checkpoint.find(name)
        assert folder.parent == checkpoint.RESEARCH_ONLY
        assert checkpoint.read_description(folder).recipe.research_only
        assert "For research only" in (folder / checkpoint.CARD).read_text(encoding="utf-8")
    for name in checkpoint.shipped():
        assert checkpoint.read_description(checkpoint.find(name)).recipe.research_only is None


@pytest.mark.parametrize("name", ["no_such_filter", "."])
def test_convert_refuses_what_is_no_checkpoint_in_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["convert", name]) == 2
    error = capsys.readouterr().err
    assert "checkpoint.json" in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "switches",
    [{"enhancer": "both", "enhancer_width": 4}, {"squeeze": "unshuffle", "colours": "ycc", "split": "colours"}],
    ids=["enhancers", "unshuffled_ycc"],
)
def test_what_ablations_switch_converts_and_restores_as_the_reference_does(
    switches: dict[str, object], noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork], tmp_path: Path
) -> None:
    fields = {"blocks": 2, "subnet_width": 4, "auxiliary_width": 4, "fusion_width": 4} | switches
    folder = saved(tmp_path / "checkpoint", noisy(NetworkConfig.model_validate(fields)))
    report = convert(read_source(folder), tmp_path / "bundle", tmp_path / "cache")
    graphs = [result for result in report.graphs if result.engine.runtime == "onnx"]
    assert {result.direction for result in graphs} == {"forward", "inverse"}
    assert all(result.verdict is Verdict.PASS for result in graphs)


@pytest.mark.parametrize("form", [EncoderDecodersConfig(), SteganographyConfig()], ids=lambda form: form.method)
def test_baselines_are_refused_in_one_line_before_any_work(
    form: EncoderDecodersConfig | SteganographyConfig,
    noisy: Callable[[EncoderDecodersConfig | SteganographyConfig], RestorableNetwork],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = saved(tmp_path / "checkpoint", noisy(form))
    line = f"{folder}: {form.method} is a baseline to compare with and is never converted"
    with pytest.raises(UnfilterError, match=re.escape(line)):
        read_source(folder)
    words = ["convert", "l0", str(folder), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]
    assert main(words) == 2
    assert capsys.readouterr().err == f"unfilter: {line}\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("quick")
def test_the_manifest_is_written_once_after_the_verdict(
    tmp_path: Path, small_checkpoint: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    real = Path.write_bytes

    def write(path: Path, content: bytes) -> int:
        if path.name == MANIFEST:
            assert (path.parent / "fidelity.json").exists()
            written.append(path)
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", write)
    convert(read_source(small_checkpoint), tmp_path / "l0", cache)
    assert len(written) == 1
    Bundle(tmp_path / "l0").check()


@pytest.mark.usefixtures("quick")
def test_how_a_page_looks_is_no_part_of_the_verdict(
    tmp_path: Path, small_checkpoint: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stylesheet that is edited gives another page, and nothing is measured or made again."""
    convert(read_source(small_checkpoint), tmp_path / "l0", cache)
    before = sorted(path.name for path in cache.iterdir())
    monkeypatch.setattr("unfilter.proof.fidelity.reports.page._PARTS", _edited_copy(tmp_path / "parts"))
    convert(read_source(small_checkpoint), tmp_path / "l0", cache)
    assert sorted(path.name for path in cache.iterdir()) == before
    assert "edited: 1" in (tmp_path / "l0.html").read_text()


def _edited_copy(folder: Path) -> Path:
    shutil.copytree(Path(page.__file__).parent, folder)
    (folder / "page.css").write_text("body { edited: 1 }")
    return folder


KILLED = """
import os, signal, sys
from pathlib import Path
from unfilter.run import runtimes
from unfilter_converters import convert as steps, make, source

make.CONVERTERS, runtimes.NAMES, source.TILE = ("reference", "onnx"), ("onnx", "torch"), 256
checkpoint, folder, cache, step = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
real = getattr(steps, step)

def kill(*arguments):
    if step == "write_page":
        os.kill(os.getpid(), signal.SIGKILL)
    real(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(steps, step, kill)
steps.convert(source.read_source(checkpoint), folder, cache)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
@pytest.mark.usefixtures("quick")
def test_a_kill_in_any_step_leaves_a_whole_bundle_and_the_next_conversion_clears_up(
    tmp_path: Path, small_checkpoint: Path, cache: Path
) -> None:
    out = tmp_path / "bundles"
    out.mkdir()
    convert(read_source(small_checkpoint), out / "l0", cache)
    for step in ("make", "publish", "write_page"):
        arguments = [small_checkpoint, out / "l0", cache, step]
        killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
        assert killed.returncode == -9
        Bundle(out / "l0").check()
        hidden = [path.name for path in out.iterdir() if path.name.startswith(".")]
        assert len(hidden) == (0 if step == "write_page" else 1)
        convert(read_source(small_checkpoint), out / "l0", cache)
        assert sorted(path.name for path in out.iterdir()) == ["l0", "l0.html"]


@pytest.mark.usefixtures("quick")
def test_quantiser_tables_of_a_checkpoint_are_taken_along_where_they_are_for_its_weights(
    small_checkpoint: Path, tmp_path: Path, cache: Path
) -> None:
    said: list[str] = []
    for weights in ("f" * 64, checkpoint.read_description(small_checkpoint).weights_sha256):
        learned = Learned(weights_sha256=weights, photos=1, saved={"4:2:0": 0.1}, tables={"4:2:0": ANNEX_K})
        (small_checkpoint / TABLES).write_text(learned.model_dump_json())
        convert(read_source(small_checkpoint), tmp_path / "l0", cache, on_step=said.append)
        found = Bundle(tmp_path / "l0").manifest.quantisation
        assert [(one.subsampling, one.luma) for one in found] == ([("4:2:0", ANNEX_K.luma)] if weights[0] != "f" else [])
    assert sum(line.startswith("no quantiser tables: those of the checkpoint are for other weights") for line in said) == 1
