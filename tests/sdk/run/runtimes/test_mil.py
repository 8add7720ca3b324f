"""Runtime `mil`: operations against torch's, one by one; damaged packages. Whole networks: converters/test_coreml.py."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from unfilter.errors import BundleError
from unfilter.format.artifact import Artifact, Tensor
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import Manifest, Provenance
from unfilter.format.tiles import TilePlan
from unfilter.run.runtimes import mil
from unfilter.run.runtimes._mil.convolution import conv, conv_transpose
from unfilter.run.runtimes._mil.operations import OPERATIONS
from unfilter.run.runtimes._mil.package import mil_format

MODEL = "Data/com.apple.CoreML/model.mlmodel"


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def close(ours: np.ndarray, theirs: torch.Tensor) -> None:
    assert ours.dtype == np.float32
    # Sums in another order differ by roundings of float32, which grow with what is summed.
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("size", [(9, 14), (64, 300)])  # one strip, several strips
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (2, 5)])
@pytest.mark.parametrize(
    ("stride", "dilation", "groups", "pad"),
    [
        (1, 1, 1, (0, 0)),
        (1, 1, 1, (1, 2)),
        (2, 1, 1, (1, 1)),
        (1, 2, 1, (2, 2)),
        (3, 2, 1, (2, 4)),
        (1, 1, 2, (1, 1)),
        (2, 1, 4, (1, 1)),  # one channel a group: depthwise
    ],
)
def test_conv_equals_torch(size: Any, kernel: Any, stride: int, dilation: int, groups: int, pad: Any) -> None:
    x, weight, bias = random(2, 4, *size), random(8, 4 // groups, *kernel), random(8)
    expected = functional.conv2d(*map(torch.from_numpy, (x, weight, bias)), stride, pad, dilation, groups)
    edges = np.array([pad[0], pad[0], pad[1], pad[1]])
    close(conv(x, weight, bias, np.array([stride] * 2), "custom", edges, np.array([dilation] * 2), groups), expected)


def test_conv_pads_each_side_by_its_own_amount() -> None:
    x, weight = random(1, 3, 8, 10), random(5, 3, 3, 3)
    expected = functional.conv2d(functional.pad(torch.from_numpy(x), (3, 0, 1, 2)), torch.from_numpy(weight))
    close(conv(x, weight, pad_type="custom", pad=np.array([1, 2, 3, 0])), expected)


@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")  # torch copies its input: no matter here
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("kernel", [2, 3])
def test_conv_same_keeps_the_size_as_in_torch(kernel: int, dilation: int) -> None:
    x, weight = random(1, 3, 8, 11), random(5, 3, kernel, kernel)
    expected = functional.conv2d(torch.from_numpy(x), torch.from_numpy(weight), padding="same", dilation=dilation)
    close(conv(x, weight, pad_type="same", dilations=np.array([dilation] * 2)), expected)


def test_conv_valid_ignores_pad() -> None:
    x, weight = random(1, 3, 8, 11), random(5, 3, 3, 3)
    close(conv(x, weight, pad=np.array([1, 1, 1, 1])), functional.conv2d(torch.from_numpy(x), torch.from_numpy(weight)))


@pytest.mark.parametrize(
    ("kernel", "stride", "pad", "extra", "dilation", "groups"),
    [(2, 2, 0, 0, 1, 1), (4, 2, 1, 0, 1, 1), (3, 2, 1, 1, 1, 1), (3, 1, 0, 0, 2, 1), (3, 3, 2, 1, 1, 2)],
)
def test_conv_transpose_equals_torch(kernel: int, stride: int, pad: int, extra: int, dilation: int, groups: int) -> None:
    x, weight, bias = random(2, 4, 6, 9), random(4, 6 // groups, kernel, kernel), random(6)
    expected = functional.conv_transpose2d(*map(torch.from_numpy, (x, weight, bias)), stride, pad, extra, groups, dilation)
    ours = conv_transpose(
        x,
        weight,
        bias,
        np.array([stride] * 2),
        "custom",
        np.array([pad] * 4),
        np.array([dilation] * 2),
        groups,
        np.array(expected.shape) if extra else None,
    )
    close(ours, expected)


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_pixel_shuffle_equals_torch(factor: int) -> None:
    x = random(2, 3 * factor**2, 4, 5)
    close(OPERATIONS["pixel_shuffle"](x=x, upscale_factor=factor), functional.pixel_shuffle(torch.from_numpy(x), factor))


@pytest.mark.parametrize(
    ("operation", "parameters", "theirs"),
    [
        ("leaky_relu", {"alpha": np.float32(0.2)}, lambda x: functional.leaky_relu(x, 0.2)),
        ("leaky_relu", {"alpha": np.float32(1.5)}, lambda x: functional.leaky_relu(x, 1.5)),  # max(x, alpha x) would fail
        ("relu", {}, torch.relu),
        ("clip", {"alpha": np.float32(-0.5), "beta": np.float32(0.7)}, lambda x: x.clip(-0.5, 0.7)),
        ("tanh", {}, torch.tanh),
        ("sigmoid", {}, torch.sigmoid),
        ("exp", {}, torch.exp),
        ("identity", {}, lambda x: x),
        ("transpose", {"perm": np.array([0, 2, 3, 1])}, lambda x: x.permute(0, 2, 3, 1)),
        ("reshape", {"shape": np.array([1, -1])}, lambda x: x.reshape(1, -1)),
    ],
)
def test_operations_of_one_tensor_equal_torch(operation: str, parameters: dict[str, Any], theirs: Any) -> None:
    x = random(1, 2, 5, 6)
    close(OPERATIONS[operation](x=x, **parameters), theirs(torch.from_numpy(x)))


@pytest.mark.parametrize(("operation", "theirs"), [("add", "add"), ("sub", "sub"), ("mul", "mul"), ("real_div", "div")])
def test_arithmetic_broadcasts_as_torch(operation: str, theirs: str) -> None:
    x, y = random(1, 3, 4, 5), random(1, 3, 1, 1)
    close(OPERATIONS[operation](x=x, y=y), getattr(torch, theirs)(torch.from_numpy(x), torch.from_numpy(y)))


def test_concat_undoes_split() -> None:
    x = random(1, 6, 3, 3)
    for sizes in ({"split_sizes": np.array([1, 3, 2])}, {"num_splits": np.array(3)}):
        parts = OPERATIONS["split"](x=x, axis=np.array(1), **sizes)
        assert len(parts) == 3
        np.testing.assert_array_equal(OPERATIONS["concat"](values=tuple(parts), axis=np.array(-3)), x)


def test_slice_by_index_masks_override_begin_and_end() -> None:
    x = random(1, 6, 5, 4)
    bounds = {"begin": np.array([0, 1, 3, 2]), "end": np.array([0, 5, 4, 0]), "stride": np.array([1, 2, 1, 1])}
    masks = {"begin_mask": np.array([1, 0, 1, 0], bool), "end_mask": np.array([1, 0, 0, 0], bool)}
    squeeze = np.array([0, 0, 0, 1], bool)
    np.testing.assert_array_equal(
        OPERATIONS["slice_by_index"](x=x, **bounds, **masks, squeeze_mask=squeeze), x[:, 1:5:2, :4, 2]
    )


def program(*operations: str, output: str = "y") -> Any:
    """A program from x (fp32) to y, each operation taking what the one before gives."""
    message = mil_format().Program(version=1)
    function = message.functions["main"]
    function.opset = "CoreML6"
    function.inputs.add(name="x").type.tensorType.dataType = mil_format().DataType.Value("FLOAT32")
    block = function.block_specializations["CoreML6"]
    name = "x"
    for index, operation in enumerate(operations):
        entry = block.operations.add(type=operation)
        entry.inputs["x"].arguments.add(name=name)
        name = f"t{index}" if index + 1 < len(operations) else "y"
        entry.outputs.add(name=name).type.tensorType.dataType = mil_format().DataType.Value("FLOAT32")
    block.outputs.append(output)
    return message


def write_package(folder: Path, message: Any) -> tuple[Bundle, Artifact]:
    """A bundle that holds nothing but one package with that program."""
    model = folder / "p.mlpackage" / MODEL
    model.parent.mkdir(parents=True)
    data = message.SerializeToString()
    length = bytearray()
    size = len(data)
    while size > 127:
        length.append(size & 127 | 128)
        size >>= 7
    model.write_bytes(b"\xb2\x1f" + bytes([*length, size]) + data)  # Model's field 502, length-delimited
    names = {"rootModelIdentifier": "m", "itemInfoEntries": {"m": {"path": "com.apple.CoreML/model.mlmodel"}}}
    (folder / "p.mlpackage" / "Manifest.json").write_text(json.dumps(names))
    ends = [Tensor(name=name, layout="NCHW", channels=3, meaning="") for name in ("x", "y")]
    artifact = Artifact(
        format="mlpackage", direction="forward", precision="fp32", path="p.mlpackage", image=ends[0], result=ends[1]
    )
    manifest = Manifest(
        filter="test",
        restoration="0" * 64,
        rounding="",
        remainder="",
        tiles=TilePlan(tile=64, halo=0, alignment=2),
        artifacts=(artifact,),
        goldens=(),
        files=(),
        tools={},
        provenance=Provenance(weights_sha256="0" * 64, steps=0, operator="test", parameters={}),
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    return Bundle(folder), artifact


def test_operations_run_in_order(tmp_path: Path) -> None:
    graph = mil.open_graph(*write_package(tmp_path, program("exp", "tanh")))
    image = random(4, 6, 3)
    np.testing.assert_array_equal(graph(image), np.tanh(np.exp(image)))


def fails(bundle: Bundle, artifact: Artifact, *words: str) -> None:
    with pytest.raises(BundleError) as caught:
        mil.open_graph(bundle, artifact)
    message = str(caught.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


def test_an_unknown_operation_is_named_with_its_file(tmp_path: Path) -> None:
    fails(*write_package(tmp_path, program("exp", "scaled_dot_product_attention")), MODEL, "scaled_dot_product_attention")


def test_an_operation_that_does_not_fit_its_arguments_is_named_with_its_file(tmp_path: Path) -> None:
    graph = mil.open_graph(*write_package(tmp_path, program("exp", "pixel_shuffle")))
    with pytest.raises(BundleError, match=rf"{MODEL}: pixel_shuffle y: [^\n]*upscale_factor[^\n]*$"):
        graph(random(4, 6, 3))


def test_an_output_that_nothing_gives_is_refused(tmp_path: Path) -> None:
    fails(*write_package(tmp_path, program("exp", output="z")), MODEL, "nothing gives z")


def test_names_other_than_the_manifests_are_refused(tmp_path: Path) -> None:
    bundle, artifact = write_package(tmp_path, program("exp"))
    renamed = artifact.model_copy(update={"image": artifact.image.model_copy(update={"name": "photo"})})
    fails(bundle, renamed, "p.mlpackage", "x to y", "photo to y")


@pytest.mark.parametrize("data", [b"", b"not a model", b"\xb2\x1f\x05\xff\xff\xff\xff\xff", b"\xb2\x1f\x00"])
def test_a_damaged_model_is_named(tmp_path: Path, data: bytes) -> None:
    bundle, artifact = write_package(tmp_path, program("exp"))
    (tmp_path / "p.mlpackage" / MODEL).write_bytes(data)
    fails(bundle, artifact, MODEL)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    bundle, artifact = write_package(tmp_path, program("exp"))
    (tmp_path / "p.mlpackage" / MODEL).unlink()
    fails(bundle, artifact, MODEL)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rootModelIdentifier": "m", "itemInfoEntries": {}}', None])
def test_a_damaged_package_manifest_is_named(tmp_path: Path, text: str | None) -> None:
    bundle, artifact = write_package(tmp_path, program("exp"))
    manifest = tmp_path / "p.mlpackage" / "Manifest.json"
    manifest.unlink() if text is None else manifest.write_text(text)
    fails(bundle, artifact, "p.mlpackage/Manifest.json")


def test_a_package_that_points_outside_itself_is_refused(tmp_path: Path) -> None:
    bundle, artifact = write_package(tmp_path, program("exp"))
    names = {"rootModelIdentifier": "m", "itemInfoEntries": {"m": {"path": "../../elsewhere.mlmodel"}}}
    (tmp_path / "p.mlpackage" / "Manifest.json").write_text(json.dumps(names))
    fails(bundle, artifact, "leads out of the package")
