"""Law: a tag survives what other programs do to a file as long as they pass its metadata on: Pillow, exiftool."""

import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from unfilter.jobs.detection.comparison import compare
from unfilter.photo import Codec, Photo, Tag, read_photo, write_photo
from unfilter.photo.write import fingerprinted

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 37, 3), dtype=np.uint8)
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="camera"/></rdf:RDF></x:xmpmeta>'
)
SUFFIXES: dict[Codec, str] = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "heic": ".heic"}


@pytest.fixture(params=SUFFIXES)
def tagged(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of each codec with a tag, EXIF and XMP of its own."""
    codec: Codec = request.param
    if codec == "heic" and not find_spec("pillow_heif"):
        pytest.skip("pillow-heif is not installed")
    tag = Tag(
        filter="l0",
        restoration="a" * 64,
        codec=codec,
        quality=95 if codec == "jpeg" else None,
        parameters={"smoothness": 0.02},
    )
    exif = Image.Exif()
    exif[0x010F] = "camera maker"
    photo = fingerprinted(Photo(PIXELS, exif=exif.tobytes(), xmp=XMP, tag=tag), codec, 95, "4:4:4")
    write_photo(path := tmp_path / f"tagged{SUFFIXES[codec]}", photo)
    return path


def saved_by_pillow(path: Path) -> Path:
    """The file saved again by Pillow, its metadata passed on; decoded and encoded as a PNG or JPEG editor does."""
    again = path.with_stem("again")
    if path.suffix == ".heic":
        import pillow_heif

        heif = pillow_heif.open_heif(path)
        heif.save(again, quality=-1, chroma=444, matrix_coefficients=0)
        return again
    with Image.open(path) as image:
        if isinstance(image, PngImagePlugin.PngImageFile):
            chunks = PngImagePlugin.PngInfo()
            for keyword, text in image.text.items():
                chunks.add_itxt(keyword, text)
            image.save(again, pnginfo=chunks)
        elif image.format == "JPEG":
            image.save(again, quality="keep", xmp=image.info["xmp"])
        else:
            image.save(again, lossless=True, xmp=image.info["xmp"])
    return again


def edited_by_exiftool(path: Path) -> Path:
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not installed (apt-get install libimage-exiftool-perl)")
    again = path.with_stem("again")
    shutil.copyfile(path, again)
    command = ["exiftool", "-q", "-m", "-overwrite_original", "-XMP:Title=a title", "-EXIF:Artist=somebody", str(again)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return again


@pytest.mark.parametrize("by", [saved_by_pillow, edited_by_exiftool])
def test_the_tag_and_the_pixels_survive(by: Callable[[Path], Path], tagged: Path) -> None:
    before, after = read_photo(tagged), read_photo(by(tagged))
    assert before.tag is not None
    assert after.tag == before.tag
    assert (after.xmp is None) == (before.xmp is None)
    assert "camera" in (after.xmp or "")
    assert after.tag.fingerprint is not None
    compared = compare(after)
    assert compared is not None
    assert compared.made == (after.codec != "jpeg" or by is edited_by_exiftool)  # Pillow decodes and encodes a JPEG again
    if after.codec != "jpeg":
        np.testing.assert_array_equal(after.pixels, before.pixels)


def test_restoring_removes_the_tag_that_exiftool_wrote_again(tagged: Path) -> None:
    photo = read_photo(edited_by_exiftool(tagged))
    write_photo(target := tagged.with_name("restored.png"), Photo(photo.pixels, xmp=photo.xmp))
    assert read_photo(target).tag is None
    assert b"restoration" not in target.read_bytes()
