"""Law of R27: what stands in APP11 is read from it, whatever else stands there; exiftool sees it as the standard says."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unfilter.photo import jumbf
from unfilter.photo.segments import behind_headers

CONTENT = np.random.default_rng(0).bytes(150_001)


def bodies(content: bytes = CONTENT) -> list[bytes]:
    """APP11 segments without marker and length."""
    made, found = jumbf.segments(content, "image/avif"), []
    while made:
        assert made[:2] == b"\xff\xeb"
        size = int.from_bytes(made[2:4], "big")
        found.append(made[4 : 2 + size])
        made = made[2 + size :]
    return found


@pytest.mark.parametrize("length", [0, 1, 65_000, 65_517, 65_518, 150_001])
def test_what_is_written_is_read(length: int) -> None:
    assert jumbf.content_of(bodies(CONTENT[:length])) == CONTENT[:length]


def test_segments_in_another_order_and_other_boxes_between_them_do_not_matter() -> None:
    other = b"JP\0\1\0\0\0\1" + (16).to_bytes(4, "big") + b"jumb" + bytes(8)
    assert jumbf.content_of([other, *reversed(bodies()), other]) == CONTENT
    assert not jumbf.is_ours(other)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_segment_that_lacks_is_no_content(lost: int) -> None:
    left = bodies()
    del left[lost]
    assert jumbf.content_of(left) is None


def test_damaged_boxes_are_no_content() -> None:
    (only,) = bodies(b"content")
    for place in range(16, len(only) - 7):
        changed = bytearray(only)
        changed[place] ^= 0xFF
        assert jumbf.content_of([bytes(changed)]) in (None, b"content")
    assert jumbf.content_of([only[:30]]) is None


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_reads_it_as_an_embedded_file(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (16, 16)).save(path)
    content = bytearray(path.read_bytes())
    place = behind_headers(content)
    content[place:place] = jumbf.segments(CONTENT, "image/avif")
    path.write_bytes(content)
    said = subprocess.run(["exiftool", "-validate", "-JUMBF:all", "-a", path], capture_output=True, text=True, check=True)
    assert "Validate                        : OK" in said.stdout
    assert "image/avif" in said.stdout
    assert f"{len(CONTENT)} bytes" in said.stdout
