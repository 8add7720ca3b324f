"""Measured numbers are those of the files, by the same rules as `unfilter score`."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unfilter.photo import Photo, read_photo, write_photo
from unfilter.proof.fidelity import psnr, ssim
from unfilter_training import checkpoint
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.carriers.jpeg import Jpeg
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.measurements.kept_original import KeptOriginal
from unfilter_training.evaluation.measurements.passage import Passage
from unfilter_training.evaluation.measurements.plain_file import PlainFile
from unfilter_training.evaluation.measurements.speed import Speed
from unfilter_training.evaluation.measurements.unfiltered import Unfiltered
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.subjects import Subject, gather
from unfilter_training.network import EncoderDecodersConfig, QuasiInvertibleNetwork, RestorableNetwork, SteganographyConfig
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.scoring import score_picture


@pytest.fixture
def picture(study: Study) -> Picture:
    """The one with an odd side."""
    return study.pictures[0]


def test_a_passage_scores_as_unfilter_score_does(tiny: Subject, picture: Picture, bench: Bench, tmp_path: Path) -> None:
    expected = score_picture(checkpoint.load(tiny.folder)[0], tiny.task(), picture.read(), tmp_path)
    plain = Unfiltered(tiny, picture).measure(bench)
    png = Passage(tiny, picture, Png()).measure(bench)
    jpeg = Passage(tiny, picture, Jpeg(80, "4:2:0")).measure(bench)
    assert plain["db"] == expected.unfiltered
    assert png["approximation_db"] == expected.approximation
    assert png["restoration_db"] == expected.restoration
    assert jpeg["restoration_db"] == expected.restoration_jpeg_420[1]


def test_a_passage_is_that_of_the_file_that_was_saved(tiny: Subject, picture: Picture, bench: Bench, tmp_path: Path) -> None:
    found = Passage(tiny, picture, Jpeg(70, "4:4:4")).measure(bench)
    network, photo = checkpoint.load(tiny.folder)[0], picture.read()
    path = tmp_path / "file.jpg"
    write_photo(path, Photo(run_whole(network, "forward", photo)), quality=70, subsampling="4:4:4")
    saved = read_photo(path).pixels
    restored, target = run_whole(network, "inverse", saved), bench.target(tiny.task(), picture)
    assert found == {
        "approximation_db": psnr(saved, target),
        "approximation_ssim": ssim(saved, target),
        "restoration_db": psnr(restored, photo),
        "restoration_ssim": ssim(restored, photo),
        "bytes": path.stat().st_size,
    }


@pytest.mark.parametrize(
    "form", [EncoderDecodersConfig(width=4), SteganographyConfig(width=4)], ids=lambda form: form.method
)
def test_a_baselines_passage_scores_as_unfilter_score_does(
    form: EncoderDecodersConfig | SteganographyConfig,
    noisy: Callable[[object], RestorableNetwork],
    save: Callable[..., Path],
    picture: Picture,
    bench: Bench,
    tmp_path: Path,
) -> None:
    (baseline,) = gather([str(save(tmp_path / "saved", noisy(form), "baseline_one"))], tmp_path / "scratch")
    expected = score_picture(checkpoint.load(baseline.folder)[0], baseline.task(), picture.read(), tmp_path)
    png = Passage(baseline, picture, Png()).measure(bench)
    assert (png["approximation_db"], png["restoration_db"]) == (expected.approximation, expected.restoration)


def test_hyper_parameters_reach_operator_and_network(variable: Subject, picture: Picture, bench: Bench) -> None:
    weak, strong = ((("smoothness", value),) for value in (0.01, 0.04))
    assert (
        Unfiltered(variable, picture, strong).measure(bench)["db"] < Unfiltered(variable, picture, weak).measure(bench)["db"]
    )
    files = [bench.filtered(variable, values, picture) for values in (weak, strong, ())]
    assert (files[0] != files[1]).any()
    np.testing.assert_array_equal(files[2], bench.filtered(variable, (("smoothness", 0.02),), picture))


def test_plain_file_and_original_are_the_operators_output_and_the_photo(
    tiny: Subject, picture: Picture, bench: Bench, tmp_path: Path
) -> None:
    target, photo = bench.target(tiny.task(), picture), picture.read()
    assert PlainFile(tiny, picture, Jpeg(80)).measure(bench) == {"bytes": Jpeg(80).through(target, tmp_path).bytes}
    saved = Jpeg(80).through(photo, tmp_path)
    expected = {"bytes": saved.bytes, "db": psnr(saved.pixels, photo), "pixels": 40 * 37}
    assert KeptOriginal(picture, Jpeg(80)).measure(bench) == expected


def test_the_operators_output_is_kept_on_disk_and_taken_from_there(
    tiny: Subject, picture: Picture, bench: Bench, tmp_path: Path
) -> None:
    target = bench.target(tiny.task(), picture)
    (file,) = (tmp_path / "targets").iterdir()
    np.testing.assert_array_equal(read_photo(file).pixels, target)
    write_photo(file, Photo(np.zeros_like(target)))
    assert not Bench(tmp_path, tmp_path / "targets", "a test").target(tiny.task(), picture).any()
    assert Bench(tmp_path, tmp_path / "targets", "other code").target(tiny.task(), picture).any()


def test_speed_is_of_every_form_in_both_directions(
    small_network: QuasiInvertibleNetwork,
    variable_network: QuasiInvertibleNetwork,
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from unfilter_training.evaluation.measurements import speed

    monkeypatch.setattr(speed, "HEIGHT", 32)
    monkeypatch.setattr(speed, "WIDTH", 48)
    forms = (small_network.config, variable_network.config, SteganographyConfig(width=4))
    found = Speed(forms).measure(bench)
    assert set(found) == {f"{index} {direction}" for index in range(3) for direction in ("forward", "inverse")}
    assert all(0 < seconds < 5 for seconds in found.values())
