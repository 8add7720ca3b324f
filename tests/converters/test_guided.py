"""Guided filters in every format: graphs take photo and output, cut them alike, and equal the training network."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from unfilter.cli import main
from unfilter.errors import UnfilterError
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import Manifest
from unfilter.format.tiles import TilePlan
from unfilter.jobs.filter import Filter
from unfilter.jobs.wrapping import Promise, Wrap
from unfilter.photo import Photo, read_photo, write_photo
from unfilter.proof.fidelity import verify
from unfilter.proof.goldens import golden_look
from unfilter.run import runtimes
from unfilter_converters import make
from unfilter_converters.convert import convert
from unfilter_converters.goldens import make_goldens
from unfilter_converters.make import converter
from unfilter_converters.source import read_source, tile_plan
from unfilter_training import checkpoint
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork, build
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.recipe import read_recipe

CONFIG = NetworkConfig(
    blocks=0,
    subnet_width=4,
    auxiliary="guided",
    fusion="hiding",
    hiding_blocks=2,
    predictor_widths=(4, 6),
    gain=0.3,
)
FIXTURES = Path(__file__).parents[1] / "fixtures"
OPENS = {"torch": "reference", "onnx": "onnx", "litert": "litert", "mil": "coreml"}
"""The converter whose artifacts each runtime opens."""


@pytest.fixture(scope="module")
def network() -> QuasiInvertibleNetwork:
    torch.manual_seed(0)
    made = build(CONFIG)
    assert isinstance(made, QuasiInvertibleNetwork)
    with torch.no_grad():
        for weight in made.parameters():
            weight.add_(torch.randn_like(weight) * 0.05)
    made.makes_delta = False
    return made.eval()


@pytest.fixture(scope="module")
def plan() -> TilePlan:
    wide = tile_plan(CONFIG)
    return wide.model_copy(update={"tile": 2 * wide.halo + 32})


@pytest.fixture(scope="module")
def guided(
    network: QuasiInvertibleNetwork,
    plan: TilePlan,
    tmp_path_factory: pytest.TempPathFactory,
    bundle_of: Callable[..., Bundle],
) -> Callable[[str], Filter]:
    """Opens the network on a runtime, converted once."""
    opened: dict[str, Filter] = {}

    def on(runtime: str) -> Filter:
        if runtime not in opened:
            if reason := runtimes.sibling(runtime).unavailable():
                pytest.skip(reason)
            folder = tmp_path_factory.mktemp(runtime)
            artifacts = converter(OPENS[runtime]).convert(network, plan, folder, "fp32")
            opened[runtime] = Filter(bundle_of(folder, artifacts, plan), runtime)
        return opened[runtime]

    return on


def pair(height: int, width: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    photo = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return photo, golden_look(photo)


@pytest.mark.parametrize("runtime", OPENS)
def test_both_pictures_are_cut_alike_and_tiles_give_what_the_whole_photo_would(
    runtime: str, guided: Callable[[str], Filter], network: QuasiInvertibleNetwork, plan: TilePlan
) -> None:
    chosen = guided(runtime)
    for height, width in ((plan.tile, plan.tile), (26, 31), (40, plan.tile + 37)):
        photo, output = pair(height, width)
        filtered = chosen.apply(photo, output=output)
        expected = run_whole(network, "forward", photo, (), output)
        assert np.abs(filtered.astype(int) - expected).max() <= 1  # a rounding may turn over
        restored = chosen.restore(expected)  # the saved file alone
        assert np.abs(restored.astype(int) - run_whole(network, "inverse", expected)).max() <= 1


def test_the_output_changes_what_is_saved(guided: Callable[[str], Filter]) -> None:
    chosen, (photo, output) = guided("onnx"), pair(32, 48)
    assert (chosen.apply(photo, output=output) != chosen.apply(photo, output=photo)).any()


def test_what_needs_the_output_says_so_in_the_artifact_and_older_readers_skip_it(guided: Callable[[str], Filter]) -> None:
    manifest = guided("onnx").bundle.manifest
    assert manifest.guided
    by_direction = {each.direction: each for each in manifest.artifacts}
    assert by_direction["forward"].requires == ("guided",)
    assert by_direction["inverse"].requires == ()
    assert by_direction["inverse"].output is None
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest


def test_an_output_that_cannot_be_is_refused_in_a_line(guided: Callable[[str], Filter]) -> None:
    chosen, (photo, output) = guided("onnx"), pair(32, 48)
    with pytest.raises(UnfilterError, match="is guided: it hides the photo in what your own filter made of it"):
        chosen.apply(photo)
    with pytest.raises(UnfilterError, match="has 48 x 30 pixels, the photo 48 x 32; both must lie on one another"):
        chosen.apply(photo, output=output[:30])
    with pytest.raises(UnfilterError, match="it may be turned"):
        chosen.apply(photo, output=np.ascontiguousarray(np.rot90(output)))
    with pytest.raises(UnfilterError, match="makes its look itself"):
        Filter.open(FIXTURES / "bundle-schema-1", runtime="onnx").apply(photo, output=output)


def test_every_form_of_photo_takes_an_output(guided: Callable[[str], Filter], tmp_path: Path) -> None:
    chosen, (photo, output) = guided("onnx"), pair(32, 48)
    expected = chosen.apply(photo, output=output)
    write_photo(tmp_path / "photo.png", Photo(photo))
    write_photo(tmp_path / "output.png", Photo(output))
    chosen.apply(tmp_path / "photo.png", tmp_path / "saved.png", output=tmp_path / "output.png")
    as_bytes = chosen.apply((tmp_path / "photo.png").read_bytes(), output=(tmp_path / "output.png").read_bytes())
    as_image = chosen.apply(Image.fromarray(photo), output=Image.fromarray(output))
    for made in (read_photo(tmp_path / "saved.png"), read_photo(BytesIO(as_bytes)), Photo(np.asarray(as_image))):
        np.testing.assert_array_equal(made.pixels, expected)


def test_an_output_that_is_stored_turned_otherwise_is_refused(guided: Callable[[str], Filter], tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo, output = (Photo(pixels, exif=None) for pixels in pair(32, 32))
    write_photo(tmp_path / "photo.png", photo)
    write_photo(tmp_path / "output.png", replace(output, exif=b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")))
    with pytest.raises(UnfilterError, match=r"is stored with orientation 6, the photo .* with 1"):
        guided("onnx").apply(tmp_path / "photo.png", tmp_path / "saved.png", output=tmp_path / "output.png")
    assert not (tmp_path / "saved.png").exists()


def test_the_command_takes_the_output(
    guided: Callable[[str], Filter], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen, (photo, output) = guided("onnx"), pair(32, 48)
    paths = [str(tmp_path / name) for name in ("photo.png", "output.png", "saved.png", "back.png")]
    write_photo(Path(paths[0]), Photo(photo))
    write_photo(Path(paths[1]), Photo(output))
    filter_ = ["--filter", str(chosen.bundle.folder), "--runtime", "onnx"]
    assert main(["apply", *filter_, "--output", paths[1], paths[0], paths[2]]) == 0
    assert "hides nothing" in capsys.readouterr().err
    np.testing.assert_array_equal(read_photo(Path(paths[2])).pixels, chosen.apply(photo, output=output))
    assert main(["restore", *filter_, paths[2], paths[3]]) == 0
    assert main(["apply", *filter_, paths[0], paths[2]]) == 2
    assert "--output RESULT" in capsys.readouterr().err


def test_wrapping_promises_what_restoring_the_file_gives(guided: Callable[[str], Filter], tmp_path: Path) -> None:
    chosen, (photo, output) = guided("onnx"), pair(64, 48)
    write_photo(tmp_path / "photo.png", Photo(photo))
    job = Wrap(chosen.graphs, output=Photo(output), force=True)
    wrapped = job.file(tmp_path / "photo.png", tmp_path / "saved.png")
    chosen.restore(tmp_path / "saved.png", tmp_path / "back.png", force=True)
    back = read_photo(tmp_path / "back.png").pixels
    error = np.square(back.astype(float) - photo).mean()
    assert wrapped.promise.restoration == pytest.approx(10 * np.log10(255**2 / error), abs=0.01)
    assert wrapped.promise.posted <= wrapped.promise.restoration + 1


def test_a_pair_that_cannot_be_carried_is_refused_and_nothing_is_written(
    guided: Callable[[str], Filter], tmp_path: Path
) -> None:
    photo, _ = pair(64, 48)
    write_photo(tmp_path / "photo.png", Photo(photo))
    job = Wrap(guided("onnx").graphs, output=Photo(np.full_like(photo, 90)))
    with pytest.raises(UnfilterError, match=r"hiding .*photo.png in this result is not worth it"):
        job.file(tmp_path / "photo.png", tmp_path / "saved.png")
    assert not (tmp_path / "saved.png").exists()


def test_filtering_by_the_guided_form_that_ships_costs_12_kmac_or_less(tmp_path: Path) -> None:
    config = read_recipe("any").network
    assert isinstance(config, NetworkConfig)
    forward, inverse = converter("onnx").convert(build(config), tile_plan(config), tmp_path, "fp32")
    assert forward.macs_per_pixel < 12_000
    assert inverse.macs_per_pixel < 20_000


@pytest.mark.parametrize(
    ("promise", "refused"),
    [
        (Promise(27, 38, 34, 32), False),
        (Promise(45, 50, 44, 40), False),  # a weak look
        (Promise(12, 26, 30, 28), False),
        (Promise(12, 20, 30, 28), True),  # not the look
        (Promise(20, 30, 21, 20), True),  # not the photo
        (Promise(28, 40, 29, 28), True),  # no nearer to the photo than the look is
    ],
)
def test_what_is_refused(promise: Promise, refused: bool) -> None:
    assert bool(promise.refusal) == refused


def test_goldens_of_a_guided_network_hold_the_output_and_others_do_not(
    network: QuasiInvertibleNetwork, tmp_path: Path
) -> None:
    goldens = make_goldens(network, 64, tmp_path)
    for golden in goldens:
        assert golden.output
        photo, output = (read_photo(tmp_path / path).pixels for path in (golden.photo, golden.output))
        np.testing.assert_array_equal(output, golden_look(photo))
        filtered = run_whole(network, "forward", photo, (), output)
        np.testing.assert_array_equal(read_photo(tmp_path / golden.filtered).pixels, filtered)


def test_a_guided_checkpoint_becomes_a_bundle_that_verifies(
    network: QuasiInvertibleNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "CONVERTERS", ("reference", "onnx"))
    monkeypatch.setattr("unfilter.run.runtimes.NAMES", ("onnx", "torch"))
    monkeypatch.setattr("unfilter_converters.source.TILE_OF_PYRAMIDS", 128)
    description = checkpoint.Description(
        filter="guided",
        network=CONFIG,
        weights_sha256="0" * 64,
        recipe=read_recipe("any"),
        steps=1,
        photos=1,
        machine="a test",
        scores=checkpoint.read_description(checkpoint.find("any")).scores,
    )
    checkpoint.save(tmp_path / "checkpoint", network, description)
    report = convert(read_source(tmp_path / "checkpoint"), tmp_path / "guided", tmp_path / "cache", precisions=())
    assert report.failures == ()
    assert report.unsound == ()
    bundle = Bundle(tmp_path / "guided")
    # Its card is of one look, which says nothing of what shared files of another restore to.
    assert all(score.shared for score in description.scores)
    assert not any(score.keys() & {"shared", "arrived"} for score in bundle.manifest.provenance.scores)
    assert {"photo", "output"} <= {each.name for a in bundle.manifest.artifacts for each in (a.image, a.output) if each}
    assert verify(bundle).failures == ()
    photo, output = pair(40, 52)
    chosen = Filter(bundle, "onnx")
    saved = chosen.apply(photo, output=output)
    np.testing.assert_array_equal(chosen.restore(saved), run_whole(network, "inverse", saved))
