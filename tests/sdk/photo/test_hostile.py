"""Law: every hostile file is a photo or one line, under a memory and time limit, and nothing is left behind."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BENCH = ROOT / "tests/bench/hostile.py"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="address space is limited with resource, which is Unix's")


def table_of(*arguments: object) -> tuple[int, str]:
    command = [sys.executable, str(BENCH), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
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
        found, documented = (int(re.findall(r"written again as PNG \| (\d+) \|", text)[0]) for text in (output, docs))
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
