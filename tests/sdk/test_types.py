"""Law: a type checker knows what every call of a filter gives, and refuses calls that would fail."""

from pathlib import Path

import pytest

import unfilter

USE = """
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, assert_type

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter import Filter
from unfilter.jobs import Apply, Noted, Restore

def use(l0: Filter, pixels: NDArray[np.uint8], image: Image.Image, file: BinaryIO, content: bytes, path: Path,
        floats: NDArray[np.float32]) -> None:
    for call in (l0.apply, l0.restore):
        assert_type(call(pixels), NDArray[np.uint8])
        assert_type(call(content), bytes)
        assert_type(call(bytearray(content)), bytes)
        assert_type(call(image), Image.Image)
        assert_type(call(file), BytesIO)
        assert_type(call(BytesIO(content)), BytesIO)
        assert_type(call("photo.png", "filtered.png"), Path)
        assert_type(call(path, path), Path)
    with open("photo.png", "rb") as opened:
        assert_type(l0.apply(opened), BytesIO)
    assert_type(l0.apply(image, smoothness=0.03), Image.Image)
    assert_type(l0.restore(content, force=True), bytes)
    assert_type(Filter.open("l0"), Filter)
    for job in (Apply(l0.graphs, convert=True), Restore(l0.graphs)):
        assert_type(job.handed(content), Noted[bytes])
        assert_type(job.handed(image).result, Image.Image)
        assert_type(job.handed(file).result, BytesIO)
        assert_type(job.handed(content).notes, tuple[str, ...])
"""

WRONG = [
    'l0.apply("photo.png")',
    "l0.apply(pixels, path)",
    "l0.apply(content, path)",
    "l0.apply(floats)",
    'l0.apply(content, smoothness="much")',
    "l0.restore(content, smoothness=0.03)",
    'l0.apply(open("photo.png"))',
]


def check(program: str, folder: Path) -> tuple[str, int]:
    """What mypy --strict says of a program that uses the package, and its exit code."""
    mypy = pytest.importorskip("mypy.api", reason="mypy is not installed")
    (folder / "use.py").write_text(program)
    arguments = ["--strict", "--no-incremental", "--follow-imports=silent", "--config-file=", str(folder / "use.py")]
    said, errors, code = mypy.run(arguments)
    return said + errors, code


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(unfilter.__file__).parent / "py.typed").is_file()


def test_right_calls_have_the_types_that_they_give_and_wrong_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYPYPATH", str(Path(unfilter.__file__).parents[1]))
    lines = USE.splitlines()
    program = "\n".join([*lines, *(f"    {call}" for call in WRONG)])
    said, code = check(program, tmp_path)
    refused = {int(line.split(":")[1]) for line in said.splitlines() if ": error: " in line}
    assert code == 1, said
    assert refused == {len(lines) + place for place in range(1, len(WRONG) + 1)}, said
