"""Law: every hostile file is a photo or one line, under a memory and time limit, and nothing is left behind."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from unfilter.photo import Photo, Tag, write_photo

ROOT = Path(__file__).parents[3]
BENCH = ROOT / "tests/bench/hostile.py"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="address space is limited with resource, which is Unix's")


def table_of(*arguments: object) -> tuple[int, str]:
    command = [sys.executable, str(BENCH), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.mark.parametrize("permissive", [[], ["--permissive"]], ids=["as it is", "convert and reduce"])
def test_the_corpus_is_read_or_refused_as_the_docs_say(data: Path, permissive: list[str]) -> None:
    if not (data / "hostile").is_dir():
        pytest.skip(f"no hostile files in {data}")
    code, output = table_of(data / "hostile", *permissive)
    assert code == 0, output
    assert "| neither: a crash, a hang, a traceback or a leftover | 0 |" in output
    if not permissive:
        docs = (ROOT / "docs/photos.md").read_text(encoding="utf-8")
        found, documented = (int(re.findall(r"written again exactly \| (\d+) \|", text)[0]) for text in (output, docs))
        assert abs(found - documented) <= 10  # decoders of other versions read a few more or fewer
        assert output.splitlines()[0] in docs


def test_a_failure_is_found_and_listed(tmp_path: Path) -> None:
    """A corpus whose manifest tells another size than the file has."""
    fixture = ROOT / "tests/fixtures/bundle-schema-1/photo.png"
    (tmp_path / "photo.png").write_bytes(fixture.read_bytes())
    (tmp_path / "MANIFEST.csv").write_text("file,width,height\nphoto.png,7,9\n")
    code, output = table_of(tmp_path)
    assert code == 1
    assert "FAIL photo.png: read as " in output


def test_what_computes_for_too_long_is_ended_and_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (700, 700, 3), dtype=np.uint8)  # a second and more to encode
    Image.fromarray(pixels).save(tmp_path / "large.png")
    Image.fromarray(pixels[:8, :8]).save(tmp_path / "small.png")
    code, output = table_of(tmp_path, "--seconds", "0.4")
    assert code == 1
    assert "FAIL large.png: the process computed for 0.4 s" in output
    assert "small.png:" not in output.partition("FAIL")[2]


@pytest.mark.parametrize("seed", [0])
def test_damaged_files_of_every_kind_are_read_or_refused(tmp_path: Path, seed: int) -> None:
    """In a process of its own, since a decoder in C may crash; `test_read` changes bytes of the same kinds in this one."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (40, 56, 4), dtype=np.uint8)
    tag = Tag(filter="l0", restoration="a" * 64, codec="png")
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    write_photo(good / "p.png", Photo(pixels[..., :3], alpha=pixels[..., 3], tag=tag))
    write_photo(good / "p.webp", Photo(pixels[..., :3], alpha=pixels[..., 3], tag=tag))
    write_photo(good / "p.jpg", Photo(pixels[..., :3], tag=tag))
    Image.fromarray(pixels).save(good / "p.tiff", compression="tiff_lzw")
    if find_spec("pillow_heif"):
        write_photo(good / "p.heic", Photo(pixels[..., :3], alpha=pixels[..., 3], tag=tag))
    if features.check("avif"):
        Image.fromarray(pixels).save(good / "p.avif")
    for path in good.iterdir():
        content = np.frombuffer(path.read_bytes(), np.uint8)
        for index in range(25):
            changed = content.copy()
            # half of the changes in the first 600 bytes, where headers and boxes lie
            end = len(content) if index % 2 else min(len(content), 600)
            places = random.integers(0, end, random.integers(1, 8))
            changed[places] = random.integers(0, 256, len(places))
            (bad / f"{path.stem}_{index}{path.suffix}").write_bytes(changed.tobytes())
    code, output = table_of(bad)
    assert code == 0, output
