"""Laws: decoders say nothing on standard error; however many threads read, filters and standard error come back."""

import os
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unfilter.errors import PhotoError
from unfilter.photo import read_photo
from unfilter.photo.silence import WITHOUT_STANDARD_ERROR, WITHOUT_WARNINGS


def test_libtiff_says_nothing_on_standard_error(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "p.tiff", compression="tiff_lzw")
    content = (tmp_path / "p.tiff").read_bytes()
    (tmp_path / "p.tiff").write_bytes(content[:200] + bytes(600) + content[800:])
    pillow = "from PIL import Image\ntry: Image.open(path).load()\nexcept OSError as error: print(error)"
    ours = "import unfilter\ntry: unfilter.read_photo(path)\nexcept unfilter.PhotoError as error: print(error)"
    said = []
    for program in (pillow, ours):
        code = f"import pathlib, sys; path = pathlib.Path(sys.argv[1])\n{program}"
        command = [sys.executable, "-c", code, str(tmp_path / "p.tiff")]
        said.append(subprocess.run(command, capture_output=True, text=True, check=True))
    assert said[0].stderr  # libtiff does speak
    assert said[1].stderr == ""
    assert said[1].stdout.count("\n") == 1


def test_threads_leave_filters_and_standard_error_as_they_were(tmp_path: Path) -> None:
    for index in range(8):
        Image.fromarray(np.zeros((40, 40, 3), np.uint8)).save(tmp_path / f"{index}.tiff", compression="tiff_lzw")
    (tmp_path / "3.tiff").write_bytes(b"II*\0damaged")

    def read(index: int) -> bool:
        try:
            return read_photo(tmp_path / f"{index % 8}.tiff").pixels.shape == (40, 40, 3)
        except PhotoError:
            return False

    filters, error = list(warnings.filters), os.fstat(2)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(64))) == [index % 8 != 3 for index in range(64)]
    assert list(warnings.filters) == filters
    assert (os.fstat(2).st_dev, os.fstat(2).st_ino) == (error.st_dev, error.st_ino)


@pytest.mark.parametrize("shared", [WITHOUT_WARNINGS, WITHOUT_STANDARD_ERROR], ids=["warnings", "standard error"])
def test_the_silence_lasts_until_the_last_one_leaves(shared: object) -> None:
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with shared:  # type: ignore[attr-defined]
            inside.set()
            leave.wait(5)

    def state() -> tuple[object, ...]:
        return (*(filter[0] for filter in warnings.filters[:1]), os.fstat(2).st_ino)

    before = state()
    thread = threading.Thread(target=hold)
    with shared:  # type: ignore[attr-defined]
        silent = state()
        thread.start()
        inside.wait(5)
    assert state() == silent
    leave.set()
    thread.join()
    assert state() == before
