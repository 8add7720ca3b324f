"""Commands, functions and graphs run as what they are, and whatever goes wrong with them is one line."""

import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from unfilter.errors import UnfilterError
from unfilter_training.sources import filtered, identity, open_source, parse

PHOTO = np.random.default_rng(0).integers(0, 256, (20, 24, 3), dtype=np.uint8)

SCRIPT = """
import sys, time
from PIL import Image, ImageOps
what, source, target = sys.argv[1:]
if what == "slow": time.sleep(20)
if what == "fails": sys.exit("no such effect")
if what == "half": Image.open(source).resize((12, 10)).save(target)
if what == "invert": ImageOps.invert(Image.open(source)).save(target)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "effect.py").write_text(SCRIPT)
    return tmp_path / "effect.py"


def command(script: Path, what: str) -> str:
    return f"{sys.executable} {script} {what} {{in}} {{out}}"


def test_a_command_makes_its_photo_from_ours(script: Path) -> None:
    source = open_source(parse(command(script, "invert")))
    np.testing.assert_array_equal(source(PHOTO), 255 - PHOTO)


@pytest.mark.parametrize(
    ("what", "seconds", "said"),
    [
        ("fails", 60.0, "ended with code 1 .no such effect"),
        ("nothing", 60.0, "wrote no"),
        ("slow", 1.0, "took more than 1 s"),
    ],
)
def test_a_command_that_fails_says_how(script: Path, what: str, seconds: float, said: str) -> None:
    source = open_source(parse(command(script, what)).model_copy(update={"seconds": seconds}))
    with pytest.raises(UnfilterError, match=said):
        source(PHOTO)


def test_a_look_keeps_the_size(script: Path) -> None:
    with pytest.raises(UnfilterError, match="the look makes 12 x 10 pixels of 24 x 20 pixels"):
        filtered(open_source(parse(command(script, "half"))), PHOTO)


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(UnfilterError, match="no-such-program: cannot be started"):
        open_source(parse("no-such-program {in} {out}"))(PHOTO)


FUNCTIONS = """
def darker(photo):
    return photo // 2

def faded(photo):
    assert photo.dtype.name == "float32"
    return 0.1 + 0.8 * photo

def wrong(photo):
    raise RuntimeError("not today")

def levels(photo):
    return photo.astype(float)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "looks_of_a_test.py").write_text(FUNCTIONS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "looks_of_a_test", raising=False)
    return "looks_of_a_test"


def test_a_function_takes_levels_or_floats(module: str) -> None:
    np.testing.assert_array_equal(open_source(parse(f"{module}:darker"))(PHOTO), PHOTO // 2)
    source = open_source(parse(f"{module}:faded").model_copy(update={"values": "float"}))
    np.testing.assert_allclose(filtered(source, PHOTO), 0.1 + 0.8 * PHOTO / 255, atol=1e-6)


def test_a_function_that_fails_says_how(module: str) -> None:
    with pytest.raises(UnfilterError, match=r"raised RuntimeError .not today"):
        open_source(parse(f"{module}:wrong"))(PHOTO)
    with pytest.raises(UnfilterError, match=r"gives floats up to .*; divide levels by 255"):
        filtered(open_source(parse(f"{module}:levels")), PHOTO)
    with pytest.raises(UnfilterError, match="has no function missing"):
        open_source(parse(f"{module}:missing"))
    with pytest.raises(UnfilterError, match="no_such_module cannot be imported"):
        open_source(parse("no_such_module:look"))


@pytest.mark.parametrize("layout", [(1, 3, "h", "w"), (1, "h", "w", 3)])
def test_a_graph_runs_in_either_layout(tmp_path: Path, layout: tuple[int | str, ...]) -> None:
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, layout) for name in ("image", "result")]
    node = helper.make_node("Mul", ["image", "half"], ["result"])
    half = helper.make_tensor("half", TensorProto.FLOAT, [], [0.5])
    graph = helper.make_graph([node], "look", ends[:1], ends[1:], [half])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, tmp_path / "look.onnx")
    source = open_source(parse(str(tmp_path / "look.onnx")))
    np.testing.assert_allclose(filtered(source, PHOTO), PHOTO / 510, atol=1e-6)


def test_what_is_no_graph_is_refused(tmp_path: Path) -> None:
    (tmp_path / "look.onnx").write_bytes(b"nothing")
    with pytest.raises(UnfilterError, match=r"look\.onnx: is no ONNX graph"):
        open_source(parse(str(tmp_path / "look.onnx")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("missing.cube", "no such file"),
        ("look.png", "is no file or folder"),
        ("convert {in} x.png", "a command needs {out}"),
    ],
)
def test_what_is_no_source_is_told_what_there_is(text: str, said: str) -> None:
    with pytest.raises(UnfilterError, match=said):
        parse(text)


def test_a_look_of_other_files_is_another_look(module: str, script: Path, tmp_path: Path) -> None:
    for text, file in (
        (f"{module}:darker", tmp_path / f"{module}.py"),
        (f"{sys.executable} {script} {{in}} {{out}}", script),
    ):
        specification = parse(text)
        source = open_source(specification)
        before = identity(specification, source, PHOTO)
        assert before == identity(specification, source, PHOTO)
        file.write_text(file.read_text() + "# other contents")
        assert identity(specification, source, PHOTO) != before
