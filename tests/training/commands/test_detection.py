"""`unfilter detection` as a user calls it: calibrates a checkpoint, measures nothing twice, prints what was measured."""

import shutil
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from unfilter.errors import UnfilterError
from unfilter.jobs.detection.detector import FILE, read_detector
from unfilter.jobs.recognition.recognizer import FILE as RECOGNIZER
from unfilter.jobs.recognition.recognizer import read_recognizer
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training import checkpoint
from unfilter_training.commands import detection
from unfilter_training.detection import samples, tagged
from unfilter_training.detection.measurement_cache import MeasuredFilter
from unfilter_training.network import (
    EncoderDecodersConfig,
    QuasiInvertibleNetwork,
    RestorableNetwork,
    SteganographyConfig,
)
from unfilter_training.recognition import samples as recognition_samples

GOLDEN = Path(__file__).parents[3] / "converters/unfilter_converters/golden_photos/coffee.webp"


@pytest.fixture
def small(small_network: QuasiInvertibleNetwork, tmp_path: Path) -> Path:
    shipped = checkpoint.read_description(checkpoint.find("l0"))
    description = shipped.model_copy(update={"filter": "tiny", "network": small_network.config})
    checkpoint.save(tmp_path / "tiny", small_network, description)
    return tmp_path / "tiny"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve crops, in two folders."""
    pixels = read_photo(GOLDEN).pixels
    for index in range(12):
        folder = tmp_path / "photos" / str(index % 2)
        folder.mkdir(parents=True, exist_ok=True)
        top, left = 4 * index, 30 * (index % 5)
        write_photo(folder / f"{index}.png", Photo(np.ascontiguousarray(pixels[top : top + 150, left : left + 200])))
    return tmp_path / "photos"


def run(*arguments: object) -> int:
    """Through the command's own parser: the entry point of an installation of older days may lack it."""
    detection.add_arguments(parser := ArgumentParser())
    return detection.run(parser.parse_args([str(argument) for argument in arguments]))


def test_a_checkpoint_is_calibrated_and_its_curve_drawn(
    small: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = ("--measured", tmp_path / "measured")
    assert run("calibrate", photos, small, *measured) == 0
    detector = read_detector(small / FILE)
    assert (detector.photos, set(detector.carriers)) == (12, {"exact", "jpeg"})
    assert detector.weights_sha256 == checkpoint.read_description(small).weights_sha256

    def refuse(*_: object) -> None:
        raise AssertionError("a photo was measured again")

    monkeypatch.setattr(samples, "_measure_photo", refuse)
    for refused in (None, refuse):
        if refused:
            monkeypatch.setattr(tagged, "_exact", refused)
        capsys.readouterr()
        assert run("roc", photos, small, "--plot", tmp_path / "roc.png", *measured) == 0
        with_tag, without = capsys.readouterr().out.split("\n\n")
        assert "| exact | filtered: false alarms | 12 | 0.0% |" in with_tag
        assert "| exact | filtered, as saved: false alarms | 36 |" in without
    assert (tmp_path / "roc.png").stat().st_size > 0


def test_a_baseline_and_a_detector_of_other_weights_are_refused_in_one_line(
    small: Path, photos: Path, noisy: Callable[..., RestorableNetwork], tmp_path: Path
) -> None:
    with pytest.raises(UnfilterError, match=r"cannot be read .*calibrate with"):
        run("roc", photos, small)
    detector = read_detector(checkpoint.find("l0") / FILE)
    (small / FILE).write_text(detector.model_copy(update={"weights_sha256": "f" * 64}).model_dump_json())
    with pytest.raises(UnfilterError, match="was calibrated for other weights; calibrate again"):
        run("roc", photos, small)
    shipped = checkpoint.read_description(checkpoint.find("l0"))
    for config in (EncoderDecodersConfig(width=8), SteganographyConfig(width=8)):
        description = shipped.model_copy(update={"filter": "baseline", "network": config})
        checkpoint.save(folder := tmp_path / "baseline", noisy(config), description)
        for action in ("calibrate", "roc"):
            with pytest.raises(
                UnfilterError, match=r"baseline: .* is a baseline to compare with; no file of it is ever rest"
            ):
                run(action, photos, folder)
        assert not (folder / FILE).exists()


@pytest.mark.parametrize("name", [*checkpoint.shipped(), *checkpoint.research_only()])
def test_no_detector_lies_beside_other_weights_than_its_own(name: str) -> None:
    if (path := checkpoint.find(name) / FILE).exists():
        assert read_detector(path).weights_sha256 == checkpoint.read_description(path.parent).weights_sha256


def test_one_in_so_many_photos_is_taken(photos: Path) -> None:
    assert [path.name for path in detection._photos(photos, 4)] == ["0.png", "4.png", "1.png", "5.png"]
    assert len(detection._photos(photos, None)) == len(detection._photos(photos, 100)) == 12


def test_measures_of_other_weights_are_not_taken(small: Path, photos: Path, tmp_path: Path) -> None:
    shutil.rmtree(photos / "1")
    description = checkpoint.read_description(small)
    network, _ = checkpoint.load(small)
    one = sorted((photos / "0").iterdir())[:1]
    subject = MeasuredFilter(cast(QuasiInvertibleNetwork, network), description, tmp_path / "m")
    first = samples.measure_photos(subject, one)
    again = samples.measure_photos(subject, one)
    assert again == first
    other = description.model_copy(update={"weights_sha256": "f" * 64})
    samples.measure_photos(replace(subject, description=other), one)
    assert len(list((tmp_path / "m").iterdir())) == 2


def test_a_recogniser_is_calibrated_and_measured_on_files_of_other_resizers(
    small: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition_samples, "DRAWS", 1)
    description = checkpoint.read_description(small)
    network, _ = checkpoint.load(small)
    other = tmp_path / "other"
    checkpoint.save(other, network, description.model_copy(update={"filter": "other"}))
    common = (photos, small, "--others", other, "--most", 12, "--measured", tmp_path / "measured")
    assert run("recognise", *common) == 0
    assert f"{small / RECOGNIZER}: calibrated on 12 photos; recognises" in capsys.readouterr().out
    recognizer = read_recognizer(small / RECOGNIZER)
    assert recognizer.weights_sha256 == description.weights_sha256
    assert recognizer.foreign <= recognizer.own
    assert run("recognised", *common) == 0
    head, _, row = capsys.readouterr().out.strip().splitlines()
    assert row.startswith("| `tiny` | ")
    assert row.count("|") == head.count("|")
