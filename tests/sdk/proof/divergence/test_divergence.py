"""Laws: right graphs do not depart from each other; of a wrong one the first wrong operation is named, and what is wrong."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unfilter.cli import main
from unfilter.errors import RuntimeUnavailable
from unfilter.format.artifact import Direction
from unfilter.format.bundle import Bundle, digest
from unfilter.proof.divergence import Divergence, first_divergence
from unfilter.proof.divergence.diagnosis import diagnose
from unfilter.proof.divergence.operation import Planes
from unfilter.proof.divergence.traces import NAMES, tracer
from unfilter.proof.fidelity.results import Engine
from unfilter.run import runtimes

onnx = pytest.importorskip("onnx")
ONNX, MIL = Engine(runtime="onnx", precision="fp32"), Engine(runtime="mil", precision="fp32")
HALF = Engine(runtime="mil", precision="fp16")
LITERT, TORCH = Engine(runtime="litert", precision="fp32"), Engine(runtime="torch", precision="fp32")
LAYER = "hiding.couplings.3.trunk.convolutions.1"


@pytest.fixture
def edited(bundle_copy: Path) -> Callable[[Direction, Callable[[object], object]], Bundle]:
    """The bundle with one ONNX graph changed, and its manifest made to agree."""

    def edit(direction: Direction, change: Callable[[object], object]) -> Bundle:
        path = bundle_copy / f"onnx/{direction}.onnx"
        before = digest(path)
        model = onnx.load(path)
        change(model)
        onnx.save(model, path)
        manifest = bundle_copy / "manifest.json"
        text = manifest.read_text().replace(before, digest(path))
        size = next(entry.bytes for entry in Bundle(bundle_copy).manifest.files if entry.path == f"onnx/{direction}.onnx")
        manifest.write_text(text.replace(f'"bytes": {size},', f'"bytes": {path.stat().st_size},'))
        return Bundle(bundle_copy)

    return edit


def weights(layer: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[object], None]:
    def edit(model: object) -> None:
        (tensor,) = (each for each in model.graph.initializer if each.name == layer)  # type: ignore[attr-defined]
        changed = np.ascontiguousarray(change(onnx.numpy_helper.to_array(tensor).copy()))
        tensor.CopyFrom(onnx.numpy_helper.from_array(changed, layer))

    return edit


@pytest.mark.parametrize("direction", ["forward", "inverse"])
@pytest.mark.parametrize(("engine", "trusted"), [(ONNX, TORCH), (LITERT, ONNX), (HALF, ONNX)], ids=str)
def test_right_graphs_do_not_depart(engine: Engine, trusted: Engine, direction: Direction, shipped_bundle: Path) -> None:
    for each in (engine, trusted):
        if reason := runtimes.sibling(each.runtime).unavailable():
            pytest.skip(reason)
    found = first_divergence(Bundle(shipped_bundle), direction, engine, trusted)
    assert found.operation == ""
    assert found.walked > 100
    assert "nothing departs" in str(found)


@pytest.mark.parametrize(
    ("change", "diagnosis"),
    [
        (lambda w: w[[1, 0, *range(2, 12)]], "channels in another order: 1 where 0 belongs, 0 where 1 belongs"),
        (lambda w: w.transpose(0, 1, 3, 2), "other values in every channel"),
        (lambda w: w * 0, "other values"),
        (lambda w: np.concatenate([-w[:1], w[1:]]), "other values in 1 of 12 channels: 0"),
    ],
    ids=["swapped", "transposed", "zero", "negated"],
)
def test_the_layer_of_a_wrong_convolution_is_named(
    change: Callable[[np.ndarray], np.ndarray], diagnosis: str, edited: Callable[..., Bundle]
) -> None:
    bundle = edited("forward", weights(f"{LAYER}.weight", change))
    bias = edited("forward", weights(f"{LAYER}.bias", change)) if "another order" in diagnosis else bundle
    found = first_divergence(bias, "forward", ONNX, MIL)
    assert found.operation == "Conv /couplings.3/trunk/convolutions.1/Conv"
    assert found.error > 1e-3
    assert found.before < 1e-4
    assert diagnosis in found.diagnosis or (diagnosis == "other values" and "constant" not in found.diagnosis)
    assert found.operation in str(found)


def test_the_reference_says_the_layer_of_the_network(edited: Callable[..., Bundle]) -> None:
    bundle = edited("inverse", weights("hiding.couplings.3.shift.weight", lambda w: w * np.float32(1.5)))
    found = first_divergence(bundle, "inverse", ONNX, TORCH)
    assert found.operation == "Conv /couplings.3/shift/Conv"
    assert found.layer == "network.hiding.couplings.3.shift.convolutions.2"


def test_a_graph_that_is_cut_off_is_named_at_its_end(edited: Callable[..., Bundle]) -> None:
    def zero(model: object) -> None:
        graph = model.graph  # type: ignore[attr-defined]
        result = graph.output[0].name
        graph.node[-1].output[0] = "right"
        graph.initializer.append(onnx.numpy_helper.from_array(np.float32(0), "nothing"))
        graph.node.append(onnx.helper.make_node("Mul", ["right", "nothing"], [result], name="cut"))

    found = first_divergence(edited("forward", zero), "forward", ONNX, MIL)
    assert found.operation == "Mul cut"
    assert found.diagnosis.startswith("zeros")
    assert found.range == (0, 0)


def test_verify_locates_what_failed(
    edited: Callable[..., Bundle],
    edit_manifest: Callable[[Path, Callable[[dict[str, Any]], Any]], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundle = edited("forward", weights(f"{LAYER}.weight", lambda w: w.transpose(0, 1, 3, 2)))
    one_golden = [golden.model_dump() for golden in bundle.manifest.goldens if golden.name == "chelsea"]
    edit_manifest(bundle.folder, lambda fields: fields.update(goldens=one_golden))
    monkeypatch.setattr(runtimes, "NAMES", ("onnx", "torch"))
    assert main(["verify", str(bundle.folder), "--locate"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert "first departs at Conv /couplings.3/trunk/convolutions.1/Conv" in last
    assert "layer network.hiding.couplings.3.shift.convolutions.1" in last


def test_core_ml_shows_nothing_in_between(shipped_bundle: Path) -> None:
    with pytest.raises(RuntimeUnavailable, match="walk one of torch, onnx"):
        tracer("coreml")
    assert set(NAMES) == set(runtimes.NAMES) - {"coreml"}


RNG = np.random.default_rng(0)
RIGHT: Planes = RNG.normal(size=(4, 8, 8)).astype(np.float32)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (np.where(RIGHT > 1, np.inf, RIGHT), "infinity"),
        (np.where(RIGHT > 1, np.nan, RIGHT), "not-a-number"),
        (RIGHT * 0, "zeros"),
        (RIGHT[[2, 1, 0, 3]], "another order: 2 where 0 belongs, 0 where 2 belongs"),
        (RIGHT.transpose(0, 2, 1), "height and width are swapped"),
        (np.floor(RIGHT * 255) / 255, "rounded down to 8-bit levels"),
        (np.ceil(RIGHT * 255) / 255, "rounded up to 8-bit levels"),
        (np.round(RIGHT * 255) / 255, "rounded to the nearest to 8-bit levels"),
        (np.clip(RIGHT, 0, 1), "clipped to 0 .. 1"),
        (RIGHT * 1.02, "scaled by 1.02"),
        (RIGHT + np.array([0, 0, 0.5, 0])[:, None, None], "a constant is added: 0.5 to channel 2"),
        (np.concatenate([RIGHT[:1] * -1, RIGHT[1:]]), "other values in 1 of 4 channels: 0"),
        (RNG.normal(size=(4, 8, 8)), "other values in every channel"),
    ],
)
def test_a_diagnosis_says_what_was_done(found: np.ndarray, words: str) -> None:
    assert words in diagnose(found.astype(np.float32), RIGHT)


def test_a_departure_survives_json() -> None:
    departure = Divergence(engine=ONNX, trusted=MIL, direction="forward", walked=3, operation="Conv x", error=float("inf"))
    assert Divergence.model_validate_json(departure.model_dump_json()) == departure


def test_a_golden_smaller_than_the_crop_is_walked_too(shipped_bundle: Path, tmp_path: Path) -> None:
    from unfilter.photo import Photo, read_photo, write_photo

    shutil.copytree(shipped_bundle, folder := tmp_path / "l0")
    golden = Bundle(folder).manifest.goldens[0]
    write_photo(folder / golden.photo, Photo(read_photo(folder / golden.photo).pixels[:60, :70]))
    assert first_divergence(Bundle(folder), "forward", MIL, ONNX).operation == ""
