"""Law: of all tags that exiftool sees in a photo, none is lost in silence: it is there after `apply` and `restore`, or a
line says that it is not, or the list below says why.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from unfilter.jobs.filter import Filter

FIXTURE = Path(__file__).parents[2] / "fixtures/bundle-variable"
PIXELS = np.random.default_rng(0).integers(0, 256, (40, 56, 3), dtype=np.uint8)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SOURCES = ("jpg", "png", "heic", "webp", "avif", "tif")
TARGETS = ("png", "webp", "heic", "jpg")


class Difference(NamedTuple):
    """Tags that may be gone or changed, and why; as patterns of source, target and tag."""

    source: str
    target: str
    tags: str
    reason: str
    said: str | None = None
    """What a line says of it, where one does."""


LEFT_BEHIND = (
    Difference("jpg", ".*", "IFD1:.*", "the thumbnail shows the unfiltered photo"),
    Difference(
        "tif",
        ".*",
        "IFD0:(Image(Width|Height)|Bits.*|Compr.*|Photometric.*|Strip.*|Samples.*|RowsPer.*|Planar.*)",
        "tells how the TIFF stores its pixels",
    ),
    Difference("heic|avif", ".*", "(QuickTime|Meta):.*", "tells how the file stores its pixels"),
    Difference("webp", ".*", "RIFF:.*", "tells how the file stores its pixels"),
    Difference("png", ".*", "PNG:(Image.*|BitDepth|ColorType|Compression|Filter|Interlace|Profile.*)", "as above"),
    Difference("avif", ".*", "IFD0:Orientation", "the turn is a property of the file, which Pillow puts in EXIF's place"),
    Difference("jpg", "(?!jpg).*", "JFIF:JFIFVersion", "there is no JFIF in other formats"),
    Difference("jpg", "png", "JFIF:.*", "stands in pHYs"),
    Difference("png", "jpg", "PNG-pHYs:.*", "stands in JFIF's density"),
    Difference("jpg", "webp|heic", "JFIF:.*Resolution.*", "EXIF says the same, as exiftool wrote it"),
    Difference("png", "webp|heic", "PNG-pHYs:.*", "has no place there", "its resolution, 300 x 300"),
    Difference("jpg", "png", "File:Comment", "stands as PNG's text"),
    Difference("png", "jpg", "PNG:Comment", "stands as the JPEG's comment"),
    Difference("jpg|png", "webp|heic", "(File|PNG):Comment", "has no place there", "its comment was left behind"),
    Difference("png", "(?!png).*", "PNG:Software", "has no place there", "its text was left behind: Software"),
    Difference("png", "(?!png).*", "PNG:Author", "stands in XMP"),
    Difference("jpg|png|tif", "webp|heic", "IPTC:(Keywords|Caption-Abstract|CopyrightNotice|By-line)", "stands in XMP"),
    Difference("jpg|png|tif", "webp|heic", "IPTC:.*Version|IPTC:CodedCharacterSet", "of IPTC as such"),
    Difference("jpg|png|tif", "webp|heic", "IPTC:FixtureIdentifier", "has no place there", "XMP has no property for .*2:22"),
    Difference(
        "jpg|tif", "webp|heic", "Photoshop:URL", "has no place there", "Photoshop's resources were left behind: 0x040b"
    ),
)
"""After `apply`. What is restored to the first format is allowed the same, as is what another format has no place for."""

IN_XMP = {
    "IPTC:Keywords": "XMP-dc:Subject",
    "IPTC:Caption-Abstract": "XMP-dc:Description",
    "IPTC:CopyrightNotice": "XMP-dc:Rights",
    "IPTC:By-line": "XMP-dc:Creator",
    "PNG:Author": "XMP-dc:Creator",
}


def made(folder: Path, kind: str, exiftool: Any) -> Path:
    """A small photo that says all that cameras, editors and archives say in this format."""
    path = folder / f"photo.{kind}"
    if kind == "heic":
        pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
        pillow_heif.encode(
            "RGB", (56, 40), PIXELS.tobytes(), path, quality=-1, chroma=444, matrix_coefficients=0, icc_profile=SRGB
        )
    elif kind == "avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    else:
        has_density = {"dpi": (300, 300)} if kind in ("jpg", "png", "tif") else {}
        Image.fromarray(PIXELS).save(path, icc_profile=SRGB, **has_density)
    exif = ["Make=maker", "Model=model", "Artist=somebody", "DateTimeOriginal=2026:01:02 03:04:05", "UserComment=a word"]
    exif += ["LensModel=lens", "GPSLatitude=47.4", "GPSLatitudeRef=N", "Orientation#=6", "ImageDescription=sea"]
    xmp = ["Title=a title", "Rating=4", "Label=Red", "Marked=True"]
    more = []
    if kind in ("jpg", "png", "tif"):
        more = ["IPTC:Keywords=sea", "IPTC:Keywords=Zürich & <sky>", "IPTC:Caption-Abstract=words", "IPTC:By-line=somebody"]
        more += ["IPTC:CopyrightNotice=mine", "IPTC:FixtureIdentifier=7"]
    if kind in ("jpg", "tif"):
        more += ["Photoshop:URL=https://example.com/"]
    if kind == "jpg":
        Image.fromarray(PIXELS[:10, :14]).save(thumbnail := folder / "thumbnail.jpg")
        more += ["Comment=a comment", f"ThumbnailImage<={thumbnail}"]
    if kind == "png":
        more += ["PNG:Comment=a comment", "PNG:Software=a tool", "PNG:Author=somebody"]
    exiftool.tell(
        path, *(f"-EXIF:{each}" for each in exif), *(f"-XMP:{each}" for each in xmp), *(f"-{each}" for each in more)
    )
    return path


@pytest.fixture(scope="module")
def variable() -> Filter:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    return Filter.open(FIXTURE, runtime="onnx")


def lost(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    return (name for name, value in before.items() if after.get(name) != value)


def allowed(source: str, target: str, name: str) -> Difference | None:
    return next(
        (
            each
            for each in LEFT_BEHIND
            if re.fullmatch(each.source, source) and re.fullmatch(each.target, target) and re.fullmatch(each.tags, name)
        ),
        None,
    )


@pytest.mark.parametrize("source", SOURCES)
def test_every_tag_is_kept_or_its_loss_is_said_or_explained(
    source: str, tmp_path: Path, variable: Filter, exiftool: Any
) -> None:
    pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    photo = made(tmp_path, source, exiftool)
    written = source if source in TARGETS else "png"
    filtered = [tmp_path / f"filtered.{target}" for target in TARGETS]
    restored = [tmp_path / f"restored_from_{target}.{written}" for target in TARGETS]
    said = ["\n".join(variable.apply_file(photo, path)) for path in filtered]
    for path, back in zip(filtered, restored, strict=True):
        variable.restore_file(path, back)
    before, *after = exiftool.seen(photo, *filtered, *restored)
    unused = {each for each in LEFT_BEHIND if re.fullmatch(each.source, source)}
    for target, notes, there, again in zip(TARGETS, said, after[: len(TARGETS)], after[len(TARGETS) :], strict=True):
        for name in lost(before, there):
            difference = allowed(source, target, name)
            assert difference, f"{name} is lost in silence in {target}: {before[name]!r}, {there.get(name)!r}; {notes}"
            assert re.search(difference.said or "", notes), f"nothing is said of {name} in {target}; {notes}"
            unused -= {difference}
        for name, place in IN_XMP.items():
            if name in before and name not in there:
                assert set(_listed(before[name])) <= set(_listed(there[place])), name
        assert there["XMP-unfilter:Tag"]
        for name in lost(before, again):
            reason = allowed(source, target, name) or allowed(source, written, name)
            assert reason, f"{name} is lost on the way back from {target}: {before[name]!r}, {again.get(name)!r}"
        for name in lost(there, again):  # of what the filtered file says, restoring takes nothing but the tag
            tag = name in ("XMP-unfilter:Tag", "PNG:Unfilter")
            assert tag or (name.startswith("QuickTime:MediaData") if target == written else allowed(target, written, name))
    assert not unused, "what is mended leaves the list"


def _listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
