"""Law: what converts a filtered file without loss leaves it restorable, whatever it does to colours that nobody sees; where
it carries metadata, it carries the tag. docs/photos.md lists the tools.
"""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from unfilter.jobs.filter import Filter
from unfilter.photo import Photo, read_photo, write_photo

FIXTURE = Path(__file__).parents[2] / "fixtures/bundle-variable"
DOCS = Path(__file__).parents[3] / "docs/photos.md"
PIXELS = np.random.default_rng(0).integers(0, 256, (40, 56, 3), dtype=np.uint8)
ALPHA = np.full((40, 56), 255, np.uint8)
ALPHA[:, 28:] = 0

CARRY = {
    "cwebp -metadata all": "cwebp -quiet -lossless -metadata all {png} -o {to}.webp",
    "cwebp -metadata all -exact": "cwebp -quiet -lossless -exact -metadata all {png} -o {to}.webp",
    "convert, PNG to PNG": "{convert} {png} {to}.png",
    "convert, PNG to WebP": "{convert} {png} -define webp:lossless=true {to}.webp",
    "gm convert": "gm convert {png} {to}.png",
    "optipng": "optipng -quiet {png} -out {to}.png",
    "pngcrush": "pngcrush -q {png} {to}.png",
    "zopflipng --keepchunks=iTXt": "zopflipng --keepchunks=iTXt {png} {to}.png",
    "zopflipng --keepchunks=iTXt --lossy_transparent": "zopflipng --keepchunks=iTXt --lossy_transparent {png} {to}.png",
    "vips, PNG to PNG": "vips copy {png} {to}.png",
    "vips, PNG to WebP": "vips webpsave {png} {to}.webp --lossless",
    "vips, WebP to PNG": "vips copy {webp} {to}.png",
    "heif-convert, HEIC to PNG": "heif-convert {heic} {to}.png",
    "exiftool -EXIF:all=": "exiftool -q -EXIF:all= {png} -o {to}.png",
}
"""These keep the tag and the pixels that are seen."""

STRIP = {
    "cwebp": "cwebp -quiet -lossless {png} -o {to}.webp",
    "dwebp": "dwebp -quiet {webp} -o {to}.png",
    "convert, WebP to PNG": "{convert} {webp} {to}.png",
    "zopflipng": "zopflipng {png} {to}.png",
    "ffmpeg, PNG to PNG": "ffmpeg -loglevel error -i {png} {to}.png",
    "ffmpeg, PNG to WebP": "ffmpeg -loglevel error -i {png} -lossless 1 {to}.webp",
    "exiftool -all=": "exiftool -q -all= {png} -o {to}.png",
}
"""These take the tag away, with all other metadata, and keep the pixels that are seen."""


@pytest.fixture(scope="module")
def variable() -> Filter:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    return Filter.open(FIXTURE, runtime="onnx")


@pytest.mark.parametrize("tool", [*CARRY, *STRIP])
def test_a_lossless_converter_leaves_what_is_seen_restorable(tool: str, tmp_path: Path, variable: Filter) -> None:
    command = {**CARRY, **STRIP}[tool]
    program = "/usr/bin/convert" if "{convert}" in command else shutil.which(command.split()[0])
    if program is None or not Path(program).exists():
        pytest.skip(f"{tool}: not installed")
    kind = next(kind for kind in ("png", "webp", "heic") if f"{{{kind}}}" in command)
    if kind == "heic":
        pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    values = {each.name: each.default for each in variable.hyper_parameters}
    filtered = variable.filtered(Photo(PIXELS, alpha=ALPHA), kind, values)
    write_photo(given := tmp_path / f"filtered.{kind}", filtered)
    words = command.format(to=tmp_path / "converted", convert=program, **{kind: given}).split()
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    (path,) = tmp_path.glob("converted.*")
    converted = read_photo(path)
    seen = ALPHA > 0
    assert (converted.tag is not None) == (tool in CARRY)
    assert converted.alpha is not None
    np.testing.assert_array_equal(converted.alpha, ALPHA)
    np.testing.assert_array_equal(converted.pixels[seen], filtered.pixels[seen])
    expected = variable.restored("photo", filtered).pixels
    np.testing.assert_array_equal(variable.restored(path, converted).pixels[seen], expected[seen])


def test_the_docs_list_the_tools() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for tool in (*CARRY, *STRIP):
        assert f"`{tool}`" in text, tool
